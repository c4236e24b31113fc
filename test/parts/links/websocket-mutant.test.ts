// A faulty WebSocket listener before a good one: each fault shows, and everything beside it passes as it should.
import { expect, test } from 'vitest';
import type { WebSocketFault } from '../../../src/faults/websocket-fault.ts';
import { dialWebSocket, type WebSocketDialOptions } from '../../../src/net/dial-websocket.ts';
import { aedes } from '../../../src/parts/brokers/aedes.ts';
import { tryConnect } from '../../../src/parts/brokers/readiness.ts';
import { startWebSocketMutant } from '../../../src/parts/links/websocket-mutant.ts';
import { encode } from '../../../src/wire/encode.ts';
import { testWorld, type TestWorld } from '../brokers/world.ts';

const connect = encode({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 0,
  clientId: 'frames',
});
const connack = '20020000';
const pingreq = encode({ type: 'PINGREQ' });
const pingresp = 'd000';

async function before(fault: WebSocketFault, { context }: TestWorld) {
  const parts = new AsyncDisposableStack();
  const broker = parts.use(await aedes.start('b', context));
  const upstream = broker.variants.websocket ?? broker.endpoint;
  const { endpoint } = parts.use(await startWebSocketMutant({ name: 'm', upstream, fault }, context));
  return {
    endpoint,
    /** A client, and a promise of the bytes that it gets until there are so many, or the end. */
    async client(options: Partial<WebSocketDialOptions> = {}) {
      const wire = parts.use(await dialWebSocket(endpoint, { ...context, ...options }));
      let come = '';
      const { promise, resolve } = Promise.withResolvers<string>();
      const got = (until: number): Promise<string> => {
        void wire.closed.then(({ detail = 'closed' }) => resolve(`${come} ${detail}`));
        wire.onBytes((chunk) => {
          come += Buffer.from(chunk).toString('hex');
          if (come.length >= until) resolve(come);
        });
        return promise;
      };
      return { wire, got };
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

const faults: readonly WebSocketFault[] = [
  'accepts-text',
  'ignores-text',
  'packet-per-frame',
  'no-subprotocol',
  'first-subprotocol',
];

test.each(faults)('%s: a packet in a frame of its own is served', async (fault) => {
  using world = testWorld();
  await using mutant = await before(fault, world);
  expect(await tryConnect(mutant.endpoint, world.context)).toEqual({ kind: 'accepted' });
});

test.each([
  ['accepts-text', connack],
  ['no-subprotocol', ' WebSocket close frame without a code'],
] as const)('%s: CONNECT in a text frame gives "%s"', async (fault, gives) => {
  using world = testWorld();
  await using mutant = await before(fault, world);
  const { wire, got } = await mutant.client();
  await wire.sendFrame(connect, { opcode: 'text' });
  expect(await got(connack.length)).toBe(gives);
});

test('ignores-text: the connection goes on behind a text frame', async () => {
  using world = testWorld();
  await using mutant = await before('ignores-text', world);
  const { wire, got } = await mutant.client();
  await wire.sendFrame(connect, { opcode: 'text' });
  await wire.send(connect);
  await wire.send(pingreq);
  expect(await got(connack.length + pingresp.length)).toBe(connack + pingresp);
});

test('sends-text: no client takes its CONNACK', async () => {
  using world = testWorld();
  await using mutant = await before('sends-text', world);
  const { wire, got } = await mutant.client();
  await wire.send(connect);
  expect(await got(connack.length)).toBe(' a text frame from the server');
});

test('packet-per-frame: what stands behind a packet is lost, and a packet in two frames', async () => {
  using world = testWorld();
  await using mutant = await before('packet-per-frame', world);
  const { wire, got } = await mutant.client();
  await wire.send(connect.subarray(0, 5));
  await wire.send(connect.subarray(5));
  await wire.send(Buffer.concat([connect, pingreq]));
  await wire.send(pingreq);
  expect(await got(connack.length + pingresp.length)).toBe(connack + pingresp);
});

test.each([
  ['no-subprotocol', ''],
  ['first-subprotocol', 'foo'],
  ['sends-text', 'mqtt'],
] as const)('%s: of foo and mqtt it chooses "%s"', async (fault, chosen) => {
  using world = testWorld();
  await using mutant = await before(fault, world);
  const { wire } = await mutant.client({ offer: ['foo', 'mqtt'] });
  expect(wire.subprotocol).toBe(chosen);
});
