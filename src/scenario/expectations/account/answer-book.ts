// Holds answers against what they answer: an acknowledgement of something that no tap saw shows that an event is missing.
import type { PacketSeen } from '../../../history/event.ts';
import type { Packet, PacketType } from '../../../wire/packet.ts';
import type { StreamBook } from './stream-book.ts';
import type { Contradict } from './trail.ts';

/** What each answer answers, with the same packet id, on the same connection, at the same tap. */
const asks: Partial<Record<PacketType, PacketType>> = {
  PUBACK: 'PUBLISH',
  PUBREC: 'PUBLISH',
  PUBCOMP: 'PUBREL',
  SUBACK: 'SUBSCRIBE',
  UNSUBACK: 'UNSUBSCRIBE',
};
const asked = new Set<PacketType>(Object.values(asks));

/** Remembers what was asked. An answer that comes twice is somebody's manner, and no contradiction. */
export class AnswerBook {
  readonly #asked = new Set<string>();
  readonly #streams: StreamBook;
  readonly #contradict: Contradict;

  constructor(streams: StreamBook, contradict: Contradict) {
    this.#streams = streams;
    this.#contradict = contradict;
  }

  /** A packet of a connection that matters. */
  packet(event: PacketSeen, packet: Packet): void {
    if (!('packetId' in packet) || packet.packetId === undefined) return;
    const { type, packetId } = packet;
    const { connection, seenAt, direction } = event;
    if (asked.has(type)) this.#asked.add(`${connection} ${seenAt} ${direction} ${type} ${packetId}`);
    const question = asks[type];
    if (question === undefined || this.#streams.isRewritten(connection) || this.#streams.isPartial(connection)) return;
    const back = direction === 'toServer' ? 'toClient' : 'toServer';
    if (this.#asked.has(`${connection} ${seenAt} ${back} ${question} ${packetId}`)) return;
    this.#contradict(event, `${type} ${packetId} on ${connection} answers nothing`);
  }
}
