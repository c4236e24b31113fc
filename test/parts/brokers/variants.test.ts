// The other ways into a broker that the bench starts: WebSocket, and a listener with an access control list.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aedes } from '../../../src/parts/brokers/aedes.ts';
import { tryConnect } from '../../../src/parts/brokers/readiness.ts';
import { targetOf } from '../../../src/bench/target/target.ts';
import type { BrokerDriver, Endpoint } from '../../../src/parts/part.ts';
import { dial } from '../../../src/net/dial.ts';
import { encode } from '../../../src/wire/encode.ts';
import type { Connect, Packet } from '../../../src/wire/packet.ts';
import { StreamDecoder } from '../../../src/wire/stream-decoder.ts';
import { need } from '../../support/needs.ts';
import { testWorld, type TestWorld } from './world.ts';

const connect: Connect = {
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 0,
  clientId: 'variant',
};

const retained = (topic: string): Packet => ({
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain: true,
  topic,
  packetId: 1,
  payload: Buffer.from('x'),
});

/** Sends the packets; gives the answers until there are `enough` of them, or the connection ends. */
async function answersTo(endpoint: Endpoint, { context }: TestWorld, packets: readonly Packet[], enough: number) {
  await using wire = await dial(endpoint, context);
  const decoder = new StreamDecoder('server');
  const answers: (Packet | undefined)[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  wire.onPeerEnd(() => resolve());
  wire.onBytes((chunk) => {
    answers.push(...decoder.push(chunk).map((it) => it.packet));
    if (answers.length >= enough) resolve();
  });
  for (const packet of packets) await wire.send(encode(packet));
  await promise;
  return answers;
}

function everyVariant(driver: BrokerDriver): void {
  test('WebSocket serves, after a restart too', async () => {
    using world = testWorld();
    await using broker = await driver.start('b', world.context);
    const { websocket } = broker.variants;
    if (websocket === undefined) throw new Error('there is no such listener');
    expect(await tryConnect(websocket, world.context)).toEqual({ kind: 'accepted' });
    await broker.kill();
    await broker.restart();
    expect(await tryConnect(websocket, world.context)).toEqual({ kind: 'accepted' });
  });

  test('a URL with ws:// is a target', async () => {
    using world = testWorld();
    await using broker = await driver.start('b', world.context);
    const { host, port, path } = broker.variants.websocket ?? broker.endpoint;
    await using same = await targetOf(`ws://${host}:${port}${path}`).driver.start('same', world.context);
    expect(same.how).toBe(`ws://${host}:${port}/mqtt`);
    expect(same.variants.websocket).toEqual(same.endpoint);
  });

  test('the list lets in the login alone, and lets it write everywhere but where it is denied', async () => {
    using world = testWorld();
    await using broker = await driver.start('b', world.context);
    const { acl } = broker.variants;
    if (acl === undefined) throw new Error('there is no such listener');
    const login = { ...connect, userName: acl.userName, password: Buffer.from(acl.password) };
    const ask = (packets: readonly Packet[], enough: number) => answersTo(acl.endpoint, world, packets, enough);
    const refused = [expect.objectContaining({ type: 'CONNACK', returnCode: 5 })];
    expect(await ask([connect], 1)).toEqual(refused);
    expect(await ask([{ ...login, password: Buffer.from('guess') }], 1)).toEqual(refused);
    // Retained, so that a later subscriber sees which of the two was taken.
    const accepted = expect.objectContaining({ type: 'CONNACK', returnCode: 0 }) as unknown;
    expect(await ask([login, retained('p/denied/x')], 2)).toContainEqual(accepted);
    expect(await ask([login, retained('p/allowed/x')], 2)).toContainEqual(expect.objectContaining({ type: 'PUBACK' }));
    const look: Packet = { type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: 'p/#', qos: 1 }] };
    const stored = await answersTo(broker.endpoint, world, [{ ...connect, clientId: 'observer' }, look], 3);
    expect(stored.flatMap((it) => (it?.type === 'PUBLISH' ? [it.topic] : []))).toEqual(['p/allowed/x']);
  });

  test('the password stands in no file and no event of the run', async () => {
    using world = testWorld();
    await using broker = await driver.start('b', world.context);
    const { password = '' } = broker.variants.acl ?? {};
    expect(password.length).toBeGreaterThan(20);
    const files = readdirSync(world.context.owns.scratch, { recursive: true, withFileTypes: true });
    const texts = files.filter((it) => it.isFile()).map((it) => readFileSync(join(it.parentPath, it.name), 'latin1'));
    expect([...texts, JSON.stringify(world.events), broker.how].filter((it) => it.includes(password))).toEqual([]);
  });
}

describe('Aedes', () => {
  everyVariant(aedes);
});

describe('Mosquitto', need('mosquitto'), () => {
  everyVariant(targetOf('mosquitto').driver);
});
