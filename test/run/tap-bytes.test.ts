// What passes the tap is not changed: every byte out equals the byte in, both ways, whatever the bytes are.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../../src/wire/encode.ts';
import { rawServer } from '../net/loopback.ts';
import { connack, connect as connectPacket, publish } from '../judge/packets.ts';
import { standingTap, type TapBed } from './tap-bed.ts';

/** Answers CONNECT like a broker as long as nobody waits for the next connection, which is a bare socket then. */
async function startUpstream(): Promise<AsyncDisposable & { readonly url: string; next(): Promise<Socket> }> {
  const waiting: ((socket: Socket) => void)[] = [];
  const server = await rawServer((socket) => {
    const take = waiting.shift();
    if (take) take(socket);
    else socket.once('data', () => socket.end(encode(connack())));
  });
  return {
    url: `mqtt://127.0.0.1:${server.endpoint.port}`,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function all(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

/** Sends in just these chunks, then closes this direction. */
async function say(socket: Socket, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) await new Promise<void>((sent) => void socket.write(chunk, () => sent()));
  socket.end();
}

const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 3000 });
const packetBytes = fc.constantFrom(
  encode(connectPacket()),
  encode(publish(1, 7, { payload: Buffer.alloc(300) })),
  encode(connack()),
);
/** Noise, packets, and packets with noise between them. */
const chunks = fc.array(fc.oneof(anyBytes, packetBytes), { maxLength: 8 });

describe.each([
  ['with rules', {}],
  ['without a judge', { judge: false }],
])('%s', (_, options) => {
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  let bed: TapBed;
  beforeAll(async () => {
    upstream = await startUpstream();
    bed = await standingTap({ upstream: upstream.url, ...options });
  });
  afterAll(async () => {
    await bed[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });

  test('any bytes, both ways', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, chunks, async (up, down) => {
        const { host, port } = bed.tap.endpoint;
        const arrives = upstream.next();
        const device = connect({ host, port, allowHalfOpen: true });
        const broker = await arrives;
        const [atBroker, atDevice] = await Promise.all([all(broker), all(device), say(device, up), say(broker, down)]);
        expect(atBroker.equals(Buffer.concat(up))).toBe(true);
        expect(atDevice.equals(Buffer.concat(down))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('a megabyte that looks like the beginning of a packet', async () => {
    const { host, port } = bed.tap.endpoint;
    const arrives = upstream.next();
    const device = connect({ host, port, allowHalfOpen: true });
    const broker = await arrives;
    const big = Buffer.alloc(1_000_000, 0x30);
    const [atBroker] = await Promise.all([all(broker), all(device), say(device, [big]), say(broker, [])]);
    expect(atBroker.equals(big)).toBe(true);
  });
});
