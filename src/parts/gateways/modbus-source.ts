// The Modbus side of a gateway: reads every register of a map in as few requests as its gaps allow, writes coils.
import modbusSerial from 'modbus-serial';
import { decodeValue, widthOf } from '../devices/register-codec.ts';
import type { ModbusTable, PlcProgram, RegisterMap } from '../devices/plc-program.ts';
import type { Endpoint } from '../part.ts';

/** Longest wait for a connection and for one answer. */
const ANSWER_TIMEOUT_MS = 1000;
/** Most registers that one request may read (Modbus application protocol 1.1b3, 6.3); bits could be more. */
const MOST_PER_REQUEST = 125;

/** A run of neighbours in one table, read by one request. */
interface Block {
  readonly table: ModbusTable;
  readonly start: number;
  /** Words, or bits. */
  readonly length: number;
  /** Names from `start` on, without a gap. */
  readonly names: readonly string[];
}

/** A connection to a PLC. Requests reject when it does not answer in time; then it must be closed. */
export class ModbusSource implements Disposable {
  readonly #client = new modbusSerial.default();
  readonly #registers: RegisterMap;
  readonly #blocks: readonly Block[];
  readonly #gone: Promise<never>;
  readonly #leave: (reason: Error) => void;

  private constructor(program: PlcProgram) {
    this.#registers = program.registers;
    this.#blocks = blocksOf(program.registers);
    this.#client.setID(program.unitId);
    this.#client.setTimeout(ANSWER_TIMEOUT_MS);
    this.#client.on('error', () => {}); // the request under way rejects
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {}); // between requests nobody waits for it
    this.#gone = promise;
    this.#leave = reject;
  }

  /**
   * Connects over TCP; `signal` ends the connection and what waits on it.
   * @throws what the library says, or the signal's reason.
   */
  static async connect(endpoint: Endpoint, program: PlcProgram, signal: AbortSignal): Promise<ModbusSource> {
    const source = new ModbusSource(program);
    const { host, port } = endpoint;
    try {
      await source.#answer(source.#client.connectTCP(host, { port, timeout: ANSWER_TIMEOUT_MS }), signal);
    } catch (error) {
      source[Symbol.dispose]();
      throw error;
    }
    source.#client.on('close', () => source.#leave(new Error('the PLC closed the connection')));
    return source;
  }

  /** Engineering values by register name. */
  async readAll(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const values = new Map<string, number>();
    for (const block of this.#blocks) {
      const words = await this.#answer(this.#read(block), signal);
      for (const name of block.names) {
        const register = this.#registers[name];
        if (!register) continue;
        const from = register.address - block.start;
        values.set(name, decodeValue(register, words.slice(from, from + widthOf(register)).map(Number)));
      }
    }
    return values;
  }

  async writeCoil(address: number, isOn: boolean, signal: AbortSignal): Promise<void> {
    await this.#answer(this.#client.writeCoil(address, isOn), signal);
  }

  [Symbol.dispose](): void {
    this.#leave(new Error('closed'));
    this.#client.destroy(() => {});
  }

  async #read({ table, start, length }: Block): Promise<readonly (number | boolean)[]> {
    if (table === 'coil') return (await this.#client.readCoils(start, length)).data;
    if (table === 'discrete') return (await this.#client.readDiscreteInputs(start, length)).data;
    if (table === 'holding') return (await this.#client.readHoldingRegisters(start, length)).data;
    return (await this.#client.readInputRegisters(start, length)).data;
  }

  /** The library forgets requests of a connection that closes: they would wait forever. */
  async #answer<T>(request: Promise<T>, signal: AbortSignal): Promise<T> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort(); // not thrown at once: the request is under way, and somebody must hear of its end
    try {
      return await Promise.race([request, this.#gone, aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

function blocksOf(registers: RegisterMap): readonly Block[] {
  const blocks: { table: ModbusTable; start: number; length: number; names: string[] }[] = [];
  const published = Object.entries(registers).filter(([, it]) => it.publish);
  const inOrder = published.toSorted(([, a], [, b]) => a.table.localeCompare(b.table) || a.address - b.address);
  for (const [name, register] of inOrder) {
    const { table, address } = register;
    const width = widthOf(register);
    const last = blocks.at(-1);
    const isNext = last?.table === table && last.start + last.length === address;
    if (last && isNext && last.length + width <= MOST_PER_REQUEST) {
      last.names.push(name);
      last.length += width;
    } else blocks.push({ table, start: address, length: width, names: [name] });
  }
  return blocks;
}
