// The PLC as a real Modbus TCP client sees it, and its program file when something is wrong with it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import modbusSerial from 'modbus-serial';
import { expect, test } from 'vitest';
import { readPlcProgram } from '../../../src/parts/devices/plc-program.ts';
import { startPlc } from '../../../src/parts/devices/plc.ts';
import type { StartedPlc } from '../../../src/parts/devices/plc.ts';
import { testWorld } from '../world.ts';

const tankPlc = join(import.meta.dirname, '../../../devices/tank-plc.yaml');
const program = readPlcProgram(tankPlc);

/** A real Modbus TCP client. */
async function modbusTo(plc: StartedPlc) {
  const client = new modbusSerial.default();
  await client.connectTCP(plc.endpoint.host, { port: plc.endpoint.port });
  client.setID(1);
  client.setTimeout(2000);
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy(() => {}) });
}

type Modbus = Awaited<ReturnType<typeof modbusTo>>;

/** Reads until it fits; each read is a round trip, so this waits for the PLC and not for the clock. */
async function until<T>(read: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (fits(value)) return value;
  }
}

const level = async (modbus: Modbus): Promise<number> => (await modbus.readInputRegisters(0, 1)).data[0] ?? -1;
const scansOf = async (modbus: Modbus): Promise<number> => (await modbus.readInputRegisters(1, 1)).data[0] ?? -1;

test('a real Modbus client reads all four tables', async () => {
  using world = testWorld();
  await using plc = await startPlc({ name: 'plc', program: { ...program, scan: 5 } }, world.context);
  using modbus = await modbusTo(plc);
  expect((await modbus.readHoldingRegisters(0, 3)).data).toEqual([400, 600, 900]);
  expect((await modbus.readCoils(0, 2)).data.slice(0, 2)).toEqual([false, true]);
  expect((await modbus.readDiscreteInputs(0, 1)).data[0]).toBe(false);
  expect(await level(modbus)).toBeGreaterThan(450);
  const scans = await scansOf(modbus);
  expect(
    await until(
      () => scansOf(modbus),
      (it) => it > scans,
    ),
  ).toBeGreaterThan(scans);
});

test('the tank drains by itself, and fills when a hand turns the pump on', async () => {
  using world = testWorld();
  const fast = { ...program, scan: 2, parameters: { fillPerS: 400, drainPerS: 100 } };
  await using plc = await startPlc({ name: 'plc', program: fast }, world.context);
  using modbus = await modbusTo(plc);
  await modbus.writeCoil(1, false); // by hand
  await until(
    () => level(modbus),
    (it) => it < 300,
  );
  await modbus.writeCoil(0, true);
  await until(
    () => level(modbus),
    (it) => it > 910,
  );
  const alarm = async () => (await modbus.readDiscreteInputs(0, 1)).data[0];
  expect(await until(alarm, (it) => it === true)).toBe(true);
  await modbus.writeRegister(2, 1000);
  expect(await until(alarm, (it) => it === false)).toBe(false);
});

test('in automatic mode the pump keeps the level between its points', async () => {
  using world = testWorld();
  const fast = { ...program, scan: 2, parameters: { fillPerS: 400, drainPerS: 200 } };
  await using plc = await startPlc({ name: 'plc', program: fast }, world.context);
  using modbus = await modbusTo(plc);
  const pump = async () => (await modbus.readCoils(0, 1)).data[0];
  await until(pump, (it) => it === true);
  await until(pump, (it) => it === false);
  await until(pump, (it) => it === true);
  expect(await level(modbus)).toBeLessThan(600);
});

test('an address that is not there is Modbus exception 2', async () => {
  using world = testWorld();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  using modbus = await modbusTo(plc);
  await expect(modbus.readInputRegisters(2, 2)).rejects.toMatchObject({ modbusCode: 2 });
  await expect(modbus.writeCoil(9, true)).rejects.toMatchObject({ modbusCode: 2 });
});

test('scans on a clock of its own keep their cycle, and count the ones they missed', async () => {
  using world = testWorld();
  const due: { atMs: number; fire: () => void }[] = [];
  let nowMs = 0;
  const clock = {
    domain: 'test',
    nowMs: () => nowMs,
    after(delayMs: number, fire: () => void) {
      due.push({ atMs: nowMs + delayMs, fire });
      return () => {};
    },
  };
  await using plc = await startPlc({ name: 'plc', program }, { ...world.context, clock });
  const runAt = (atMs: number): void => {
    nowMs = atMs;
    due.shift()?.fire();
  };
  runAt(0);
  expect(due[0]?.atMs).toBe(100);
  runAt(120); // late, but within its cycle: the next one is due as ever
  expect([due[0]?.atMs, plc.scans, plc.overruns]).toEqual([200, 2, 0]);
  runAt(450); // two whole cycles late
  expect([due[0]?.atMs, plc.scans, plc.overruns]).toEqual([500, 3, 2]);
});

test('nothing is left running, and a taken port is one clear error', async () => {
  using world = testWorld();
  const plc = await startPlc({ name: 'plc', program }, world.context);
  await expect(startPlc({ name: 'other', program, port: plc.endpoint.port }, world.context)).rejects.toMatchObject({
    code: 'FB_PLC_LISTEN',
  });
  using modbus = await modbusTo(plc);
  const closed = new Promise<void>((resolve) => modbus.on('close', resolve));
  await plc.stop();
  await plc.stop();
  await closed;
  await expect(modbusTo(plc)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const states = world.history.events.flatMap((it) => (it.kind === 'part' ? [`${it.part} ${it.state}`] : []));
  expect(states).toEqual(['plc starting', 'plc ready', 'other starting', 'other failed', 'plc stopped']);
});

test.each([
  ['scan: 100', 'scan: 100\n', /scan: expected a length of time/, 1],
  ['a table that is none', 'registers:\n  a: { table: coils, address: 0 }\n', /registers\.a\.table/, 2],
  [
    'two at one place',
    'registers:\n  a: { table: coil, address: 0 }\n  b: { table: coil, address: 0 }\n',
    /same place as a/,
    3,
  ],
  ['no YAML', 'registers: {\n', /./, 2],
])('a program with %s is refused with its place', (_what, text, message, line) => {
  using world = testWorld();
  const file = join(world.context.owns.scratch, 'plc.yaml');
  const rest = ['name: x', 'scan: 100ms', 'program: tank', 'parameters: {}', 'registers: {}'].filter(
    (it) => !text.startsWith(it.slice(0, it.indexOf(':') + 1)),
  );
  writeFileSync(file, `${text}${rest.join('\n')}\n`);
  expect(() => readPlcProgram(file)).toThrow(
    expect.objectContaining({
      code: 'FB_PLC_PROGRAM',
      message: expect.stringMatching(message),
      at: expect.objectContaining({ file, line }),
    }),
  );
});

test('a program that is not there is a clear error', () => {
  expect(() => readPlcProgram('/nowhere/plc.yaml')).toThrow(expect.objectContaining({ code: 'FB_PLC_PROGRAM' }));
});
