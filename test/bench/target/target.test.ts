// Target words: each names a driver, and a wrong one is answered with what was probably meant.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { targetOf } from '../../../src/bench/target/target.ts';
import { listen } from '../../../src/net/listen.ts';
import { testWorld } from '../../parts/brokers/world.ts';

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
  expect(targetOf(word).driver.kind).toBe(kind);
});

test('a name with a typing error', () => {
  expect(() => targetOf('mosqitto').driver).toThrow(
    expect.objectContaining({ code: 'FB_TARGET_UNKNOWN', hint: 'did you mean "mosquitto"?' }) as Error,
  );
});

test.each(['', 'constructor', '__proto__', 'rabbit'])('"%s" is unknown', (word) => {
  expect(() => targetOf(word).driver).toThrow(expect.objectContaining({ code: 'FB_TARGET_UNKNOWN' }) as Error);
});

test.each([
  'mqtt://',
  'mqtt://h:99999',
  'mqtt://h/x',
  'mqtt://u:secret@h',
  'ws://u:secret@h/mqtt',
  'ws://h/mqtt?token=secret',
])('"%s" is no URL that can be used, and is not repeated', (url) => {
  expect(() => targetOf(url).driver).toThrow(
    expect.objectContaining({ code: 'FB_TARGET_URL', message: 'the target URL cannot be used' }) as Error,
  );
});

test('a broker of somebody else is judged and never touched', async () => {
  using world = testWorld();
  await using theirs = await listen({
    onWire: (wire) => wire.onBytes(() => void wire.send(Uint8Array.of(0x20, 2, 0, 0))),
  });
  const { host, port } = theirs.endpoint;
  await using broker = await targetOf(`mqtt://${host}:${port}`).driver.start('b', world.context);
  for (const act of [broker.kill(), broker.stop(), broker.restart()]) {
    await expect(act).rejects.toMatchObject({ code: 'FB_TARGET_CAPABILITY' });
  }
  expect(world.states('b')).toEqual(['starting', 'ready']);
});

test('the version of a broker of somebody else may be that of a package beside its target file', async () => {
  using world = testWorld();
  await using theirs = await listen({
    onWire: (wire) => wire.onBytes(() => void wire.send(Uint8Array.of(0x20, 2, 0, 0))),
  });
  const folder = world.context.owns.scratch;
  mkdirSync(join(folder, 'site', 'node_modules', 'quick'), { recursive: true });
  writeFileSync(join(folder, 'site', 'node_modules', 'quick', 'package.json'), '{ "version": "3.2.1" }');
  const url = `mqtt://127.0.0.1:${theirs.endpoint.port}`;
  writeFileSync(join(folder, 'site', 't.yaml'), `title: T\nremote: { url: '${url}', version: { package: quick } }\n`);
  await using broker = await targetOf(join(folder, 'site', 't.yaml')).driver.start('b', world.context);
  expect(broker.version).toBe('3.2.1');
});

test('a broker of somebody else that refuses us fails with the reason', async () => {
  using world = testWorld();
  await using theirs = await listen({
    onWire: (wire) => wire.onBytes(() => void wire.send(Uint8Array.of(0x20, 2, 0, 5))),
  });
  await expect(
    targetOf(`mqtt://127.0.0.1:${theirs.endpoint.port}`).driver.start('b', world.context),
  ).rejects.toMatchObject({
    code: 'FB_BROKER_START',
    actual: 'CONNACK with code 5 (not authorized)',
  });
  expect(world.states('b')).toEqual(['starting', 'failed']);
});
