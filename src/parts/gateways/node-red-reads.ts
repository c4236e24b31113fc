// Which requests a Node-RED gateway polls its PLC with: every register that it publishes, in as few as gaps allow.

/** What of a register the flow needs; orders and offset default to what Modbus does by itself. */
export interface FlowRegister {
  readonly table: 'coil' | 'discrete' | 'holding' | 'input';
  readonly address: number;
  readonly type: 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';
  readonly wordOrder?: 'big' | 'little';
  readonly byteOrder?: 'big' | 'little';
  readonly scale: number;
  readonly offset?: number;
  readonly unit: string;
  readonly deadband: number;
  readonly publish: boolean;
}

/** One read of neighbouring words or bits. */
export interface FlowRead {
  readonly table: FlowRegister['table'];
  readonly start: number;
  readonly quantity: number;
  readonly registers: readonly (readonly [name: string, register: FlowRegister])[];
}

/** Most words that one request may read (Modbus application protocol 1.1b3, 6.3). */
const mostWords = 125;
const widths = { int16: 1, uint16: 1, int32: 2, uint32: 2, float32: 2, float64: 4 } as const;
/** The four tables of Modbus, as its nodes call them. */
export const tables = { coil: 'Coil', discrete: 'Input', holding: 'HoldingRegister', input: 'InputRegister' } as const;

/** Registers to publish, in as few requests as their gaps allow. */
export function readsOf(registers: Readonly<Record<string, FlowRegister>>): readonly FlowRead[] {
  const reads: FlowRead[] = [];
  const published = Object.entries(registers).filter(([, it]) => it.publish);
  for (const [name, it] of published.toSorted(([, a], [, b]) => order(a) - order(b))) {
    const last = reads.at(-1);
    const follows = last?.table === it.table && last.start + last.quantity === it.address;
    if (last !== undefined && follows && last.quantity + widthOf(it) <= mostWords) {
      reads[reads.length - 1] = {
        ...last,
        quantity: last.quantity + widthOf(it),
        registers: [...last.registers, [name, it]],
      };
    } else reads.push({ table: it.table, start: it.address, quantity: widthOf(it), registers: [[name, it]] });
  }
  return reads;
}

const order = ({ table, address }: FlowRegister): number => Object.keys(tables).indexOf(table) * 0x1_0000 + address;
const isBit = ({ table }: Pick<FlowRegister, 'table'>): boolean => table === 'coil' || table === 'discrete';
const widthOf = (it: FlowRegister): number => (isBit(it) ? 1 : widths[it.type]);
