// An open port is no broker: the probe tells apart everything that a CONNECT can meet, within its bound.
import { expect, test } from 'vitest';
import { machineClock } from '../../../src/net/clock.ts';
import { listen, type Listener } from '../../../src/net/listen.ts';
import type { Wire } from '../../../src/net/wire.ts';
import { answerText, awaitReady, tryConnect } from '../../../src/parts/brokers/readiness.ts';
import { testWorld } from './world.ts';

const bounds = { clock: machineClock(), signal: new AbortController().signal, attemptMs: 100, overallMs: 250 };

/** A broker that does one thing with each connection. */
function fake(onWire: (wire: Wire) => void): Promise<Listener> {
  return listen({ onWire });
}

/** Answers the first bytes of each connection with these. */
function answering(...chunks: readonly number[][]): Promise<Listener> {
  return fake((wire) => wire.onBytes(() => chunks.forEach((it) => void wire.send(Uint8Array.from(it)))));
}

test('CONNACK 0 is ready, in one segment or in four', async () => {
  await using whole = await answering([0x20, 2, 0, 0]);
  await using pieces = await answering([0x20], [2], [0], [0]);
  expect(await tryConnect(whole.endpoint, bounds)).toEqual({ kind: 'accepted' });
  expect(await awaitReady(pieces.endpoint, bounds)).toBe('ready');
});

test('nobody listens: refused', async () => {
  const gone = await fake(() => undefined);
  await gone[Symbol.asyncDispose]();
  const answer = await tryConnect(gone.endpoint, bounds);
  expect(answer.kind).toBe('refused');
  expect(answerText(answer)).toContain('ECONNREFUSED');
});

test('accepts and stays mute: silence, and no wait beyond the bound', async () => {
  await using mute = await fake((wire) => wire.onBytes(() => undefined));
  const answer = await tryConnect(mute.endpoint, bounds);
  expect(answer).toMatchObject({ kind: 'silence', receivedB: 0 });
  expect(answerText(answer)).toContain('accepted TCP and never answered CONNECT');
  const beganMs = bounds.clock.nowMs();
  expect(await awaitReady(mute.endpoint, bounds)).toContain('never answered CONNECT');
  expect(bounds.clock.nowMs() - beganMs).toBeLessThan(1_000);
});

test('half a CONNACK and then nothing: silence, with the count', async () => {
  await using half = await answering([0x20, 2]);
  const answer = await tryConnect(half.endpoint, bounds);
  expect(answer).toMatchObject({ kind: 'silence', receivedB: 2 });
  expect(answerText(answer)).toContain('2 of the 4 bytes');
});

test('closes without an answer, and in the middle of one', async () => {
  await using closing = await fake((wire) => wire.onBytes(() => wire.end()));
  expect(await tryConnect(closing.endpoint, bounds)).toEqual({ kind: 'closed', receivedB: 0 });
  await using torn = await fake((wire) =>
    wire.onBytes(() => {
      void wire.send(Uint8Array.of(0x20));
      wire.end();
    }),
  );
  expect(await tryConnect(torn.endpoint, bounds)).toEqual({ kind: 'closed', receivedB: 1 });
});

test.each([1, 2, 4, 5])('CONNACK %i is final and named', async (code) => {
  await using refusing = await answering([0x20, 2, 0, code]);
  expect(await tryConnect(refusing.endpoint, bounds)).toEqual({ kind: 'connack', returnCode: code });
  expect(await awaitReady(refusing.endpoint, { ...bounds, overallMs: 60_000 })).toMatch(/^CONNACK with code \d \(/);
});

test('silence in a last try that the end cut short does not hide what was met before', async () => {
  let connections = 0;
  await using closing = await fake((wire) => {
    const isFirst = (connections += 1) === 1;
    wire.onBytes(() => isFirst && wire.end());
  });
  expect(await awaitReady(closing.endpoint, { ...bounds, attemptMs: 10_000 })).toMatch(/closed the connection without/);
  expect(connections).toBeGreaterThan(1);
});

test('"server unavailable" is waited out', async () => {
  let connections = 0;
  await using waking = await fake((wire) => {
    connections += 1;
    const code = connections < 3 ? 3 : 0;
    wire.onBytes(() => void wire.send(Uint8Array.of(0x20, 2, 0, code)));
  });
  expect(await awaitReady(waking.endpoint, { ...bounds, overallMs: 10_000 })).toBe('ready');
  expect(connections).toBe(3);
});

test.each([
  ['a web server', [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]],
  ['another packet', [0xd0, 0]],
  ['a flood', Array.from({ length: 100_000 }, () => 0xff)],
])('%s is no broker', async (_, bytes) => {
  await using other = await answering(bytes);
  expect(await tryConnect(other.endpoint, bounds)).toMatchObject({ kind: 'other' });
});

test('an aborted run ends the wait at once', async () => {
  using world = testWorld();
  await using mute = await fake((wire) => wire.onBytes(() => world.abort(new Error('stopped by the user'))));
  await expect(awaitReady(mute.endpoint, world.context)).rejects.toThrow('stopped by the user');
});
