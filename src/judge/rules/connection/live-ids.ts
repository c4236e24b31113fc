// Which packet identifiers of one sender are in use on a connection, and by what.
import type { Packet, Publish } from '../../../wire/packet.ts';
import type { Heard } from './traffic.ts';

/** What occupies an identifier. */
export interface Occupant {
  readonly seq: number;
  readonly packet: Packet;
}

/** The identifiers of the judged party's own requests. */
export interface LiveIds {
  /** In use: from sending until the final acknowledgement. */
  readonly live: Map<number, Occupant>;
  /** What occupied identifiers that were freed lately, oldest first. */
  readonly freed: Map<number, Packet>;
}

/** Freed identifiers that are remembered: what crosses its own acknowledgement comes soon after it. */
const rememberedFreed = 16;

/** No identifier is in use. */
export const newLiveIds = (): LiveIds => ({ live: new Map(), freed: new Map() });

/**
 * Whether a packet was sent again before its sender read the acknowledgement that freed the identifier: QoS 1 with
 * DUP 1, or PUBREL. It begins nothing.
 */
export function crossedItsAnswer({ live, freed }: LiveIds, packet: Packet): boolean {
  if (packet.type !== 'PUBLISH' && packet.type !== 'PUBREL') return false;
  const before = packet.packetId === undefined ? undefined : freed.get(packet.packetId);
  if (before === undefined || live.has(packet.packetId ?? 0)) return false;
  if (packet.type === 'PUBREL') return before.type === 'PUBREL' || (before.type === 'PUBLISH' && before.qos === 2);
  return packet.qos === 1 && packet.dup && sameMessage(before, packet);
}

/** What a packet of the party asks an identifier for; `undefined` for packets that ask for none. */
export function requestedId(packet: Packet): number | undefined {
  if (packet.type === 'SUBSCRIBE' || packet.type === 'UNSUBSCRIBE') return packet.packetId;
  return packet.type === 'PUBLISH' && packet.qos !== 0 ? packet.packetId : undefined;
}

/** Takes a packet of either side; call it after judging the packet by what was live before. */
export function track(ids: LiveIds, it: Heard): void {
  const { live, freed } = ids;
  const { packet, seq } = it;
  if (it.by === 'party') {
    // A PUBREL of an exchange that an earlier connection began occupies its identifier as well.
    const id = packet.type === 'PUBREL' ? packet.packetId : requestedId(packet);
    if (id === undefined || live.has(id) || crossedItsAnswer(ids, packet)) return;
    live.set(id, { seq, packet });
    freed.delete(id);
    return;
  }
  if (packet.type === 'PUBACK' || packet.type === 'PUBCOMP' || packet.type === 'SUBACK' || packet.type === 'UNSUBACK') {
    const by = live.get(packet.packetId);
    if (by === undefined) return;
    live.delete(packet.packetId);
    freed.set(packet.packetId, by.packet);
    const [oldest] = freed.keys();
    if (freed.size > rememberedFreed && oldest !== undefined) freed.delete(oldest);
  }
}

/** Whether two packets carry the same message, so that the later one can be a re-send. */
export function sameMessage(a: Packet, b: Publish): boolean {
  return a.type === 'PUBLISH' && a.qos === b.qos && a.topic === b.topic && Buffer.compare(a.payload, b.payload) === 0;
}
