// The memory of a PLC: engineering values for its logic, bits and 16-bit words for Modbus.
import type { ModbusTable, PlcRegister, RegisterMap } from './plc-program.ts';

/** Modbus exception 2: there is nothing at this address. modbus-serial reads the code from this field. */
class IllegalAddress extends Error {
  readonly modbusErrorCode = 2;
}

/** Values of one PLC. */
export class ProcessImage {
  readonly #registers: RegisterMap;
  readonly #raw = new Map<string, number>();
  /** Names by table and address. */
  readonly #names = new Map<string, string>();

  constructor(registers: RegisterMap) {
    this.#registers = registers;
    for (const [name, register] of Object.entries(registers)) {
      this.#names.set(keyOf(register.table, register.address), name);
      this.set(name, register.initial);
    }
  }

  /** Engineering value; of a bit: 0 or 1. A name that the map lacks reads as 0. */
  get(name: string): number {
    const register = this.#registers[name];
    return register ? toValue(register, this.#raw.get(name) ?? 0) : 0;
  }

  /** Rounds to the register's step and stays within its range; a name that the map lacks is ignored. */
  set(name: string, value: number): void {
    const register = this.#registers[name];
    if (register) this.#raw.set(name, toRaw(register, value));
  }

  /** Counts up by one and wraps as the register does. */
  count(name: string): void {
    this.#raw.set(name, ((this.#raw.get(name) ?? 0) + 1) & 0xffff);
  }

  /** @throws an error that is Modbus exception 2, where nothing is at the address */
  read(table: ModbusTable, address: number): number {
    return this.#raw.get(this.#nameAt(table, address)) ?? 0;
  }

  /** @throws an error that is Modbus exception 2, where nothing is at the address */
  write(table: 'coil' | 'holding', address: number, raw: number): void {
    this.#raw.set(this.#nameAt(table, address), raw);
  }

  #nameAt(table: ModbusTable, address: number): string {
    const name = this.#names.get(keyOf(table, address));
    if (name === undefined) throw new IllegalAddress(`no ${table} at ${address}`);
    return name;
  }
}

/** Engineering value of a raw word or bit, without the dust of binary fractions. */
export function toValue(register: PlcRegister, raw: number): number {
  const signed = register.type === 'int16' && raw > 0x7fff ? raw - 0x1_0000 : raw;
  return Number((signed * register.scale).toPrecision(10));
}

function toRaw(register: PlcRegister, value: number): number {
  if (register.table === 'coil' || register.table === 'discrete') return value === 0 ? 0 : 1;
  const [lowest, highest] = register.type === 'int16' ? [-0x8000, 0x7fff] : [0, 0xffff];
  return Math.min(highest, Math.max(lowest, Math.round(value / register.scale))) & 0xffff;
}

const keyOf = (table: ModbusTable, address: number): string => `${table} ${address}`;
