// One packet as it stood on the wire: its bytes, where they were, what they mean, what is wrong with them.
import type { Deviation } from './deviation.ts';
import type { Packet } from './packet.ts';

/** A run of bytes that the stream decoder took as one control packet. */
export interface Frame {
  /** Offset of the first byte from the beginning of the stream. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** What the bytes say; absent where they cannot be read as any packet. */
  readonly packet?: Packet;
  readonly deviations: readonly Deviation[];
}
