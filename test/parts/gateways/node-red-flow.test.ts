// The flow that is made for Node-RED: every register read once, and its function decodes what a PLC of ours serves.
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeRedFlow } from '../../../src/parts/gateways/node-red-flow.ts';
import { decodeFunction } from '../../../src/parts/gateways/node-red-function.ts';
import { readsOf, type FlowRegister } from '../../../src/parts/gateways/node-red-reads.ts';

const widths = { int16: 1, uint16: 1, int32: 2, uint32: 2, float32: 2, float64: 4 } as const;
const types = ['int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'] as const;
const isBit = ({ table }: FlowRegister): boolean => table === 'coil' || table === 'discrete';
const widthOf = (it: FlowRegister): number => (isBit(it) ? 1 : widths[it.type]);

/** Registers that do not lie on each other, with gaps. */
const registers = fc
  .array(
    fc.record({
      table: fc.constantFrom('coil', 'discrete', 'holding', 'input'),
      type: fc.constantFrom(...types),
      gap: fc.nat(3),
      publish: fc.boolean(),
    }),
    { maxLength: 300 },
  )
  .map((all) => {
    const next: Record<string, number> = {};
    return Object.fromEntries(
      all.map(({ table, type, gap, publish }, index) => {
        const address = (next[table] ?? 0) + gap;
        const it: FlowRegister = { table, address, type, scale: 1, unit: '', deadband: 0, publish };
        next[table] = address + widthOf(it);
        return [`r${index}`, it];
      }),
    );
  });

test('each register that is published is read by exactly one request, and nothing else is', () => {
  fc.assert(
    fc.property(registers, (all) => {
      const reads = readsOf(all);
      const read = reads.flatMap((it) => it.registers.map(([name]) => name));
      const published = Object.keys(all).filter((name) => all[name]?.publish);
      expect(read.toSorted()).toEqual(published.toSorted());
      for (const { start, quantity, registers: own } of reads) {
        expect(quantity).toBeLessThanOrEqual(125);
        expect(own.reduce((sum, [, it]) => sum + widthOf(it), 0)).toBe(quantity);
        expect(own[0]?.[1].address).toBe(start);
      }
    }),
  );
});

/** Runs the code of a function node as Node-RED does, on one answer of the PLC. */
function decoded(register: FlowRegister, words: readonly number[]): { readonly value: number } {
  const read = { table: register.table, start: 7, quantity: words.length, registers: [['it', register]] } as const;
  const code = decodeFunction(read, { topic: 'site', qos: 1, tellsPlc: false });
  const told: string[] = [];
  const bench = { isResting: false, tell: (_: string, payload: string) => told.push(payload) };
  const world = { msg: { payload: words }, global: { get: () => bench }, context: { get() {}, set() {} }, Buffer };
  const [messages] = runInNewContext(`(() => {${code}})()`, world) as [{ payload: string }[]];
  expect(messages.map(({ payload }) => payload)).toEqual(told);
  return JSON.parse(told[0] ?? '') as { value: number };
}

test('a function decodes types and orders of words and bytes as the register says', () => {
  const number = fc.constantFrom(...types).chain((type) =>
    fc.record({
      type: fc.constant(type),
      raw: type.startsWith('float') ? fc.float({ noNaN: true, noDefaultInfinity: true }) : fc.integer(rangeOf(type)),
      wordOrder: fc.constantFrom('big', 'little'),
      byteOrder: fc.constantFrom('big', 'little'),
    }),
  );
  fc.assert(
    fc.property(number, ({ type, raw, wordOrder, byteOrder }) => {
      const it: FlowRegister = {
        table: 'holding',
        address: 7,
        type,
        wordOrder,
        byteOrder,
        scale: 1,
        unit: '',
        deadband: 0,
        publish: true,
      };
      const { value } = decoded(it, wordsOf(it, raw));
      // float32 has seven digits; JSON knows no minus zero.
      const tolerance = type === 'float32' ? Math.abs(raw) * 1e-6 : 0;
      expect(Math.abs(value - raw)).toBeLessThanOrEqual(tolerance);
    }),
  );
});

function rangeOf(type: (typeof types)[number]): { readonly min: number; readonly max: number } {
  const bits = type.endsWith('32') ? 32 : 16;
  return type.startsWith('u') ? { min: 0, max: 2 ** bits - 1 } : { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 };
}

/** Written from the Modbus side, apart from the code of the flow. */
function wordsOf({ type, wordOrder, byteOrder }: FlowRegister, raw: number): number[] {
  const bytes = Buffer.alloc(widths[type] * 2);
  if (type === 'float64') bytes.writeDoubleBE(raw);
  else if (type === 'float32') bytes.writeFloatBE(raw);
  else
    bytes.writeIntBE(
      type.startsWith('u') && raw >= 2 ** (bytes.length * 8 - 1) ? raw - 2 ** (bytes.length * 8) : raw,
      0,
      bytes.length,
    );
  if (byteOrder === 'little') bytes.swap16();
  const words = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16BE(at * 2));
  return wordOrder === 'little' ? words.toReversed() : words;
}

test('nobody outside can reach it, and its credentials stand apart from the flow', () => {
  const flow = nodeRedFlow({
    clientId: 'gw',
    broker: { host: '127.0.0.1', port: 1 },
    plc: { host: '127.0.0.1', port: 2 },
    unitId: 1,
    registers: {},
    topic: 'site',
    qos: 1,
    pollMs: 100,
    keepAliveS: 5,
    cleanSession: false,
  });
  expect(flow.map(({ type }) => type)).toEqual(['tab', 'mqtt-broker', 'modbus-client', 'mqtt out']);
  expect(flow.find(({ type }) => type === 'mqtt-broker')).toMatchObject({
    willTopic: 'site/status',
    willPayload: 'offline',
    willRetain: 'true',
    birthPayload: 'online',
  });
});
