// Which packet identifiers of one sender are in use on a connection, and by what.
import type { Packet, Publish } from '../../../wire/packet.ts';
import type { Heard } from './traffic.ts';

/** What occupies an identifier. */
export interface Occupant {
  readonly seq: number;
  readonly packet: Packet;
}

/** The identifiers of the judged party's own requests, from sending until the final acknowledgement. */
export type LiveIds = Map<number, Occupant>;

/** What a packet of the party asks an identifier for; `undefined` for packets that ask for none. */
export function requestedId(packet: Packet): number | undefined {
  if (packet.type === 'SUBSCRIBE' || packet.type === 'UNSUBSCRIBE') return packet.packetId;
  return packet.type === 'PUBLISH' && packet.qos !== 0 ? packet.packetId : undefined;
}

/** Takes a packet of either side; call it after judging the packet by what was live before. */
export function track(live: LiveIds, it: Heard): void {
  const { packet, seq } = it;
  if (it.by === 'party') {
    // A PUBREL of an exchange that an earlier connection began occupies its identifier as well.
    const id = packet.type === 'PUBREL' ? packet.packetId : requestedId(packet);
    if (id !== undefined && !live.has(id)) live.set(id, { seq, packet });
    return;
  }
  if (packet.type === 'PUBACK' || packet.type === 'PUBCOMP' || packet.type === 'SUBACK' || packet.type === 'UNSUBACK') {
    live.delete(packet.packetId);
  }
}

/** Whether two packets carry the same message, so that the later one can be a re-send. */
export function sameMessage(a: Packet, b: Publish): boolean {
  return a.type === 'PUBLISH' && a.qos === b.qos && a.topic === b.topic && Buffer.compare(a.payload, b.payload) === 0;
}
