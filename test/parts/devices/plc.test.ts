// The PLC as a real Modbus TCP client sees it, and its program file when something is wrong with it.
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import modbusSerial from 'modbus-serial';
import { expect, test } from 'vitest';
import { readPlcFile } from '../../../src/bench/devices/plc-file.ts';
import { startPlc } from '../../../src/parts/devices/plc.ts';
import type { StartedPlc } from '../../../src/parts/devices/started-plc.ts';
import { parseExpression } from '../../../src/parts/devices/logic/parse.ts';
import type { PlcProgram } from '../../../src/parts/devices/plc-program.ts';
import { pinStatus } from '../../../src/parts/devices/rack/pin-reading.ts';
import { testWorld } from '../world.ts';
import type { TestWorld } from '../world.ts';

const tankPlc = join(import.meta.dirname, '../../../devices/tank-plc.yaml');
const program = await readPlcFile(tankPlc);

/** A real Modbus TCP client. */
async function modbusTo(plc: Pick<StartedPlc, 'endpoint'>) {
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
  await using plc = await startPlc({ name: 'plc', program: { ...program, scanMs: 5 } }, world.context);
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
  const fast = { ...program, scanMs: 2, parameters: { fillPerS: 400, drainPerS: 100 } };
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
  const fast = { ...program, scanMs: 2, parameters: { fillPerS: 400, drainPerS: 200 } };
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
      if (delayMs < 1000) due.push({ atMs: nowMs + delayMs, fire }); // not the watchdog
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

/** A PLC on a clock that the test turns. */
async function withClock(world: TestWorld, changes: Partial<PlcProgram> = {}) {
  const timers = new Set<{ atMs: number; fire: () => void }>();
  let nowMs = 0;
  const clock = {
    domain: 'test',
    nowMs: () => nowMs,
    after(delayMs: number, fire: () => void) {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const plc = await startPlc({ name: 'plc', program: { ...program, ...changes } }, { ...world.context, clock });
  /** Lets time pass, and every timer ring when it is due. */
  const runUntil = (untilMs: number): void => {
    for (;;) {
      const [next] = [...timers].filter((it) => it.atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs);
      if (!next) break;
      timers.delete(next);
      nowMs = Math.max(nowMs, next.atMs);
      next.fire();
    }
    nowMs = untilMs;
  };
  return Object.assign(plc, { runUntil });
}

/** A connection to the PLC, and how it ends: a code of the system, or `fin`. */
async function endOf(plc: StartedPlc): Promise<{ readonly code: Promise<string> }> {
  const socket = connect(plc.endpoint);
  await once(socket, 'connect');
  const code = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.on('close', () => resolve('fin'));
  });
  socket.resume();
  return { code };
}

const marksOf = (world: TestWorld, name: string) =>
  world.history.events.flatMap((it) => (it.kind === 'mark' && it.name === name ? [it.data?.['why']] : []));

test('a register that is not written as it may be is exception 3, and nothing of the request is written', async () => {
  using world = testWorld();
  await using plc = await withClock(world);
  using modbus = await modbusTo(plc);
  await expect(modbus.writeRegisters(0, [100, 1001])).rejects.toMatchObject({ modbusCode: 3 }); // beyond 100 %
  await expect(modbus.writeRegisters(1, [100, 100, 100])).rejects.toMatchObject({ modbusCode: 2 });
  expect((await modbus.readHoldingRegisters(0, 3)).data).toEqual([400, 600, 900]);
  await modbus.writeRegisters(0, [100, 1000]);
  expect((await modbus.readHoldingRegisters(0, 3)).data).toEqual([100, 1000, 900]);
});

test('without power what is retained stays, and a cold start forgets it; the plant goes on', async () => {
  using world = testWorld();
  await using plc = await withClock(world);
  const values = async () => {
    using modbus = await modbusTo(plc);
    const [height = 0] = (await modbus.readInputRegisters(0, 1)).data;
    return {
      level: height,
      alarmAbove: (await modbus.readHoldingRegisters(2, 1)).data[0],
      automatic: (await modbus.readCoils(1, 1)).data[0],
    };
  };
  using modbus = await modbusTo(plc);
  await modbus.writeRegister(2, 700);
  await modbus.writeCoil(1, false);
  plc.runUntil(1000);
  expect(await values()).toEqual({ level: 470, alarmAbove: 700, automatic: false });
  const { endpoint } = plc;
  const gone = await endOf(plc);
  await plc.kill();
  expect(await gone.code).toBe('ECONNRESET');
  expect(plc.phase).toBe('off');
  plc.runUntil(6000);
  await plc.restart();
  expect(plc.endpoint).toEqual(endpoint);
  plc.runUntil(6001);
  expect(await values()).toEqual({ level: 320, alarmAbove: 700, automatic: true });
  await plc.restart('cold');
  plc.runUntil(6002);
  expect(await values()).toMatchObject({ level: 320, alarmAbove: 900 });
  const states = world.history.events.flatMap((it) => (it.kind === 'part' ? [it.state] : []));
  expect(states).toEqual(['starting', 'ready', 'killed', 'starting', 'ready', 'stopped', 'starting', 'ready']);
});

test('a processor that hangs is caught by its watchdog: outputs safe, no logic, answers again when it runs', async () => {
  using world = testWorld();
  await using plc = await withClock(world, { watchdogMs: 500 });
  using modbus = await modbusTo(plc);
  await modbus.writeCoil(1, false);
  await modbus.writeCoil(0, true);
  plc.runUntil(1000);
  const { scans } = plc;
  await plc.pause();
  plc.runUntil(1400);
  expect(plc.phase).toBe('run');
  plc.runUntil(1600);
  expect([plc.phase, plc.scans]).toEqual(['fault', scans]);
  await plc.resume();
  plc.runUntil(3000);
  expect([plc.phase, plc.scans]).toEqual(['fault', scans]);
  expect((await modbus.readCoils(0, 1)).data[0]).toBe(false);
  expect(marksOf(world, 'watchdog')).toEqual(['no scan ended for 500 ms']);
  await plc.restart();
  plc.runUntil(3500);
  expect(plc.phase).toBe('run');
});

test('a hang that the watchdog bears is overruns', async () => {
  using world = testWorld();
  await using plc = await withClock(world);
  plc.runUntil(1000);
  await plc.pause();
  plc.runUntil(1850);
  await plc.resume();
  plc.runUntil(2000);
  expect([plc.phase, plc.overruns]).toEqual(['run', 7]);
});

test('slow scans, drawn from the seed, are overruns; longer ones than the watchdog bears end the logic', async () => {
  using world = testWorld();
  const slowScans = { sharePct: 10, timeMs: 250 };
  await using plc = await withClock(world, { slowScans });
  plc.runUntil(20_000);
  expect(plc.overruns).toBeGreaterThan(5);
  expect(plc.scans + plc.overruns).toBeGreaterThan(195);
  await using again = await withClock(world, { slowScans });
  again.runUntil(20_000);
  expect([again.scans, again.overruns]).toEqual([plc.scans, plc.overruns]);
  await using watched = await withClock(world, { slowScans, watchdogMs: 200 });
  watched.runUntil(20_000);
  expect(watched.phase).toBe('fault');
});

test('scans begin late by no more than their jitter, and the cycle does not drift', async () => {
  using world = testWorld();
  await using plc = await withClock(world, { scanJitterMs: 40 });
  plc.runUntil(10_039);
  expect([plc.scans, plc.overruns]).toEqual([101, 0]);
});

test('a dip that it holds up against changes nothing; a longer one is off and on', async () => {
  using world = testWorld();
  await using plc = await withClock(world);
  using modbus = await modbusTo(plc);
  await plc.dip(20);
  expect([plc.phase, await level(modbus)]).toEqual(['run', 500]);
  const gone = await endOf(plc);
  const over = plc.dip(300);
  expect(await gone.code).toBe('ECONNRESET');
  while (plc.phase === 'off') {
    plc.runUntil(300);
    await new Promise((resolve) => setImmediate(resolve)); // sockets close and open meanwhile
  }
  await over;
  expect(plc.phase).toBe('run');
  expect(marksOf(world, 'brown-out')).toEqual(['20 ms, held up', '300 ms, longer than 20 ms']);
});

test('a division by zero ends the logic with its place; masters see it', async () => {
  using world = testWorld();
  const logic = [{ name: 'alarmAbove', expression: parseExpression('level / (stopAbove - 60)') }];
  const faulty = { table: 'discrete', address: 9, type: 'uint16', shows: 'fault' } as const;
  const registers = { ...program.registers, faulty: { ...required(program.registers['highLevel']), ...faulty } };
  await using plc = await withClock(world, { logic, registers });
  using modbus = await modbusTo(plc);
  plc.runUntil(500);
  expect([plc.phase, plc.scans]).toEqual(['fault', 1]);
  expect((await modbus.readDiscreteInputs(9, 1)).data[0]).toBe(true);
  expect(marksOf(world, 'logic-fault')).toEqual(['division by zero, in column 7']);
});

test('an input that is forced stays so until it is let go; one that is not there is a clear error', async () => {
  using world = testWorld();
  await using plc = await withClock(world);
  using modbus = await modbusTo(plc);
  plc.setInput('level', 95);
  plc.runUntil(1000);
  expect(await level(modbus)).toBe(950);
  expect((await modbus.readDiscreteInputs(0, 1)).data[0]).toBe(true);
  plc.setInput('level', undefined);
  plc.runUntil(1100);
  expect(await level(modbus)).toBe(467); // the plant went on
  expect(() => plc.setInput('levell', 1)).toThrow(
    expect.objectContaining({ code: 'FB_PLC_INPUT', hint: 'did you mean "level"?' }),
  );
});

test('its clock drifts and can be put forward; timers do not move with the step', async () => {
  using world = testWorld();
  const clock = { table: 'input', address: 20, type: 'uint32', shows: 'clock' } as const;
  const late = { table: 'coil', address: 20 } as const;
  const plain = required(program.registers['scans']);
  const { shows: _, ...quiet } = plain;
  const registers = { ...program.registers, clock: { ...plain, ...clock }, late: { ...quiet, ...late } };
  const logic = [{ name: 'late', expression: parseExpression('ton(automatic, 1min)') }];
  await using plc = await withClock(world, { registers, logic, clockDriftPpm: 1000 });
  using modbus = await modbusTo(plc);
  plc.runUntil(10_000);
  plc.stepClock(3_600_000);
  plc.runUntil(20_000);
  const [high = 0, low = 0] = (await modbus.readInputRegisters(20, 2)).data;
  expect(high * 65_536 + low).toBe(3_620_020);
  expect((await modbus.readCoils(20, 1)).data[0]).toBe(false);
});

test('an interlock holds its output at the safe value, also against a master', async () => {
  using world = testWorld();
  const interlocks = [{ output: 'pump', allow: parseExpression('level < 45') }];
  await using plc = await withClock(world, { interlocks });
  using modbus = await modbusTo(plc);
  await modbus.writeCoil(1, false);
  await modbus.writeCoil(0, true);
  plc.runUntil(100);
  expect((await modbus.readCoils(0, 1)).data[0]).toBe(false);
});

test('a rack behind two Ethernet ports: readings, status, an output, a line of the bus that breaks', async () => {
  using world = testWorld();
  const heatpump = await readPlcFile(join(import.meta.dirname, '../../../devices/heatpump-rack.yaml'));
  await using plc = await withClock(world, heatpump);
  const [first, second] = plc.endpoints.map((endpoint) => modbusTo({ ...plc, endpoint }));
  using modbus = await required(first);
  using other = await required(second);
  plc.runUntil(1000);
  const { data } = await modbus.readInputRegisters(0, 13);
  const words = Buffer.from(data.flatMap((it) => [it >> 8, it & 0xff]));
  expect(words.readFloatBE(0)).toBeGreaterThan(112); // Ohm of the supply, four wires
  expect(words.readFloatBE(8)).toBe(116); // of the return: 113 and two leads
  expect(words.readInt32BE(12) / 1000).toBeCloseTo(20, -1); // 12 mA of 0 to 40 bar
  expect(data.slice(8, 11)).toEqual([0, 240, 0]);
  expect((await other.readCoils(2, 1)).data[0]).toBe(true);
  plc.rack?.setLine(0, false);
  plc.runUntil(1100);
  expect((await other.readInputRegisters(10, 1)).data).toEqual([1]);
  plc.rack?.remove(0);
  plc.runUntil(1300);
  expect((await other.readInputRegisters(8, 1)).data).toEqual([pinStatus.absent]);
  expect((await other.readCoils(2, 1)).data[0]).toBe(false); // nobody knows the pressure
});

function required<T>(it: T | undefined): T {
  if (it === undefined) throw new Error('not there');
  return it;
}
