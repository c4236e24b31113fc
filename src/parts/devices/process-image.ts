// The memory of a PLC: engineering values for its logic, bits and 16-bit words for Modbus.
import type { ModbusTable, PlcRegister, RegisterMap } from './plc-program.ts';
import { decodeValue, encodeRaw, encodeValue, widthOf } from './register-codec.ts';

/** Values of one PLC. */
export class ProcessImage {
  readonly #registers: RegisterMap;
  /** Words and bits by table and address. */
  readonly #words = new Map<string, number>();
  /** Names by table and address of each of their words. */
  readonly #names = new Map<string, string>();

  /** @param retained values that stand in place of the initial ones, by name */
  constructor(registers: RegisterMap, retained: ReadonlyMap<string, number> = new Map()) {
    this.#registers = registers;
    for (const [name, register] of Object.entries(registers)) {
      for (let n = 0; n < widthOf(register); n += 1) this.#names.set(keyOf(register.table, register.address + n), name);
      this.set(name, retained.get(name) ?? register.initial);
    }
  }

  /** Engineering value; of a bit: 0 or 1. A name that the map lacks reads as 0. */
  get(name: string): number {
    const register = this.#registers[name];
    return register ? decodeValue(register, this.#wordsOf(register)) : 0;
  }

  /** Rounds to the register's step and stays within its range; a name that the map lacks is ignored. */
  set(name: string, value: number): void {
    const register = this.#registers[name];
    if (register) this.#put(register, encodeValue(register, value));
  }

  /** A count that goes on, and wraps as the register does. */
  setCount(name: string, count: number): void {
    const register = this.#registers[name];
    if (register) this.#put(register, encodeRaw(register, count));
  }

  /** Word or bit at an address; nothing where there is none. */
  read(table: ModbusTable, address: number): number | undefined {
    return this.#words.get(keyOf(table, address));
  }

  /**
   * Writes neighbours, all or none.
   * @returns `address` where one of them does not exist, `value` where one may not have this value
   */
  write(table: 'coil' | 'holding', address: number, words: readonly number[]): 'done' | 'address' | 'value' {
    const keys = words.map((_, n) => keyOf(table, address + n));
    const names = new Set(keys.map((key) => this.#names.get(key)));
    const before = keys.map((key) => this.#words.get(key) ?? 0);
    if (names.has(undefined)) return 'address';
    keys.forEach((key, n) => this.#words.set(key, words[n] ?? 0));
    if ([...names].every((name) => name !== undefined && this.#isAllowed(name))) return 'done';
    keys.forEach((key, n) => this.#words.set(key, before[n] ?? 0));
    return 'value';
  }

  #isAllowed(name: string): boolean {
    const value = this.get(name);
    const { min = -Infinity, max = Infinity } = this.#registers[name] ?? {};
    return Number.isFinite(value) && value >= min && value <= max;
  }

  #wordsOf({ table, address, type }: PlcRegister): readonly number[] {
    const width = widthOf({ table, type });
    return Array.from({ length: width }, (_, n) => this.#words.get(keyOf(table, address + n)) ?? 0);
  }

  #put({ table, address }: PlcRegister, words: readonly number[]): void {
    words.forEach((word, n) => this.#words.set(keyOf(table, address + n), word));
  }
}

const keyOf = (table: ModbusTable, address: number): string => `${table} ${address}`;
