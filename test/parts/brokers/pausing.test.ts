// A broker that stands still: its connections stay, nobody is answered, and it goes on where it was.
import { describe, expect, test } from 'vitest';
import { targetOf } from '../../../src/bench/target/target.ts';
import { dial } from '../../../src/net/dial.ts';
import { encode } from '../../../src/wire/encode.ts';
import { need } from '../../support/needs.ts';
import { testWorld } from './world.ts';

const connect = encode({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 60,
  clientId: 'waiter',
});
const connack = '20020000';

/** A CONNECT to a broker that stands still, answered once it goes on; and what was noted. */
async function standstill(word: string): Promise<readonly string[]> {
  using world = testWorld({ 'fieldbench.test': 'pausing' });
  const { clock, signal } = world.context;
  await using broker = await targetOf(word).driver.start('b', world.context);
  await broker.pause();
  await broker.pause();
  await using wire = await dial(broker.endpoint, { clock, signal });
  const { promise: answer, resolve } = Promise.withResolvers<string>();
  let hasAnswered = false;
  wire.onBytes((chunk) => {
    hasAnswered = true;
    resolve(Buffer.from(chunk).toString('hex'));
  });
  await wire.send(connect);
  await new Promise<void>((elapsed) => clock.after(300, elapsed)); // A quiet window: nothing else shows that nobody answers.
  expect(hasAnswered).toBe(false);
  await broker.resume();
  expect(await answer).toBe(connack);
  await broker.pause();
  await broker.stop();
  return world.states('b');
}

const expected = ['starting', 'ready', 'paused', 'resumed', 'paused', 'resumed', 'stopping', 'stopped'];

test('the embedded one', { timeout: 60_000 }, async () => {
  expect(await standstill('embedded')).toEqual(expected);
});

describe('Mosquitto as a process', need('mosquitto'), () => {
  test('stands still and goes on', { timeout: 60_000 }, async () => {
    expect(await standstill('process:mosquitto')).toEqual(expected);
  });
});

describe('Mosquitto in a container', need('docker', 'image:mosquitto'), () => {
  test('stands still and goes on', { timeout: 60_000 }, async () => {
    expect(await standstill('container:mosquitto')).toEqual(expected);
  });

  test('can be killed while it stands still', { timeout: 60_000 }, async () => {
    using world = testWorld({ 'fieldbench.test': 'pausing' });
    await using broker = await targetOf('container:mosquitto').driver.start('b', world.context);
    await broker.pause();
    await broker.kill();
    await broker.start();
    expect(world.states('b')).toEqual([
      'starting',
      'ready',
      'paused',
      'resumed',
      'stopping',
      'killed',
      'starting',
      'ready',
    ]);
  });
});

test('one of somebody else is left alone', async () => {
  using world = testWorld();
  await using theirs = await targetOf('embedded').driver.start('theirs', world.context);
  const { host, port } = theirs.endpoint;
  await using broker = await targetOf(`mqtt://${host}:${port}`).driver.start('b', world.context);
  for (const act of ['pause', 'resume', 'start'] as const) {
    await expect(broker[act]()).rejects.toMatchObject({ code: 'FB_TARGET_CAPABILITY' });
  }
});
