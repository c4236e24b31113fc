// The devices of a tap run: who they were is read from their own CONNECTs, and what they did is gathered by client id.
import { DeviceNames, namelessDevice } from '../judge/devices.ts';
import type { Finding } from '../judge/finding.ts';
import type { ConnectionId, HistoryEvent, PacketSeen } from '../history/event.ts';
import { frameOf } from '../history/packet-of.ts';

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
/** Connections and addresses that are named one by one. */
const named = 8;

/**
 * Everybody who came to the tap: first those with a finding, then the others.
 * @param found what the judge found; of other parties than devices too
 */
export function tapDevices(events: Iterable<HistoryEvent>, found: readonly Finding[]): readonly TapDevice[] {
  const visits = visitsByDevice(events);
  const byTarget = Map.groupBy(found, (it) => it.target);
  const devices = [...visits].map(([name, own]): TapDevice => {
    return { name, how: inWords(own), findings: byTarget.get(name) ?? [] };
  });
  const [clean = [], others = []] = [true, false].map((isClean) =>
    devices.filter((it) => it.findings.every(({ verdict }) => verdict === 'pass') === isClean),
  );
  if (clean.length <= shownApart) return [...others, ...clean];
  return [...others, together(clean, [...visits.values()].flat().length)];
}

function together(clean: readonly TapDevice[], connections: number): TapDevice {
  const name = `${clean.length} devices without a finding`;
  const how = `${connections} connections of all devices`;
  const findings = clean.flatMap((it) => it.findings.map((finding) => ({ ...finding, target: name })));
  return { name, how, findings };
}

/** One connection of a device. */
interface Visit {
  readonly connection: ConnectionId;
  readonly peer: string | undefined;
}

/** In the order in which the devices came. */
function visitsByDevice(events: Iterable<HistoryEvent>): ReadonlyMap<string, readonly Visit[]> {
  const names = new DeviceNames();
  const nameless = new Map<ConnectionId, Visit>();
  const byDevice = new Map<string, Visit[]>();
  const note = (name: string, visit: Visit): void => {
    const known = byDevice.get(name);
    if (known === undefined) byDevice.set(name, [visit]);
    else known.push(visit);
  };
  for (const event of events) {
    if (event.kind === 'opened' && event.seenAt === 'clientEnd') {
      nameless.set(event.connection, { connection: event.connection, peer: event.peer });
    }
    if (event.kind !== 'packet' || event.seenAt !== 'clientEnd') continue;
    const visit = nameless.get(event.connection);
    if (visit === undefined) continue;
    const connect = connectOf(event);
    if (connect === undefined) continue;
    nameless.delete(event.connection);
    note(names.nameOf(connect, visit.peer), visit);
  }
  for (const visit of nameless.values()) note(namelessDevice(visit.peer), visit);
  return byDevice;
}

function connectOf(event: PacketSeen): { readonly clientId: string } | undefined {
  if (event.direction !== 'toServer') return undefined;
  const { packet } = frameOf(event);
  return packet?.type === 'CONNECT' ? packet : undefined;
}

function inWords(visits: readonly Visit[]): string {
  const ids = listed(visits.map((it) => it.connection));
  const peers = [...new Set(visits.flatMap((it) => it.peer ?? []))];
  const from = peers.length === 0 ? '' : ` from ${listed(peers)}`;
  return `${visits.length} connection${visits.length === 1 ? '' : 's'}: ${ids}${from}`;
}

function listed(all: readonly string[]): string {
  const rest = all.length > named ? ` and ${all.length - named} more` : '';
  return all.slice(0, named).join(', ') + rest;
}
