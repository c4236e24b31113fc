// One packet as it stood on the wire: its bytes, where they were, what they mean, what is wrong with them.
import type { Deviation } from './deviation.ts';
import type { Packet } from './packet.ts';

/** A run of bytes that the stream decoder took as one control packet. */
export interface Frame {
  /** Offset of the first byte from the beginning of the stream. */
  readonly offset: number;
  /** View of the chunk that was pushed, or a copy where the packet spans chunks. */
  readonly bytes: Uint8Array;
  /** What the bytes say; absent where they cannot be read as any packet. */
  readonly packet?: Packet;
  readonly deviations: readonly Deviation[];
  /**
   * Set where `bytes` are not one packet and must not be read as one: the rest of a stream whose framing is
   * lost, a piece of a packet that was too large to hold, or an unfinished packet at the end.
   */
  readonly unframed?: true;
}
