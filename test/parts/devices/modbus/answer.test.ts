// Every request has its answer or its exception, after the Modbus application protocol 1.1b3.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerTo } from '../../../../src/parts/devices/modbus/answer.ts';
import type { ModbusMemory } from '../../../../src/parts/devices/modbus/answer.ts';

/** Ten words and ten bits; holding 9 takes nothing above 100. */
function memory(): ModbusMemory & { readonly holding: number[]; readonly coils: number[] } {
  const holding = Array.from({ length: 10 }, (_, n) => n * 10);
  const coils = Array.from({ length: 10 }, (_, n) => n % 2);
  const table = (name: string): number[] => (name === 'coil' || name === 'discrete' ? coils : holding);
  return {
    holding,
    coils,
    read: (name, address) => table(name)[address],
    write(name, address, words) {
      if (address + words.length > 10) return 'address';
      if (name === 'holding' && (words[9 - address] ?? 0) > 100) return 'value';
      words.forEach((word, n) => (table(name)[address + n] = word));
      return 'done';
    },
  };
}

const answer = (hex: string, on: ModbusMemory = memory()): string =>
  answerTo(Buffer.from(hex.replaceAll(' ', ''), 'hex'), on).toString('hex');

test.each([
  ['read coils', '01 0000 000a', '0102aa02'],
  ['read discrete inputs', '02 0001 0003', '020105'],
  ['read holding registers', '03 0001 0002', '0304000a0014'],
  ['read input registers', '04 0009 0001', '0402005a'],
  ['write a coil', '05 0000 ff00', '050000ff00'],
  ['write a register', '06 0001 1234', '0600011234'],
  ['write coils', '0f 0000 0004 01 0f', '0f00000004'],
  ['write registers', '10 0000 0002 04 00010002', '1000000002'],
  ['mask a register', '16 0001 00f0 0003', '16000100f00003'],
  ['read and write registers', '17 0000 0002 0001 0001 02 0007', '170400000007'],
  ['an unknown function', '2b 0e0100', 'ab01'],
  ['an address that is not there', '03 0009 0002', '8302'],
  ['no registers', '03 0000 0000', '8303'],
  ['too many registers', '03 0000 007e', '8303'],
  ['too many coils', '01 0000 07d1', '8103'],
  ['a coil half on', '05 0000 0001', '8503'],
  ['a count of bytes that does not fit', '10 0000 0002 03 000100', '9003'],
  ['a value that is not allowed', '06 0009 0065', '8603'],
  ['a request that is too short', '03 00', '8303'],
])('%s', (_name, request, expected) => {
  expect(answer(request)).toBe(expected);
});

test('a read and write with an illegal read writes nothing', () => {
  const on = memory();
  expect(answer('17 0009 0002 0001 0001 02 0007', on)).toBe('9702');
  expect(on.holding[1]).toBe(10);
});

test('a mask changes the bits that it says', () => {
  const on = memory();
  on.holding[1] = 0x12;
  answer('16 0001 00f2 0025', on); // the example of 6.16
  expect(on.holding[1]).toBe(0x17);
});

test('whatever comes, the answer is one to it, and no longer than a frame', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 253 }), (bytes) => {
      const given = answerTo(Buffer.from(bytes), memory());
      expect((given[0] ?? 0) & 0x7f).toBe((bytes[0] ?? 0) & 0x7f);
      expect(given.length).toBeGreaterThanOrEqual(2);
      expect(given.length).toBeLessThanOrEqual(253);
    }),
    { examples: [[Uint8Array.of(1, 0, 0, 0, 10)], [Uint8Array.of(3, 0, 0, 0, 10)]] },
  );
});
