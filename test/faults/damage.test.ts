// Damage flips what it says and nothing else, finds no byte that is not there, and the seed repeats it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canDamage, damaged } from '../../src/faults/damage.ts';
import { LinkFaults } from '../../src/faults/link-faults.ts';
import type { Damage } from '../../src/faults/packet-fault.ts';
import { PacketPlayer } from '../../src/faults/packet-player.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Publish } from '../../src/wire/packet.ts';

const whole = Uint8Array.from([0x32, 0x05, 0x00, 0x01, 0x74, 0x00, 0x07]);
const drawsOf = (seed: number) => ({ seed, link: 'l', connection: 1, direction: 'toServer' }) as const;
const left = (action: Damage, seed = 7, offset = 0): Uint8Array => damaged(action, whole, drawsOf(seed), offset).bytes;
const flippedBits = (bytes: Uint8Array): number =>
  [...bytes].reduce((sum, byte, at) => sum + bitsIn(byte ^ (whole[at] ?? 0)), 0);
const bitsIn = (byte: number): number => byte.toString(2).replaceAll('0', '').length;

test.each<[Damage, readonly number[], string]>([
  [{ do: 'corrupt', bytes: [1] }, [0x32, 0xfa, 0x00, 0x01, 0x74, 0x00, 0x07], 'byte 1 ^ 0xff'],
  [{ do: 'corrupt', bytes: [-1, 0], xor: 1 }, [0x33, 0x05, 0, 1, 0x74, 0, 0x06], 'byte 0 ^ 0x01, byte 6 ^ 0x01'],
  [{ do: 'corrupt', bytes: [6, -1, 40], xor: 1 }, [0x32, 0x05, 0, 1, 0x74, 0, 0x06], 'byte 6 ^ 0x01'],
  [{ do: 'truncate', keepB: 2 }, [0x32, 0x05], 'to 2 of its 7 B'],
])('%j', (action, bytes, what) => {
  expect(damaged(action, whole, drawsOf(7), 0)).toEqual({ bytes: Uint8Array.from(bytes), what });
  expect([...whole]).toEqual([0x32, 0x05, 0x00, 0x01, 0x74, 0x00, 0x07]);
});

test.each<[Damage, boolean]>([
  [{ do: 'corrupt', bytes: [6] }, true],
  [{ do: 'corrupt', bytes: [7, -8] }, false],
  [{ do: 'corrupt', bits: 1 }, true],
  [{ do: 'truncate', keepB: 6 }, true],
  [{ do: 'truncate', keepB: 7 }, false],
])('%j finds something to damage in 7 B: %s', (action, expected) => {
  expect(canDamage(action, 7)).toBe(expected);
});

/** How many different results five draws give. */
const differing = (of: (n: number) => Uint8Array): number =>
  new Set([1, 2, 3, 4, 5].map((n) => Buffer.from(of(n)).toString('hex'))).size;

describe('bits', () => {
  test('so many are flipped, and again the same', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 64 }), (seed, offset, bits) => {
        const action = { do: 'corrupt', bits } as const;
        expect(flippedBits(left(action, seed, offset))).toBe(Math.min(bits, 8 * whole.length));
        expect(left(action, seed, offset)).toEqual(left(action, seed, offset));
      }),
    );
  });

  test('others with another seed, and at another place of the stream', () => {
    const action = { do: 'corrupt', bits: 3 } as const;
    expect(differing((seed) => left(action, seed))).toBeGreaterThan(1);
    expect(differing((offset) => left(action, 7, offset))).toBeGreaterThan(1);
  });
});

const message = (payload: string): Publish => ({
  type: 'PUBLISH',
  dup: false,
  qos: 0,
  retain: false,
  topic: 't',
  payload: Buffer.from(payload),
});

test('a fault that finds none of its bytes does not spend itself on that packet', () => {
  const [short, long] = [encode(message('x')), encode(message('long enough'))];
  const faults = new LinkFaults([{ id: 'f', when: {}, action: { do: 'corrupt', bytes: [12] }, times: 1 }]);
  const player = new PacketPlayer(faults, { openedAtMs: 0, draws: drawsOf(7) });
  const sent = [short, long, long].flatMap((it) =>
    player.feed('toServer', it, 0).flatMap((step) => (step.step === 'send' ? [step.bytes] : [])),
  );
  expect([sent[0], sent[2]]).toEqual([short, long]);
  expect(sent[1]).not.toEqual(long);
});
