// Registers: what every type, order and scale makes of a value, and back.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue, encodeRaw, encodeValue, widthOf } from '../../../src/parts/devices/register-codec.ts';

const plain = { table: 'holding', wordOrder: 'big', byteOrder: 'big', scale: 1, offset: 0 } as const;

test.each([
  [{ type: 'int16' }, -2, [0xfffe]],
  [{ type: 'uint16', scale: 0.1 }, 51.23, [512]],
  [{ type: 'uint16', scale: 0.5, offset: -40 }, 10, [100]],
  [{ type: 'uint32' }, 0x1234_5678, [0x1234, 0x5678]],
  [{ type: 'uint32', wordOrder: 'little' }, 0x1234_5678, [0x5678, 0x1234]],
  [{ type: 'uint32', byteOrder: 'little' }, 0x1234_5678, [0x3412, 0x7856]],
  [{ type: 'uint32', wordOrder: 'little', byteOrder: 'little' }, 0x1234_5678, [0x7856, 0x3412]],
  [{ type: 'int32' }, -1, [0xffff, 0xffff]],
  [{ type: 'float32' }, 1.5, [0x3fc0, 0]],
  [{ type: 'float64' }, 1.5, [0x3ff8, 0, 0, 0]],
  [{ type: 'uint16' }, 70_000, [0xffff]],
  [{ type: 'int16' }, -70_000, [0x8000]],
] as const)('%j of %d', (changes, value, words) => {
  expect(encodeValue({ ...plain, ...changes }, value)).toEqual(words);
});

test('a count wraps as its register does', () => {
  expect(encodeRaw({ ...plain, type: 'uint16' }, 65_537)).toEqual([1]);
  expect(encodeRaw({ ...plain, type: 'uint32' }, 65_537)).toEqual([1, 1]);
});

const coding = fc.record({
  table: fc.constantFrom('holding' as const, 'input' as const),
  type: fc.constantFrom(
    'int16' as const,
    'uint16' as const,
    'int32' as const,
    'uint32' as const,
    'float32' as const,
    'float64' as const,
  ),
  wordOrder: fc.constantFrom('big' as const, 'little' as const),
  byteOrder: fc.constantFrom('big' as const, 'little' as const),
  scale: fc.constantFrom(1, 0.1, 0.01, 10),
  offset: fc.constantFrom(0, -40, 273.15),
});

test('whatever the coding, a value comes back within half a step, in words of 16 bits', () => {
  fc.assert(
    fc.property(coding, fc.integer({ min: 0, max: 30_000 }), (register, raw) => {
      const value = raw * register.scale + register.offset;
      const words = encodeValue(register, value);
      expect(words).toHaveLength(widthOf(register));
      expect(words.every((it) => Number.isInteger(it) && it >= 0 && it <= 0xffff)).toBe(true);
      const back = decodeValue(register, words);
      expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.max(register.scale / 2, Math.abs(value) * 1e-6));
      // Of a scaled double the last bits may go.
      const again = register.type === 'float64' ? words : encodeValue(register, back);
      expect(again).toEqual(words);
    }),
  );
});
