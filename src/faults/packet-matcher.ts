// Says whether a packet of one connection is the one a fault waits for.
import { filterMatches } from '../wire/topic.ts';
import type { Packet } from '../wire/packet.ts';
import type { LinkFaults } from './link-faults.ts';
import type { Direction, PacketFault, PacketMatch } from './packet-fault.ts';

/** Follows one connection: whose it is, and how many packets fitted each fault. */
export class PacketMatcher {
  readonly #link: LinkFaults;
  readonly #fits = new Map<string, number>();
  #clientId: string | undefined;
  #connectionNth = 0;

  constructor(link: LinkFaults) {
    this.#link = link;
  }

  /** Call with each packet before asking about it: the first CONNECT says whose connection this is. */
  note(direction: Direction, packet: Packet): void {
    if (this.#clientId !== undefined || direction !== 'toServer' || packet.type !== 'CONNECT') return;
    this.#clientId = packet.clientId;
    this.#connectionNth = this.#link.countConnection(packet.clientId);
  }

  /** Whether the fault acts on this packet. Counts for `nth`: ask once for each packet and fault. */
  fits(fault: PacketFault, direction: Direction, packet: Packet): boolean {
    const { when } = fault;
    if (!packetFits(when, direction, packet)) return false;
    if (when.clientId !== undefined && when.clientId !== this.#clientId) return false;
    if (when.connectionNth !== undefined && when.connectionNth !== this.#connectionNth) return false;
    const count = (this.#fits.get(fault.id) ?? 0) + 1;
    this.#fits.set(fault.id, count);
    return count >= (when.nth ?? 1);
  }
}

/** Whether packets of this direction could fit at all. */
export function watches(when: PacketMatch, direction: Direction): boolean {
  return when.direction === undefined || when.direction === direction;
}

function packetFits(when: PacketMatch, direction: Direction, packet: Packet): boolean {
  if (!watches(when, direction)) return false;
  if (when.type !== undefined && ![when.type].flat().includes(packet.type)) return false;
  if (when.topic === undefined && when.qos === undefined && when.retain === undefined && when.dup === undefined) {
    return true;
  }
  return (
    packet.type === 'PUBLISH' &&
    (when.topic === undefined || filterMatches(when.topic, packet.topic)) &&
    (when.qos ?? packet.qos) === packet.qos &&
    (when.retain ?? packet.retain) === packet.retain &&
    (when.dup ?? packet.dup) === packet.dup
  );
}
