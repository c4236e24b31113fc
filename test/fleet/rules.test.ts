// Rules in shards find what the judge finds in the full journal of the same run: brokers that break one thing, publishers and subscribers in different processes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { targetOf } from '../../src/bench/target/target.ts';
import {
  again,
  answer,
  drop,
  fromBroker,
  fromClient,
  loseAtQos1,
  rewrite,
} from '../../src/conformance/mutants/plant.ts';
import type { Bug } from '../../src/conformance/mutants/plant.ts';
import type { StartedBroker } from '../../src/parts/part.ts';
import { testWorld } from '../parts/brokers/world.ts';
import { need } from '../support/needs.ts';
import { byBoth, type Planted } from './judged-fleet.ts';

/** What the broker does wrong, and a statement that has to fail by it. */
const planted: readonly Planted[] = [
  kind('no PUBACK for one message', 'MQTT-3.3.4-1', [fromBroker('PUBACK', { nth: 2, nthTo: 2 }), drop]),
  kind('a message lost', 'MQTT-4.5.0-1', loseAtQos1({ nth: 2, nthTo: 2 })),
  kind('PUBACK with the wrong id', 'MQTT-2.3.1-6', [
    fromBroker('PUBACK', { nth: 3, nthTo: 3 }),
    rewrite({ packetId: { add: 900 } }),
  ]),
  kind('a QoS 2 message lost', 'MQTT-4.5.0-1', [fromBroker('PUBLISH', { qos: 2, nth: 2, nthTo: 2 }), drop]),
  kind('a QoS 0 message doubled', 'MQTT-4.3.1-1', [fromBroker('PUBLISH', { qos: 0, nth: 2, nthTo: 3 }), again()]),
  kind('messages in another order', 'MQTT-4.6.0-6', [
    fromBroker('PUBLISH', { qos: 1, nth: 3, nthTo: 3, topic: '+/q1/+' }),
    { do: 'swap', withinMs: 500, past: 4 },
  ]),
  kind('live messages as retained ones', 'MQTT-3.3.1-9', [
    fromBroker('PUBLISH', { retain: false, nth: 4, nthTo: 4 }),
    rewrite({ retain: true }),
  ]),
  kind('the wrong retained message', 'MQTT-3.3.1-6', [
    fromClient('PUBLISH', { retain: true, nth: 2 }),
    rewrite({ retain: false }),
  ]),
  kind('DUP on a first copy', 'MQTT-4.3.2-1', [
    fromBroker('PUBLISH', { qos: 1, nth: 3, nthTo: 3 }),
    rewrite({ dup: true }),
  ]),
  kind('one id for two messages', 'MQTT-2.3.1-4', [
    fromBroker('PUBLISH', { qos: 1, nth: 2, nthTo: 4 }),
    rewrite({ packetId: 7 }),
  ]),
  kind('a will lost', 'MQTT-3.1.2-8', [fromClient('CONNECT'), rewrite({ will: 'remove' })]),
  kind('another topic', 'MQTT-3.3.2-3', [
    fromBroker('PUBLISH', { qos: 0, nth: 2, nthTo: 2 }),
    rewrite({ topic: 'nobody/asked' }),
  ]),
  kind('a lower QoS', 'MQTT-3.8.4-6', [
    fromBroker('PUBLISH', { qos: 1, nth: 2, nthTo: 2 }),
    answer('PUBACK', 'server'),
    rewrite({ qos: 0 }),
  ]),
  kind('a SUBACK with too few codes', 'MQTT-3.8.4-5', [fromBroker('SUBACK'), rewrite({ returnCodes: 'dropLast' })]),
  kind('flags on acknowledgements', 'MQTT-2.2.2-1', [
    fromBroker('PUBACK', { nth: 2, nthTo: 2 }),
    rewrite({ flags: 2 }),
  ]),
  kind('a session for a clean one', 'MQTT-3.2.2-1', [fromBroker('CONNACK'), rewrite({ sessionPresent: true })]),
  kind('no PUBCOMP', 'MQTT-4.3.3-2', [fromBroker('PUBCOMP', { nth: 2, nthTo: 2 }), drop]),
];

function kind(name: string, statement: Planted['statement'], ...bugs: readonly Bug[]): Planted {
  return { name, statement, bugs };
}

/** The first two take seconds; all of them a minute or two. */
describe('on Mosquitto', need('mosquitto'), () => {
  const world = testWorld();
  let broker: StartedBroker | undefined;
  beforeAll(async () => {
    broker = await targetOf('process:mosquitto').driver.start('b', world.context);
  });
  afterAll(async () => {
    await broker?.[Symbol.asyncDispose]();
    world[Symbol.dispose]();
  });
  test.each(planted.slice(0, 2))('$name', async (it) => expectSame(it, broker));

  describe('further kinds', need('mosquitto', 'long'), () => {
    test.each(planted.slice(2))('$name', async (it) => expectSame(it, broker));
  });
});

async function expectSame(it: Planted, broker: StartedBroker | undefined): Promise<void> {
  const { journal, shards, excerpts } = await byBoth(broker?.endpoint, it);
  const amiss = journal.filter(({ verdict }) => verdict !== 'pass').map(inLine);
  expect(amiss).toContainEqual(expect.stringMatching(new RegExp(`^fail ${it.statement} `)));
  expect(shards.filter(({ verdict }) => verdict !== 'pass').map(inLine)).toEqual(amiss);
  expect(shards.map(inLine)).toEqual(journal.map(inLine));
  expect(excerpts).toBeGreaterThan(0);
}

const inLine = (it: Awaited<ReturnType<typeof byBoth>>['journal'][number]): string =>
  `${it.verdict} ${it.statement} by ${it.by}${it.connection} x${it.count}: ${it.actual} (${it.expected})`;
