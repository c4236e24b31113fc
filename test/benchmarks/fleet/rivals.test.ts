// The rivals of the benchmark in small: what they say they published is what Mosquitto handed on, and every row can be played.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { compileEpollClient } from '../../../benchmarks/fleet/epoll-client.ts';
import { Mosquitto } from '../../../benchmarks/fleet/mosquitto.ts';
import { mqttJs } from '../../../benchmarks/fleet/mqtt-js.ts';
import { buildPahoGo } from '../../../benchmarks/fleet/paho-go.ts';
import type { Load, Rival } from '../../../benchmarks/fleet/rival.ts';
import type { Size } from '../../../benchmarks/fleet/row.ts';
import { rows } from '../../../benchmarks/fleet/rows.ts';
import { playRow } from '../../../benchmarks/fleet/table.ts';
import { need, whereIs } from '../../support/needs.ts';

const load: Load = { qos: 1, payloadB: 64, keepAliveS: 0, window: 4 };
const size: Size = { share: 0.002, warmUpS: 0.1, publishS: 0.2, keepAliveS: 2 };

interface Witness extends AsyncDisposable {
  /** Messages that were handed on before now, by the bytes of their payload. */
  counted(): Promise<ReadonlyMap<string, number>>;
}

/** Mosquitto's own client on everything below `bench/`; kept when it is subscribed. */
async function witness(broker: Mosquitto): Promise<Witness> {
  const at = ['-h', broker.host, '-p', String(broker.port), '-q', '2'];
  const publish = (...what: string[]) => once(spawn(whereIs('mosquitto-clients'), [...at, ...what]), 'exit');
  // Retained: whoever gets it has subscribed.
  await publish('-r', '-t', 'bench/first', '-m', 'first');
  const program = join(dirname(whereIs('mosquitto-clients')), 'mosquitto_sub');
  const child = spawn(program, [...at, '-t', 'bench/#', '-F', '%t %l']);
  const seen = new Map<string, number>();
  const marks = { 'bench/first': Promise.withResolvers<void>(), 'bench/last': Promise.withResolvers<void>() };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [topic = '', bytes = ''] = line.split(' ');
    if (topic === 'bench/first' || topic === 'bench/last') marks[topic].resolve();
    else seen.set(bytes, (seen.get(bytes) ?? 0) + 1);
  });
  await marks['bench/first'].promise;
  return {
    async counted() {
      await publish('-t', 'bench/last', '-m', 'last');
      await marks['bench/last'].promise;
      return seen;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function expectAllDelivered(rival: Rival, qos: 1 | 2): Promise<void> {
  await using broker = await Mosquitto.start();
  await using subscriber = await witness(broker);
  const shares = [
    { broker, connections: 13, name: 'one', source: '127.0.20' },
    { broker, connections: 7, name: 'two', source: '127.0.21' },
  ];
  await using competitor = await rival.start({ ...load, qos }, shares);
  expect(competitor.pids).toHaveLength(2);
  await competitor.connect();
  const exact = await competitor.publish({ messages: 501 });
  expect(exact.messages).toBe(501);
  const timed = await competitor.publish({ seconds: 0.1 });
  expect(Object.fromEntries(await subscriber.counted())).toEqual({ 64: 501 + timed.messages });
}

async function expectRowsPlayed(rival: Rival): Promise<void> {
  const all = new Map<string, number | undefined>();
  for (const row of rows) {
    const { reached } = await playRow(row, [rival], { rounds: 1, size, tell: () => {} });
    const figures = reached.flatMap((it) => it.rounds)[0] ?? {};
    expect(Object.keys(figures)).toEqual(Object.keys(row.figures));
    for (const [key, value] of Object.entries(figures)) all.set(`${row.id} ${key}`, value);
  }
  expect([...all].filter(([, it]) => Number.isNaN(it))).toEqual([]);
  // What would be 0 if nothing had happened.
  expect(all.get('idle pings')).toBeGreaterThan(0);
  expect(all.get('reconnect backS')).toBeGreaterThan(0);
  expect(all.get('publish-qos1 perS')).toBeGreaterThan(0);
}

describe('the C client', need('long', 'cc', 'mosquitto', 'mosquitto-clients'), () => {
  test.for([1, 2] as const)('QoS %i: says what was delivered', async (qos) => {
    await using rival = await compileEpollClient();
    await expectAllDelivered(rival, qos);
  });

  test('plays every row', async () => {
    await using rival = await compileEpollClient();
    await expectRowsPlayed(rival);
  });
});

describe('mqtt.js', need('long', 'mqtt-js', 'mosquitto', 'mosquitto-clients'), () => {
  test.for([1, 2] as const)('QoS %i: says what was delivered', (qos) => expectAllDelivered(mqttJs, qos));

  test('plays every row', () => expectRowsPlayed(mqttJs));
});

describe('Paho for Go', need('go', 'long', 'mosquitto', 'mosquitto-clients'), () => {
  test.for([1, 2] as const)('QoS %i: says what was delivered', { timeout: 120_000 }, async (qos) => {
    await using rival = await buildPahoGo();
    await expectAllDelivered(rival, qos);
  });
});
