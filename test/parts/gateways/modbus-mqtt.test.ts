// The gateway between a real Modbus PLC and a real broker, with either side lost and back.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startClient } from '../../../src/parts/devices/client.ts';
import { readPlcFile } from '../../../src/bench/devices/plc-file.ts';
import type { PlcProgram } from '../../../src/parts/devices/plc-program.ts';
import { startPlc } from '../../../src/parts/devices/plc.ts';
import type { StartedPlc } from '../../../src/parts/devices/started-plc.ts';
import { startModbusGateway } from '../../../src/parts/gateways/modbus-mqtt.ts';
import { testBroker, testWorld } from '../world.ts';
import type { TestBroker, TestWorld } from '../world.ts';

const program: PlcProgram = {
  ...(await readPlcFile(join(import.meta.dirname, '../../../devices/tank-plc.yaml'))),
  scanMs: 5,
  parameters: { fillPerS: 100, drainPerS: 50 },
};
const policy = { backOff: { baseMs: 5, capMs: 20 } };

const gatewayTo = (plc: StartedPlc, broker: TestBroker, world: TestWorld) =>
  startModbusGateway(
    { name: 'gw', endpoint: broker.endpoint, server: 'broker', plc, topic: 'site', qos: 1, pollMs: 5, policy },
    world.context,
  );

/** Waits for the next message on a topic, not for one that came before. */
function fresh(broker: TestBroker, topic: string, text?: string) {
  broker.taken.splice(0);
  return broker.next((it) => it.topic === topic && (text === undefined || it.payload.toString() === text));
}

const valueOf = (payload: string | Buffer): unknown => (JSON.parse(payload.toString()) as { value: unknown }).value;

test('carries registers to the broker, retained, with value, unit and quality', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  await using gateway = gatewayTo(plc, broker, world);
  await gateway.online;
  const level = await broker.next(({ topic }) => topic === 'site/level');
  expect(level).toMatchObject({ retain: true, qos: 1 });
  expect(JSON.parse(level.payload.toString())).toEqual({ value: expect.any(Number), unit: '%', quality: 'good' });
  expect((await broker.next(({ topic }) => topic === 'site/plc')).payload.toString()).toBe('connected');
  expect((await broker.next(({ topic }) => topic === 'site/status')).payload.toString()).toBe('online');
  expect(valueOf((await broker.next(({ topic }) => topic === 'site/alarmAbove')).payload)).toBe(90);
  expect(broker.taken.some(({ topic }) => topic === 'site/scans')).toBe(false); // publish: false
});

test('publishes by exception: what does not change by more than its deadband is not repeated', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  await using gateway = gatewayTo(plc, broker, world);
  await gateway.online;
  const levels = () =>
    broker.taken.filter(({ topic }) => topic === 'site/level').map((it) => Number(valueOf(it.payload)));
  await broker.next(() => levels().length >= 5);
  const steps = levels().map((value, index, all) => Math.abs(value - (all[index - 1] ?? Infinity)));
  expect(steps.every((it) => it > 0.5)).toBe(true);
  expect(broker.taken.filter(({ topic }) => topic === 'site/alarmAbove')).toHaveLength(1);
});

test('a command writes a coil and comes back as its new value; hostile commands are ignored', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  await using gateway = gatewayTo(plc, broker, world);
  await using hand = startClient(
    {
      name: 'hand',
      role: 'device',
      endpoint: broker.endpoint,
      server: 'broker',
      identity: { clientId: 'hand' },
      policy,
    },
    world.context,
  );
  await Promise.all([gateway.online, hand.online]);
  await broker.next(({ topic }) => topic === 'site/automatic');
  const command = (name: string, text: string) =>
    hand.publish({ topic: `site/set/${name}`, payload: Buffer.from(text), qos: 1, retain: false });
  command('constructor', '1');
  command('level', '1');
  command('automatic', 'toString');
  command('automatic', 'x'.repeat(100_000));
  const automatic = fresh(broker, 'site/automatic');
  command('automatic', '0');
  expect(valueOf((await automatic).payload)).toBe(0);
});

test('survives the loss of the PLC, says so, and goes on when it is back', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const plc = await startPlc({ name: 'plc', program }, world.context);
  await using gateway = gatewayTo(plc, broker, world);
  await gateway.online;
  await broker.next(({ topic }) => topic === 'site/level');
  const lost = fresh(broker, 'site/plc', 'lost');
  await plc.stop();
  expect((await lost).retain).toBe(true);
  const back = fresh(broker, 'site/plc', 'connected');
  await using again = await startPlc({ name: 'plc', program, port: plc.endpoint.port }, world.context);
  await back;
  await fresh(broker, 'site/level');
  expect(again.endpoint).toEqual(plc.endpoint);
});

test('survives the loss of the broker and publishes again, also what a forgetful broker no longer retains', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  await using gateway = gatewayTo(plc, broker, world);
  await gateway.online;
  await broker.next(({ topic }) => topic === 'site/alarmAbove');
  await broker.close();
  await using forgetful = await testBroker({}, broker.endpoint.port);
  const limit = await forgetful.next(({ topic }) => topic === 'site/alarmAbove');
  expect(valueOf(limit.payload)).toBe(90);
  await forgetful.next(({ topic, payload }) => topic === 'site/status' && payload.toString() === 'online');
});

test('says offline when it stops, and nothing is left running', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  const gateway = gatewayTo(plc, broker, world);
  await gateway.online;
  const offline = fresh(broker, 'site/status', 'offline');
  await gateway.stop();
  await gateway.stop();
  expect((await offline).retain).toBe(true);
  const states = world.history.events.flatMap((it) => (it.kind === 'part' && it.part === 'gw' ? [it.state] : []));
  expect(states).toEqual(['starting', 'ready', 'stopped']);
});

test('stops within its bounds when neither side is there', async () => {
  using world = testWorld();
  await using broker = await testBroker();
  const plc = await startPlc({ name: 'plc', program }, world.context);
  await plc.stop();
  await broker.close();
  const gateway = gatewayTo(plc, broker, world);
  await gateway.stop();
  await expect(gateway.online).rejects.toMatchObject({ code: 'FB_DEVICE_STOPPED' });
});
