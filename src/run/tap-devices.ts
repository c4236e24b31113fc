// The devices of a tap run: who they were is read from their own CONNECTs, and what they did is gathered by client id.
import { DeviceNames, namelessDevice } from '../judge/devices.ts';
import type { Finding } from '../judge/finding.ts';
import type { ConnectionId, HistoryEvent, PacketSeen } from '../history/event.ts';
import { frameOf } from '../history/packet-of.ts';
import type { Connect } from '../wire/packet.ts';

/** One device, or several that are told of together. */
export interface TapDevice {
  /** As the judge names it. */
  readonly name: string;
  /** Its connections, in words. */
  readonly how: string;
  readonly findings: readonly Finding[];
}

/** Devices without a finding are told of one by one up to here; of a fleet, only those that need a reader are. */
const shownApart = 50;
/** Connections that are named one by one. */
const named = 8;

/**
 * Everybody who came to the tap: first those with a finding, then the others.
 * @param found what the judge found; of other parties than devices too
 */
export function tapDevices(events: Iterable<HistoryEvent>, found: readonly Finding[]): readonly TapDevice[] {
  const connections = connectionsByDevice(events);
  const byTarget = Map.groupBy(found, (it) => it.target);
  const devices = [...connections].map(([name, ids]): TapDevice => {
    return { name, how: inWords(ids), findings: byTarget.get(name) ?? [] };
  });
  const [clean = [], others = []] = [true, false].map((isClean) =>
    devices.filter((it) => it.findings.every(({ verdict }) => verdict === 'pass') === isClean),
  );
  if (clean.length <= shownApart) return [...others, ...clean];
  return [...others, together(clean, [...connections.values()].flat().length)];
}

function together(clean: readonly TapDevice[], connections: number): TapDevice {
  const name = `${clean.length} devices without a finding`;
  const how = `${connections} connections of all devices`;
  const findings = clean.flatMap((it) => it.findings.map((finding) => ({ ...finding, target: name })));
  return { name, how, findings };
}

/** In the order in which the devices came. */
function connectionsByDevice(events: Iterable<HistoryEvent>): ReadonlyMap<string, readonly ConnectionId[]> {
  const names = new DeviceNames();
  const nameless = new Set<ConnectionId>();
  const byDevice = new Map<string, ConnectionId[]>();
  const note = (name: string, connection: ConnectionId): void => {
    const known = byDevice.get(name);
    if (known === undefined) byDevice.set(name, [connection]);
    else known.push(connection);
  };
  for (const event of events) {
    if (event.kind === 'opened' && event.seenAt === 'clientEnd') nameless.add(event.connection);
    if (event.kind !== 'packet' || event.seenAt !== 'clientEnd' || !nameless.has(event.connection)) continue;
    const connect = connectOf(event);
    if (connect === undefined) continue;
    nameless.delete(event.connection);
    note(names.nameOf(connect), event.connection);
  }
  for (const connection of nameless) note(namelessDevice, connection);
  return byDevice;
}

function connectOf(event: PacketSeen): Connect | undefined {
  if (event.direction !== 'toServer') return undefined;
  const { packet } = frameOf(event);
  return packet?.type === 'CONNECT' ? packet : undefined;
}

function inWords(ids: readonly ConnectionId[]): string {
  const shown = ids.slice(0, named).join(', ');
  const rest = ids.length > named ? ` and ${ids.length - named} more` : '';
  return `${ids.length} connection${ids.length === 1 ? '' : 's'}: ${shown}${rest}`;
}
