// Damages the bytes of one packet on purpose: the only faults after which a stream is no run of packets any more.
import { draw, type DrawName } from './draw.ts';
import type { Damage } from './packet-fault.ts';

/** What is left of a packet, and what was done to it, in words. */
export interface Damaged {
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** Bits that one fault can flip in a packet: more are noise as good as these. */
export const mostBits = 64;

/** Whether there is something to damage: a packet without the bytes in question passes as it is. */
export function canDamage(action: Damage, lengthB: number): boolean {
  if (action.do === 'truncate') return action.keepB < lengthB;
  return 'bits' in action || offsetsIn(action.bytes, lengthB).length > 0;
}

/** The packet damaged; `draws` names the draws of its direction, `offset` is that of its first byte in the stream. */
export function damaged(
  action: Damage,
  bytes: Uint8Array,
  draws: Omit<DrawName, 'purpose' | 'n'>,
  offset: number,
): Damaged {
  if (action.do === 'truncate') {
    return { bytes: bytes.subarray(0, action.keepB), what: `to ${action.keepB} of its ${bytes.length} B` };
  }
  const masks = 'bits' in action ? drawnBits(action.bits, bytes.length, draws, offset) : masksAt(action, bytes.length);
  const spoilt = Uint8Array.from(bytes, (byte, at) => byte ^ (masks.get(at) ?? 0));
  const places = [...masks].toSorted(([a], [b]) => a - b);
  return { bytes: spoilt, what: places.map(([at, mask]) => `byte ${at} ^ 0x${hex(mask)}`).join(', ') };
}

function masksAt({ bytes, xor = 0xff }: { bytes: readonly number[]; xor?: number }, lengthB: number): Masks {
  return new Map(offsetsIn(bytes, lengthB).map((at) => [at, xor]));
}

/** By offset in the packet, the bits that are flipped there. */
type Masks = ReadonlyMap<number, number>;

/** So many different bits, or all there are. */
function drawnBits(count: number, lengthB: number, draws: Omit<DrawName, 'purpose' | 'n'>, offset: number): Masks {
  const total = lengthB * 8;
  const masks = new Map<number, number>();
  const isFlipped = (bit: number): boolean => ((masks.get(bit >> 3) ?? 0) & (1 << (bit & 7))) !== 0;
  for (let k = 0; k < Math.min(count, mostBits, total); k++) {
    let bit = Math.floor(draw({ ...draws, purpose: 'corrupt', n: offset * mostBits + k }) * total);
    while (isFlipped(bit)) bit = (bit + 1) % total;
    masks.set(bit >> 3, (masks.get(bit >> 3) ?? 0) | (1 << (bit & 7)));
  }
  return masks;
}

/** Those that the packet has, each counted from its first byte, and once. */
function offsetsIn(offsets: readonly number[], lengthB: number): readonly number[] {
  const within = offsets.map((at) => (at < 0 ? lengthB + at : at)).filter((at) => at >= 0 && at < lengthB);
  return [...new Set(within)];
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
