// Engineering values to the 16-bit words of Modbus and back: types, order of words and bytes, scale and offset.
import type { PlcRegister } from './plc-program.ts';

type Coding = Pick<PlcRegister, 'table' | 'type' | 'wordOrder' | 'byteOrder' | 'scale' | 'offset'>;

const widths = { int16: 1, uint16: 1, int32: 2, uint32: 2, float32: 2, float64: 4 } as const;
const ranges = {
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
} as const;

/** Whether it is one bit: a coil or discrete input. */
export const isBit = ({ table }: Pick<PlcRegister, 'table'>): boolean => table === 'coil' || table === 'discrete';

/** Words, or bits, that it takes in its table. */
export function widthOf(register: Pick<PlcRegister, 'table' | 'type'>): 1 | 2 | 4 {
  return isBit(register) ? 1 : widths[register.type];
}

/** Words of an engineering value; of an integer rounded to its step, and at the end of its range where it lies beyond. */
export function encodeValue(register: Coding, value: number): readonly number[] {
  if (isBit(register)) return [value === 0 ? 0 : 1];
  const raw = (value - register.offset) / register.scale;
  if (register.type === 'float32' || register.type === 'float64') return encodeRaw(register, raw);
  const [lowest, highest] = ranges[register.type];
  return encodeRaw(register, Math.min(highest, Math.max(lowest, Math.round(raw))));
}

/** Words of a raw number; an integer wraps as the register does. */
export function encodeRaw(register: Coding, raw: number): readonly number[] {
  if (isBit(register)) return [raw & 1];
  const view = new DataView(new ArrayBuffer(widthOf(register) * 2));
  if (register.type === 'float32') view.setFloat32(0, raw);
  else if (register.type === 'float64') view.setFloat64(0, raw);
  else if (widthOf(register) === 1) view.setUint16(0, raw);
  else view.setUint32(0, raw);
  return ordered(register, wordsIn(view));
}

/** The engineering value of words, without the dust of binary fractions. */
export function decodeValue(register: Coding, words: readonly number[]): number {
  if (isBit(register)) return words[0] === 1 ? 1 : 0;
  const view = new DataView(new ArrayBuffer(widthOf(register) * 2));
  ordered(register, words).forEach((word, index) => view.setUint16(index * 2, word));
  const value = rawIn(view, register.type) * register.scale + register.offset;
  return register.type === 'float64' ? value : Number(value.toPrecision(12));
}

function rawIn(view: DataView, type: PlcRegister['type']): number {
  switch (type) {
    case 'int16':
      return view.getInt16(0);
    case 'uint16':
      return view.getUint16(0);
    case 'int32':
      return view.getInt32(0);
    case 'uint32':
      return view.getUint32(0);
    case 'float32':
      return shortest(view.getFloat32(0));
    case 'float64':
      return view.getFloat64(0);
  }
}

/** The number of fewest digits that is this one in 32 bits: 0.1, and not 0.10000000149. */
function shortest(float32: number): number {
  const candidates = [6, 7, 8].map((digits) => Number(float32.toPrecision(digits)));
  return candidates.find((it) => Math.fround(it) === float32) ?? float32;
}

function wordsIn(view: DataView): readonly number[] {
  return Array.from({ length: view.byteLength / 2 }, (_, index) => view.getUint16(index * 2));
}

/** From the order of a register to most significant first, or back: both ways are the same. */
function ordered({ wordOrder, byteOrder }: Coding, words: readonly number[]): readonly number[] {
  const inOrder = wordOrder === 'little' ? words.toReversed() : words;
  return byteOrder === 'little' ? inOrder.map((word) => ((word & 0xff) << 8) | (word >>> 8)) : inOrder;
}
