// What clients are told of the ways into a described broker: which of them ask for the login of the run.
import { expect, test } from 'vitest';
import { entrancesOf } from '../../../src/parts/brokers/entrances.ts';
import { equip } from '../../../src/parts/brokers/equipment.ts';
import type { InstancePlan } from '../../../src/parts/brokers/target-way.ts';

async function loginsOf(listeners: InstancePlan['listeners']): Promise<readonly (string | undefined)[]> {
  const equipment = await equip({ files: {}, environment: {}, args: [], ports: [], listeners }, new Map());
  const { first, others } = entrancesOf({ listeners }, equipment);
  return [first, ...others].map(({ login }) => login?.userName);
}

test('over WebSocket a broker asks for what it asks for at its plain listener', async () => {
  const secured = { login: {}, acl: {} };
  expect(await loginsOf({ mqtt: { login: true }, websocket: { path: '/' }, ...secured })).toEqual([
    'bench',
    'bench',
    'bench',
    'listed',
  ]);
  expect(await loginsOf({ mqtt: {}, websocket: { path: '/' }, ...secured })).toEqual([
    undefined,
    undefined,
    'bench',
    'listed',
  ]);
});
