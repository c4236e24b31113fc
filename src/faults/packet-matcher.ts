// Says whether a packet of one connection is the one a fault waits for.
import { filterMatches } from '../wire/topic.ts';
import type { Deviation } from '../wire/deviation.ts';
import type { Connect, Packet, PacketType } from '../wire/packet.ts';
import type { LinkFaults } from './link-faults.ts';
import type { Direction, PacketFault, PacketMatch } from './packet-fault.ts';

/** Follows one connection: whose it is, and how many packets fitted each fault. */
export class PacketMatcher {
  readonly #link: LinkFaults;
  readonly #fits = new Map<string, number>();
  #connect: Connect | undefined;
  #connectDeviations: readonly Deviation[] = [];
  #connectionNth = 0;
  #sessionPresent: boolean | undefined;

  constructor(link: LinkFaults) {
    this.#link = link;
  }

  /** Call with each packet before asking about it: the first CONNECT and CONNACK say what connection this is. */
  note(direction: Direction, packet: Packet, deviations: readonly Deviation[] = []): void {
    if (this.#connect) this.#link.notePassed(this.#connect.clientId, packet.type);
    if (direction === 'toClient' && packet.type === 'CONNACK') this.#sessionPresent ??= packet.sessionPresent;
    if (this.#connect !== undefined || direction !== 'toServer' || packet.type !== 'CONNECT') return;
    this.#connect = packet;
    this.#connectDeviations = deviations;
    this.#connectionNth = this.#link.countConnection(packet.clientId);
    this.#link.keepWill(packet);
  }

  /**
   * Whether the fault acts on this packet, or on one that could not be read (`undefined`). Counts for `nth`: ask
   * once for each packet and fault.
   */
  fits(
    fault: PacketFault,
    direction: Direction,
    packet: Packet | undefined,
    deviations: readonly Deviation[] = [],
    connectionAgeMs = 0,
  ): boolean {
    const { when } = fault;
    if (!watches(when, direction) || !this.#connectionFits(when)) return false;
    if (connectionAgeMs < (when.afterMs ?? 0)) return false;
    if (!deviationsFit(when, deviations)) return false;
    if (packet ? !packetFits(when, packet) : !fitsUnread(when)) return false;
    const count = (this.#fits.get(fault.id) ?? 0) + 1;
    this.#fits.set(fault.id, count);
    return count >= (when.nth ?? 1) && count <= (when.nthTo ?? Infinity);
  }

  #connectionFits(when: PacketMatch): boolean {
    return (
      clientIdFits(when, this.#connect?.clientId) &&
      (when.connectDeviation === undefined || hasCode(this.#connectDeviations, when.connectDeviation)) &&
      (when.afterConnect === undefined || when.afterConnect === (this.#connect !== undefined)) &&
      (when.cleanSession === undefined || when.cleanSession === this.#connect?.cleanSession) &&
      (when.sessionPresent === undefined || when.sessionPresent === this.#sessionPresent) &&
      (when.after === undefined || this.#link.hasPassed(this.#connect?.clientId, when.after)) &&
      (when.connectionNth === undefined || when.connectionNth === this.#connectionNth)
    );
  }
}

/** Whether packets of this direction could fit at all. */
export function watches(when: PacketMatch, direction: Direction): boolean {
  return when.direction === undefined || when.direction === direction;
}

/** Fields that only some packets have; a match that names one fits no other packet. */
const connectFields = ['hasWill', 'hasUserName'] as const satisfies readonly (keyof PacketMatch)[];
const filterFields = ['several', 'filterStart'] as const satisfies readonly (keyof PacketMatch)[];
const clientIdFields = [
  'clientId',
  'clientIdGlob',
  'clientIdHas',
  'clientIdB',
] as const satisfies readonly (keyof PacketMatch)[];
const publishFields = ['topic', 'qos', 'retain', 'dup', 'payload'] as const satisfies readonly (keyof PacketMatch)[];

function deviationsFit({ deviation, breaks }: PacketMatch, deviations: readonly Deviation[]): boolean {
  return (
    (deviation === undefined || hasCode(deviations, deviation)) &&
    (breaks === undefined || deviations.some((it) => it.statement === breaks || it.also?.includes(breaks)))
  );
}

function hasCode(deviations: readonly Deviation[], code: Deviation['code']): boolean {
  return deviations.some((it) => it.code === code);
}

function clientIdFits(when: PacketMatch, actual: string | undefined): boolean {
  if (actual === undefined) return clientIdFields.every((field) => when[field] === undefined);
  const { clientId, clientIdGlob, clientIdHas, clientIdB } = when;
  const lengthB = Buffer.byteLength(actual);
  return (
    (clientId ?? actual) === actual &&
    (clientIdGlob === undefined || globFits(clientIdGlob, actual)) &&
    (clientIdHas === undefined || Array.from(clientIdHas).some((it) => actual.includes(it))) &&
    lengthB >= (clientIdB?.min ?? 0) &&
    lengthB <= (clientIdB?.max ?? Infinity)
  );
}

/** Part by part from the left, so that no glob takes long. */
function globFits(glob: string, text: string): boolean {
  const [first = '', ...others] = glob.split('*');
  const last = others.pop();
  if (last === undefined) return text === glob;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Nothing but what is wrong with it is known of a packet that cannot be read. */
function fitsUnread(when: PacketMatch): boolean {
  return (when.deviation !== undefined || when.breaks !== undefined) && !asksForFields(when);
}

function asksForFields(when: PacketMatch): boolean {
  return ['type', 'returnCode', 'packetId', ...connectFields, ...filterFields, ...publishFields].some(
    (field) => field in when,
  );
}

function packetFits(when: PacketMatch, packet: Packet): boolean {
  if (when.type !== undefined && !typesOf(when.type).includes(packet.type)) return false;
  if (!fieldsFit(connectFields, when, packet, connectFits) || !fieldsFit(filterFields, when, packet, filtersFit))
    return false;
  if (when.packetId !== undefined && !('packetId' in packet && packet.packetId === when.packetId)) return false;
  if (when.returnCode !== undefined && !connackFits(when.returnCode, packet)) return false;
  return fieldsFit(publishFields, when, packet, publishFits);
}

function fieldsFit(
  fields: readonly (keyof PacketMatch)[],
  when: PacketMatch,
  packet: Packet,
  fits: (when: PacketMatch, packet: Packet) => boolean,
): boolean {
  return fields.every((field) => when[field] === undefined) || fits(when, packet);
}

function typesOf(type: PacketType | readonly PacketType[]): readonly PacketType[] {
  return typeof type === 'string' ? [type] : type;
}

function connectFits(when: PacketMatch, packet: Packet): boolean {
  if (packet.type !== 'CONNECT') return false;
  const hasWill = packet.will !== undefined;
  const hasUserName = packet.userName !== undefined;
  return (when.hasWill ?? hasWill) === hasWill && (when.hasUserName ?? hasUserName) === hasUserName;
}

function filtersFit({ several, filterStart }: PacketMatch, packet: Packet): boolean {
  const filters = filtersOf(packet);
  const count = packet.type === 'SUBACK' ? packet.returnCodes.length : filters.length;
  if (several !== undefined && several !== count > 1) return false;
  return filterStart === undefined || filters.some((it) => it.startsWith(filterStart));
}

function filtersOf(packet: Packet): readonly string[] {
  if (packet.type === 'SUBSCRIBE') return packet.subscriptions.map((it) => it.filter);
  return packet.type === 'UNSUBSCRIBE' ? packet.filters : [];
}

function connackFits(returnCode: number, packet: Packet): boolean {
  return packet.type === 'CONNACK' && packet.returnCode === returnCode;
}

function publishFits(when: PacketMatch, packet: Packet): boolean {
  return (
    packet.type === 'PUBLISH' &&
    (when.topic === undefined || filterMatches(when.topic, packet.topic)) &&
    (when.qos ?? packet.qos) === packet.qos &&
    (when.retain ?? packet.retain) === packet.retain &&
    (when.dup ?? packet.dup) === packet.dup &&
    (when.payload === undefined || Buffer.from(when.payload).equals(packet.payload))
  );
}
