// TLS on both sides: a wire over it does what a wire does, and a handshake that fails says why and harms nobody else.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { machineClock, type Clock } from '../../src/net/clock.ts';
import { dial } from '../../src/net/dial.ts';
import { listen, type ListenOptions } from '../../src/net/listen.ts';
import type { RunCertificate } from '../../src/net/run-certificate.ts';
import type { Endpoint, TlsDial, Wire } from '../../src/net/wire.ts';
import { clientCertificate, loopbackCertificate } from './certificates.ts';
import { closed, rawClient, rawServer } from './loopback.ts';

const ping = Uint8Array.of(0xc0, 0);
const clock = machineClock();
const run = (): AbortSignal => new AbortController().signal;

let own: RunCertificate;
let other: RunCertificate;
beforeAll(async () => void ([own, other] = await Promise.all([loopbackCertificate(), loopbackCertificate()])));
afterAll(() => Promise.all([own[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]));

/** Node's own TLS server, as the other side of what we dial. */
async function tlsServer(serve: (socket: TLSSocket) => void, options: TlsOptions = {}) {
  const sockets = new Set<Socket>();
  const secured = { cert: own.certPem, key: own.keyPem, allowHalfOpen: true, ...options };
  const server = createServer(secured, (socket) => serve(socket.on('error', () => {})));
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    endpoint: { host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const over = (endpoint: Endpoint, tls: TlsDial = { caPem: own.caPem }): Endpoint => ({ ...endpoint, tls });

/** Listens over TLS; wires and refusals as they come. */
async function listenTls(options: Partial<ListenOptions> = {}, clientCaPem?: string) {
  const come = Promise.withResolvers<Wire>();
  const refused = Promise.withResolvers<string>();
  const tls = { certPem: own.certPem, keyPem: own.keyPem, ...(clientCaPem !== undefined && { clientCaPem }) };
  const listener = await listen({
    over: { clock, tls },
    onWire: (wire) => come.resolve(wire),
    onRefused: (why, address) => refused.resolve(`${address}: ${why}`),
    ...options,
  });
  return { ...listener, come: come.promise, refused: refused.promise };
}

/** A client that knows nothing of TLS: says nothing, and closes when it is closed upon. */
async function quietClient(endpoint: Endpoint): Promise<Socket> {
  const socket = await rawClient(endpoint);
  return socket.on('end', () => socket.end()).resume();
}

const received = (wire: Wire): Promise<Buffer> =>
  new Promise((resolve) => wire.onBytes((it) => resolve(Buffer.from(it))));

describe('a wire over TLS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'carries bytes both ways and is recorded like any other: %s',
    async (maxVersion) => {
      await using server = await tlsServer((socket) => socket.pipe(socket), { maxVersion });
      const history = memoryHistory();
      const tap = { history, connection: 'c1', seenAt: 'wire', names: { client: 'probe', server: 'broker' } } as const;
      await using wire = await dial(over(server.endpoint), { clock, signal: run(), tap });
      const echo = received(wire);
      await wire.send(ping);
      expect((await echo).equals(ping)).toBe(true);
      wire.end();
      expect(await wire.closed).toEqual({ by: 'us', how: 'fin' });
      expect(history.events.map((it) => it.kind)).toEqual(['opened', 'packet', 'packet', 'ended']);
    },
  );

  test('between our own two ends stays open one way after a FIN the other way', async () => {
    await using listener = await listenTls({ halfOpen: true });
    await using wire = await dial(over(listener.endpoint), { clock, signal: run(), halfOpen: true });
    const peer = await listener.come;
    const ended = new Promise((resolve) => peer.onPeerEnd(resolve));
    peer.onBytes(() => {});
    wire.end();
    expect(await ended).toBe('fin');
    const late = received(wire);
    await peer.send(ping);
    expect((await late).equals(ping)).toBe(true);
    peer.end();
    expect(await wire.closed).toEqual({ by: 'us', how: 'fin' });
    expect(await peer.closed).toEqual({ by: 'peer', how: 'fin' });
  });

  test.each(['client', 'server'] as const)('tells a RST of the %s from a FIN', async (who) => {
    await using listener = await listenTls();
    await using client = await dial(over(listener.endpoint), { clock, signal: run() });
    const server = await listener.come;
    // A byte first, so that both know that they stand.
    const heard = received(server);
    client.onBytes(() => {});
    await client.send(ping);
    await heard;
    const [from, to] = who === 'client' ? [client, server] : [server, client];
    from.reset();
    expect(await from.closed).toEqual({ by: 'us', how: 'rst' });
    expect(await to.closed).toMatchObject({ by: 'peer', how: 'rst' });
  });

  test('is closed by a reset while its FIN is still under way', async () => {
    await using server = await tlsServer((socket) => void socket.resume().end());
    await using wire = await dial(over(server.endpoint), { clock, signal: run() });
    wire.onPeerEnd(() => queueMicrotask(() => wire.reset()));
    wire.onBytes(() => {});
    expect(await wire.closed).toEqual({ by: 'peer', how: 'fin' });
  });

  test('takes a FIN without close_notify for a FIN', async () => {
    const below = Promise.withResolvers<Socket>();
    await using server = await tlsServer((socket) => socket.write(ping));
    await using middle = await rawServer((socket) => {
      const onward = rawClient(server.endpoint);
      void onward.then((it) => it.pipe(socket, { end: false }) && socket.pipe(it) && below.resolve(socket));
    });
    await using wire = await dial(over(middle.endpoint), { clock, signal: run() });
    await received(wire);
    (await below.promise).end();
    expect(await wire.closed).toEqual({ by: 'peer', how: 'fin' });
  });

  test('makes a fast sender wait for a slow reader, and loses nothing', async () => {
    await using listener = await listenTls();
    await using wire = await dial(over(listener.endpoint), { clock, signal: run() });
    const piece = new Uint8Array(256 * 1024);
    let sentB = 0;
    let sent: Promise<void> = Promise.resolve();
    while (!wire.isFull) {
      sent = wire.send(piece);
      sentB += piece.length;
    }
    wire.end();
    const reader = await listener.come;
    let gotB = 0;
    reader.onBytes((chunk) => void (gotB += chunk.length));
    await sent;
    await reader.closed;
    expect(gotB).toBe(sentB);
  });

  test('is ended by the run', async () => {
    const ending = new AbortController();
    await using listener = await listenTls();
    await using wire = await dial(over(listener.endpoint), { clock, signal: ending.signal });
    ending.abort();
    expect(await wire.closed).toMatchObject({ by: 'bench' });
  });
});

describe('a connection that ends within the TLS handshake stands in the history', () => {
  test.each([
    ['who did not trust it', {}, () => ({ caPem: other.caPem }), 'client', 'a certificate of an unknown CA'],
    [
      'who was not let in',
      { requestCert: true, maxVersion: 'TLSv1.2' },
      () => ({ caPem: own.caPem }),
      'server',
      'a refusal of the other side',
    ],
  ] as const)('with %s', async (_, options: TlsOptions, tls: () => TlsDial, by, why) => {
    await using server = await tlsServer((socket) => socket.resume(), options);
    const history = memoryHistory();
    const tap = { history, connection: 'c1', seenAt: 'wire', names: { client: 'probe', server: 'broker' } } as const;
    await expect(dial(over(server.endpoint, tls()), { clock, signal: run(), tap })).rejects.toThrow(
      'no TLS connection',
    );
    expect(history.events).toEqual([
      expect.objectContaining({ kind: 'opened', connection: 'c1' }),
      expect.objectContaining({ kind: 'ended', by, how: 'error', detail: expect.stringContaining(why) as string }),
    ]);
  });
});

describe('dialling over TLS says what came', () => {
  const failing: readonly (readonly [string, TlsOptions, () => TlsDial, string])[] = [
    ['an unknown CA', {}, () => ({ caPem: other.caPem }), 'a certificate of an unknown CA'],
    ['no CA that is known', {}, () => ({}), 'a certificate of an unknown CA'],
    [
      'another name',
      {},
      () => ({ caPem: own.caPem, serverName: 'plc.example' }),
      'a certificate for another name: Host: plc.example',
    ],
    [
      'only TLS 1.1',
      { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      () => ({ caPem: own.caPem }),
      'no TLS version that both sides speak',
    ],
    [
      'a wish for a certificate',
      { requestCert: true, maxVersion: 'TLSv1.2' },
      () => ({ caPem: own.caPem }),
      'a refusal of the other side',
    ],
    ['a CA that is none', {}, () => ({ caPem: 'nonsense' }), 'certificates or a key that cannot be used'],
    [
      'a key of another certificate',
      {},
      () => ({ caPem: own.caPem, certPem: own.certPem, keyPem: other.keyPem }),
      'certificates or a key that cannot be used',
    ],
  ];
  test.each(failing)('%s', async (_, options, tls, actual) => {
    await using server = await tlsServer((socket) => socket.resume(), options);
    await expect(dial(over(server.endpoint, tls()), { clock, signal: run() })).rejects.toMatchObject({
      code: 'FB_DIAL_TLS',
      message: `no TLS connection to 127.0.0.1:${server.endpoint.port}`,
      actual: expect.stringContaining(actual) as string,
      hint: expect.stringMatching(/\S/) as string,
    });
  });

  test.each([
    ['2020-01-01', 'a certificate that has expired'],
    ['2090-01-01', 'a certificate that is not valid yet'],
  ])('a certificate of %s', async (madeAt, actual) => {
    await using made = await loopbackCertificate({ madeAt: new Date(madeAt) });
    await using server = await tlsServer((socket) => socket.resume(), { cert: made.certPem, key: made.keyPem });
    const dialling = dial(over(server.endpoint, { caPem: made.caPem }), { clock, signal: run() });
    await expect(dialling).rejects.toMatchObject({
      code: 'FB_DIAL_TLS',
      actual: expect.stringContaining(actual) as string,
    });
  });

  test.each([
    [
      'speaks plain MQTT',
      (socket: Socket) => void socket.write(Uint8Array.of(0x20, 2, 0, 0, 0, 0, 0)),
      'something that is not TLS',
    ],
    ['closes', (socket: Socket) => void socket.end(), 'an end of the connection within the handshake'],
    ['resets', (socket: Socket) => void socket.resetAndDestroy(), 'an end of the connection within the handshake'],
  ])('a server that %s', async (_, answer, actual) => {
    await using server = await rawServer((socket) => socket.once('data', () => answer(socket)));
    const dialling = dial(over(server.endpoint), { clock, signal: run() });
    await expect(dialling).rejects.toMatchObject({
      code: 'FB_DIAL_TLS',
      actual: expect.stringContaining(actual) as string,
    });
  });

  test('unless it is told to take anything', async () => {
    await using server = await tlsServer((socket) => socket.pipe(socket));
    await using wire = await dial(over(server.endpoint, { insecure: true }), { clock, signal: run() });
    const echo = received(wire);
    await wire.send(ping);
    expect((await echo).equals(ping)).toBe(true);
  });

  test('and is bounded, and ends with the run', async () => {
    await using server = await rawServer((socket) => socket.resume());
    const soon = dial(over(server.endpoint), { clock, signal: run(), timeoutMs: 50 });
    await expect(soon).rejects.toMatchObject({ code: 'FB_DIAL_TIMEOUT' });
    const ending = new AbortController();
    const dialling = dial(over(server.endpoint), { clock, signal: ending.signal });
    ending.abort(new Error('the run is over'));
    await expect(dialling).rejects.toThrow('the run is over');
  });
});

describe('listening over TLS', () => {
  test('lets in who has a certificate of the CA that is asked for', async () => {
    const client = await clientCertificate();
    await using listener = await listenTls({}, client.certPem);
    await using wire = await dial(over(listener.endpoint, { caPem: own.caPem, ...client }), { clock, signal: run() });
    const heard = received(await listener.come);
    await wire.send(ping);
    expect((await heard).equals(ping)).toBe(true);
  });

  test.each([
    [
      'of another CA',
      async () => ({ ask: (await clientCertificate()).certPem, show: await clientCertificate() }),
      'of an unknown CA',
    ],
    ['of a server', async () => ({ ask: own.caPem, show: own }), 'for another purpose'],
  ])('and nobody with a certificate %s', async (_, certificates, why) => {
    const { ask, show } = await certificates();
    await using listener = await listenTls({}, ask);
    const { certPem, keyPem } = show;
    // Over TLS 1.3 the refusal comes behind the handshake.
    const stranger = await dial(over(listener.endpoint, { caPem: own.caPem, certPem, keyPem }), {
      clock,
      signal: run(),
    });
    stranger.onBytes(() => {});
    expect(await stranger.closed).toMatchObject({ by: 'peer' });
    expect(await listener.refused).toContain(`127.0.0.1: no TLS handshake: a certificate ${why}`);
  });

  test('tells of a client without one', async () => {
    await using listener = await listenTls({}, own.caPem);
    await using wire = await dial(over(listener.endpoint), { clock, signal: run() });
    wire.onBytes(() => {});
    expect(await wire.closed).toMatchObject({ how: 'error' });
    expect(await listener.refused).toContain('did not return a certificate');
  });

  test('a client that speaks no TLS ends its own connection only', async () => {
    await using listener = await listenTls();
    const plain = await quietClient(listener.endpoint);
    plain.write(Uint8Array.of(0x10, 12, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 0));
    await closed(plain);
    expect(await listener.refused).toContain('something that is not TLS');
    await using wire = await dial(over(listener.endpoint), { clock, signal: run() });
    expect(wire.isWritable).toBe(true);
  });

  test('a client that says nothing is ended in time, and so is one that ends', async () => {
    const fired: (() => void)[] = [];
    const bell = Promise.withResolvers<void>();
    const manual: Clock = {
      domain: 'test',
      nowMs: () => 0,
      after(_, fire) {
        fired.push(fire);
        bell.resolve();
        return () => {};
      },
    };
    const layers = { clock: manual, tls: { certPem: own.certPem, keyPem: own.keyPem }, handshakeTimeoutMs: 7000 };
    await using listener = await listenTls({ over: layers });
    const silent = await quietClient(listener.endpoint);
    await bell.promise;
    for (const fire of fired) fire();
    await closed(silent);
    expect(await listener.refused).toBe('127.0.0.1: no handshake within 7000 ms');
  });

  test('resumes a session of another connection', async () => {
    await using listener = await listenTls();
    const options = { port: listener.endpoint.port, host: '127.0.0.1', ca: own.caPem, maxVersion: 'TLSv1.2' } as const;
    const first = connect(options);
    const [session] = (await once(first, 'session')) as [Buffer];
    const second = connect({ ...options, session });
    await once(second, 'secureConnect');
    expect([first.isSessionReused(), second.isSessionReused()]).toEqual([false, true]);
    for (const it of [first, second]) it.destroy();
  });

  test('needs a certificate with its key', async () => {
    for (const tls of [
      { certPem: own.certPem, keyPem: other.keyPem },
      { certPem: 'nonsense', keyPem: own.keyPem },
      { certPem: own.certPem, keyPem: own.keyPem, clientCaPem: 'nonsense' },
    ]) {
      await expect(listen({ over: { clock, tls }, onWire() {} })).rejects.toMatchObject({ code: 'FB_LISTEN' });
    }
  });

  test('ends what is in the middle of a handshake when it ends, and does not call that a refusal', async () => {
    const refused: string[] = [];
    const listener = await listenTls({ onRefused: (why) => refused.push(why) });
    const silent = await quietClient(listener.endpoint);
    await using wire = await dial(over(listener.endpoint), { clock, signal: run() });
    wire.onBytes(() => {});
    await Promise.all([closed(silent), listener[Symbol.asyncDispose]()]);
    expect(await wire.closed).toMatchObject({ by: 'peer' });
    expect(refused).toEqual([]);
  });
});
