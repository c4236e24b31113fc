// The Ethernet ports of a PLC as Modbus masters meet them when a cable is pulled, and a power switch that is turned twice.
import { join } from 'node:path';
import modbusSerial from 'modbus-serial';
import { expect, test } from 'vitest';
import { readPlcFile } from '../../../src/bench/devices/plc-file.ts';
import { startPlc } from '../../../src/parts/devices/plc.ts';
import type { Endpoint } from '../../../src/parts/part.ts';
import { testWorld } from '../world.ts';

const tank = await readPlcFile(join(import.meta.dirname, '../../../devices/tank-plc.yaml'));
const rack = { units: [], mostUnits: 1, ethernetPorts: 2, failoverMs: 0 };
const program = { ...tank, scanMs: 5, rack };

/** A real Modbus TCP client. */
async function modbusTo(endpoint: Endpoint | undefined) {
  const client = new modbusSerial.default();
  await client.connectTCP(endpoint?.host ?? '', { port: endpoint?.port ?? 0 });
  client.setID(1);
  client.setTimeout(5000);
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy(() => {}) });
}

test('a cable that is pulled silences its port and no other; what was asked meanwhile is answered then', async () => {
  using world = testWorld();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  using pulled = await modbusTo(plc.endpoints[0]);
  using other = await modbusTo(plc.endpoints[1]);
  plc.setCable(1, false);
  let isAnswered = false;
  const asked = pulled.readHoldingRegisters(0, 1).finally(() => (isAnswered = true));
  for (let n = 0; n < 20; n++) await other.readHoldingRegisters(0, 1);
  expect(isAnswered).toBe(false);
  plc.setCable(1, true);
  expect((await asked).data).toEqual([400]);
});

test('a cable stays out over a restart, and there is no third one', async () => {
  using world = testWorld();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  plc.setCable(1, false);
  await plc.restart();
  using pulled = await modbusTo(plc.endpoints[0]);
  using other = await modbusTo(plc.endpoints[1]);
  let isAnswered = false;
  const asked = pulled.readHoldingRegisters(0, 1).finally(() => (isAnswered = true));
  for (let n = 0; n < 20; n++) await other.readHoldingRegisters(0, 1);
  expect(isAnswered).toBe(false);
  plc.setCable(1, true);
  await asked;
  expect(() => plc.setCable(3, false)).toThrow('no Ethernet port 3');
});

test('a start of what runs, and a dip of what has no power, change nothing', async () => {
  using world = testWorld();
  await using plc = await startPlc({ name: 'plc', program }, world.context);
  const states = (): readonly string[] => world.history.events.flatMap((it) => (it.kind === 'part' ? [it.state] : []));
  await plc.start();
  expect(states()).toEqual(['starting', 'ready']);
  await plc.stop();
  await plc.dip(1000);
  expect([plc.phase, states().at(-1)]).toEqual(['off', 'stopped']);
});
