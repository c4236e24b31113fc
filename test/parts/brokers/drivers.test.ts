// Target words: each names a driver, and a wrong one is answered with what was probably meant.
import { expect, test } from 'vitest';
import { brokerTarget } from '../../../src/parts/brokers/drivers.ts';
import { listen } from '../../../src/net/listen.ts';
import { testWorld } from './world.ts';

test.each([
  ['embedded', 'aedes'],
  ['aedes', 'aedes'],
  ['mosquitto', 'mosquitto'],
  ['process:mosquitto', 'mosquitto'],
  ['container:mosquitto', 'mosquitto-container'],
  ['mqtt://127.0.0.1:1883', 'remote'],
  ['ws://127.0.0.1:8080/mqtt', 'remote'],
  ['mqtts://127.0.0.1', 'remote'],
  ['wss://127.0.0.1/mqtt', 'remote'],
])('%s is %s', (word, kind) => {
  expect(brokerTarget(word).kind).toBe(kind);
});

test('a name with a typing error', () => {
  expect(() => brokerTarget('mosqitto')).toThrow(
    expect.objectContaining({ code: 'FB_TARGET_UNKNOWN', hint: 'did you mean "mosquitto"?' }) as Error,
  );
});

test.each(['', 'constructor', '__proto__', 'rabbit'])('"%s" is unknown', (word) => {
  expect(() => brokerTarget(word)).toThrow(expect.objectContaining({ code: 'FB_TARGET_UNKNOWN' }) as Error);
});

test.each([
  'mqtt://',
  'mqtt://h:99999',
  'mqtt://h/x',
  'mqtt://u:secret@h',
  'ws://u:secret@h/mqtt',
  'ws://h/mqtt?token=secret',
])('"%s" is no URL that can be used, and is not repeated', (url) => {
  expect(() => brokerTarget(url)).toThrow(
    expect.objectContaining({ code: 'FB_TARGET_URL', message: 'the target URL cannot be used' }) as Error,
  );
});

test('a broker of somebody else is judged and never touched', async () => {
  using world = testWorld();
  await using theirs = await listen({
    onWire: (wire) => wire.onBytes(() => void wire.send(Uint8Array.of(0x20, 2, 0, 0))),
  });
  const { host, port } = theirs.endpoint;
  await using broker = await brokerTarget(`mqtt://${host}:${port}`).start('b', world.context);
  for (const act of [broker.kill(), broker.stop(), broker.restart()]) {
    await expect(act).rejects.toMatchObject({ code: 'FB_TARGET_CAPABILITY' });
  }
  expect(world.states('b')).toEqual(['starting', 'ready']);
});

test('a broker of somebody else that refuses us fails with the reason', async () => {
  using world = testWorld();
  await using theirs = await listen({
    onWire: (wire) => wire.onBytes(() => void wire.send(Uint8Array.of(0x20, 2, 0, 5))),
  });
  await expect(
    brokerTarget(`mqtt://127.0.0.1:${theirs.endpoint.port}`).start('b', world.context),
  ).rejects.toMatchObject({
    code: 'FB_BROKER_START',
    actual: 'CONNACK with code 5 (not authorized)',
  });
  expect(world.states('b')).toEqual(['starting', 'failed']);
});
