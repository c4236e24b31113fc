// One Modbus request to its answer, after the application protocol 1.1b3: pure, and every illegal request has its exception.
import type { ModbusTable } from '../plc-program.ts';

/** What a server lets its masters see and change. */
export interface ModbusMemory {
  /** Word or bit at an address; nothing where there is none. */
  read(table: ModbusTable, address: number): number | undefined;
  /** Writes neighbours, all or none. */
  write(table: 'coil' | 'holding', address: number, words: readonly number[]): 'done' | 'address' | 'value';
}

const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;

/** Stops the work on a request; it is answered with this exception code. */
class ModbusException extends Error {
  readonly exceptionCode: number;
  constructor(exceptionCode: number) {
    super(`Modbus exception ${exceptionCode}`);
    this.exceptionCode = exceptionCode;
  }
}

/** A request or answer without its MBAP header: function code and data. */
type Pdu = Buffer;

const handlers: Readonly<Record<number, (pdu: Pdu, memory: ModbusMemory) => Pdu>> = {
  1: (pdu, memory) => readBits(pdu, memory, 'coil'),
  2: (pdu, memory) => readBits(pdu, memory, 'discrete'),
  3: (pdu, memory) => readWords(pdu, memory, 'holding'),
  4: (pdu, memory) => readWords(pdu, memory, 'input'),
  5: writeCoil,
  6: writeRegister,
  15: writeCoils,
  16: writeRegisters,
  22: maskRegister,
  23: readAndWrite,
};

/** The answer to a request of at least one byte. */
export function answerTo(pdu: Pdu, memory: ModbusMemory): Pdu {
  const code = pdu[0] ?? 0;
  try {
    const handle = handlers[code];
    if (!handle) throw new ModbusException(ILLEGAL_FUNCTION);
    return handle(pdu, memory);
  } catch (error) {
    if (!(error instanceof ModbusException)) throw error;
    return Buffer.from([code | 0x80, error.exceptionCode]);
  }
}

function readBits(pdu: Pdu, memory: ModbusMemory, table: 'coil' | 'discrete'): Pdu {
  const values = read(memory, table, pdu, 1, 2000);
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  values.forEach((value, n) => (bytes[n >> 3] = (bytes[n >> 3] ?? 0) | (value << (n & 7))));
  return Buffer.concat([Buffer.from([pdu[0] ?? 0, bytes.length]), bytes]);
}

function readWords(pdu: Pdu, memory: ModbusMemory, table: 'holding' | 'input'): Pdu {
  return wordsAnswer(pdu, read(memory, table, pdu, 1, 125));
}

function writeCoil(pdu: Pdu, memory: ModbusMemory): Pdu {
  const value = wordAt(pdu, 3);
  if (pdu.length !== 5 || (value !== 0 && value !== 0xff00)) throw new ModbusException(ILLEGAL_VALUE);
  write(memory, 'coil', wordAt(pdu, 1), [value === 0 ? 0 : 1]);
  return pdu;
}

function writeRegister(pdu: Pdu, memory: ModbusMemory): Pdu {
  if (pdu.length !== 5) throw new ModbusException(ILLEGAL_VALUE);
  write(memory, 'holding', wordAt(pdu, 1), [wordAt(pdu, 3)]);
  return pdu;
}

function writeCoils(pdu: Pdu, memory: ModbusMemory): Pdu {
  const count = countAt(pdu, 3, 1968);
  const bytes = pdu.subarray(6);
  if (pdu[5] !== bytes.length || bytes.length !== Math.ceil(count / 8)) throw new ModbusException(ILLEGAL_VALUE);
  const bits = Array.from({ length: count }, (_, n) => ((bytes[n >> 3] ?? 0) >> (n & 7)) & 1);
  write(memory, 'coil', wordAt(pdu, 1), bits);
  return pdu.subarray(0, 5);
}

function writeRegisters(pdu: Pdu, memory: ModbusMemory): Pdu {
  write(memory, 'holding', wordAt(pdu, 1), wordsFrom(pdu, countAt(pdu, 3, 123), 5));
  return pdu.subarray(0, 5);
}

function maskRegister(pdu: Pdu, memory: ModbusMemory): Pdu {
  if (pdu.length !== 7) throw new ModbusException(ILLEGAL_VALUE);
  const [address, and, or] = [wordAt(pdu, 1), wordAt(pdu, 3), wordAt(pdu, 5)];
  const before = memory.read('holding', address);
  if (before === undefined) throw new ModbusException(ILLEGAL_ADDRESS);
  write(memory, 'holding', address, [(before & and) | (or & ~and & 0xffff)]);
  return pdu;
}

/** The write comes first (6.17); an illegal read leaves everything as it was. */
function readAndWrite(pdu: Pdu, memory: ModbusMemory): Pdu {
  const words = wordsFrom(pdu, countAt(pdu, 7, 121), 9);
  read(memory, 'holding', pdu.subarray(0, 5), 1, 125);
  write(memory, 'holding', wordAt(pdu, 5), words);
  return wordsAnswer(pdu, read(memory, 'holding', pdu.subarray(0, 5), 1, 125));
}

/** Values of as many neighbours as the request names behind its address. */
function read(memory: ModbusMemory, table: ModbusTable, pdu: Pdu, at: number, most: number): number[] {
  if (pdu.length !== at + 4) throw new ModbusException(ILLEGAL_VALUE);
  const address = wordAt(pdu, at);
  return Array.from({ length: countAt(pdu, at + 2, most) }, (_, n) => {
    const value = memory.read(table, address + n);
    if (value === undefined) throw new ModbusException(ILLEGAL_ADDRESS);
    return value;
  });
}

function write(memory: ModbusMemory, table: 'coil' | 'holding', address: number, words: readonly number[]): void {
  const done = memory.write(table, address, words);
  if (done === 'done') return;
  throw new ModbusException(done === 'address' ? ILLEGAL_ADDRESS : ILLEGAL_VALUE);
}

/** Words behind a count of bytes, which must be what follows. */
function wordsFrom(pdu: Pdu, count: number, at: number): readonly number[] {
  if (pdu[at] !== count * 2 || pdu.length !== at + 1 + count * 2) throw new ModbusException(ILLEGAL_VALUE);
  return Array.from({ length: count }, (_, n) => wordAt(pdu, at + 1 + n * 2));
}

function wordsAnswer(pdu: Pdu, words: readonly number[]): Pdu {
  const answer = Buffer.alloc(2 + words.length * 2);
  answer[0] = pdu[0] ?? 0;
  answer[1] = words.length * 2;
  words.forEach((word, n) => answer.writeUInt16BE(word, 2 + n * 2));
  return answer;
}

function countAt(pdu: Pdu, at: number, most: number): number {
  const count = wordAt(pdu, at);
  if (count < 1 || count > most) throw new ModbusException(ILLEGAL_VALUE);
  return count;
}

function wordAt(pdu: Pdu, at: number): number {
  if (pdu.length < at + 2) throw new ModbusException(ILLEGAL_VALUE);
  return pdu.readUInt16BE(at);
}
