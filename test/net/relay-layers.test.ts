// The relay with TLS and WebSocket on either side, and with streams that it may not open.
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemOf } from '../../src/history/event-shape.ts';
import type { HistoryEvent, Marked, Vantage } from '../../src/history/event.ts';
import { rules } from '../../src/judge/rules.ts';
import type { Layers } from '../../src/net/accept.ts';
import { machineClock } from '../../src/net/clock.ts';
import { dialWebSocket } from '../../src/net/dial-websocket.ts';
import { dial } from '../../src/net/dial.ts';
import { listen } from '../../src/net/listen.ts';
import type { Caller } from '../../src/net/reception.ts';
import type { RelayOptions } from '../../src/net/relay.ts';
import type { RunCertificate } from '../../src/net/run-certificate.ts';
import type { Endpoint, Wire } from '../../src/net/wire.ts';
import { encode } from '../../src/wire/encode.ts';
import { findingsOf } from '../judge/history-of.ts';
import { loopbackCertificate } from './certificates.ts';
import { closed, endedAt, openedAt, openHandles, rawClient, relayTo, seen, turnedAway } from './loopback.ts';

const clock = machineClock();
const options = { clock, signal: new AbortController().signal, halfOpen: true } as const;

let own: RunCertificate;
let handlesBefore: number;
beforeAll(async () => {
  own = await loopbackCertificate();
  handlesBefore = openHandles().length;
});
afterAll(() => own[Symbol.asyncDispose]());

const kinds = ['TCP', 'TLS', 'WebSocket', 'WebSocket over TLS'] as const;
type Kind = (typeof kinds)[number];

function layersOf(kind: Kind): Layers | undefined {
  const tls = { certPem: own.certPem, keyPem: own.keyPem };
  if (kind === 'TCP') return undefined;
  return { ...(kind.includes('TLS') && { tls }), ...(kind.includes('WebSocket') && { webSocket: true as const }) };
}

/** How to dial what listens there. */
const trusting = (endpoint: Endpoint): Endpoint =>
  endpoint.tls ? { ...endpoint, tls: { caPem: own.caPem } } : endpoint;

/** A server of that kind; its connections, and who made them. */
async function serverOf(kind: Kind, serve: (wire: Wire) => void) {
  const callers: Caller[] = [];
  const over = layersOf(kind);
  const listener = await listen({
    halfOpen: true,
    ...(over && { over: { ...over, clock } }),
    onWire(wire, caller) {
      callers.push(caller);
      serve(wire);
    },
  });
  return { ...listener, upstream: trusting(listener.endpoint), callers };
}

async function relayOf(kind: Kind, upstream: Endpoint, more: Partial<RelayOptions> = {}) {
  const over = layersOf(kind);
  const link = await relayTo(upstream, { ...(over && { listenOn: { over } }), ...more });
  return { ...link, dialled: trusting(link.endpoint) };
}

function echo(wire: Wire): void {
  wire.onBytes((chunk) => void wire.send(chunk));
  wire.onPeerEnd(() => wire.end());
}

/** All that comes until the peer closes. */
function everything(wire: Wire): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const come: Uint8Array[] = [];
  wire.onPeerEnd(() => resolve(Buffer.concat(come)));
  wire.onBytes((chunk) => void come.push(chunk));
  return promise;
}

const first = (wire: Wire): Promise<Buffer> => new Promise((resolve) => wire.onBytes((it) => resolve(Buffer.from(it))));
const publish = (payload: string) =>
  encode({ type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 't', payload: Buffer.from(payload) });
const packetsAt = (events: readonly HistoryEvent[], seenAt: Vantage) =>
  events.flatMap((it) =>
    it.kind === 'packet' && it.seenAt === seenAt ? [`${it.direction} ${it.offset} ${it.bytes}`] : [],
  );
const marksOf = (events: readonly HistoryEvent[]) => events.filter((it): it is Marked => it.kind === 'mark');

const pairs = kinds.flatMap((from) => kinds.map((to) => [from, to] as const));

describe.each(pairs)('from %s to %s', (from, to) => {
  test('not a byte is changed, and both taps see the same packets', async () => {
    await using server = await serverOf(to, echo);
    const payloads = fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(payloads, async (texts) => {
        await using link = await relayOf(from, server.upstream);
        await using client = await dial(link.dialled, options);
        const back = everything(client);
        const packets = texts.map(publish);
        for (const packet of packets) await client.send(packet);
        // Over WebSocket the answer to a close is what comes back last; before it, all of the echo.
        client.end();
        expect((await back).equals(Buffer.concat(packets))).toBe(true);
        await seen(link.history, endedAt('clientEnd'));
        const atClient = packetsAt(link.history.events, 'clientEnd');
        expect(atClient).toHaveLength(2 * packets.length);
        expect(atClient.toSorted()).toEqual(packetsAt(link.history.events, 'serverEnd').toSorted());
      }),
      { numRuns: 5 },
    );
  });

  test.each(['fin', 'rst'] as const)('the end of the server, a %s, reaches the client', async (how) => {
    await using server = await serverOf(to, (wire) => {
      wire.onBytes(() => (how === 'fin' ? wire.end() : wire.reset()));
      wire.onPeerEnd(() => wire.end());
    });
    await using link = await relayOf(from, server.upstream);
    await using client = await dial(link.dialled, { ...options, halfOpen: false });
    client.onBytes(() => {});
    await client.send(publish('go'));
    expect(await client.closed).toMatchObject({ by: 'peer', how });
    for (const end of ['clientEnd', 'serverEnd'] as const) {
      expect(await seen(link.history, endedAt(end))).toMatchObject({ by: 'server', how });
    }
  });
});

describe('over WebSocket', () => {
  test.each([
    [['foo', 'mqtt'], 'mqtt'],
    [['foo'], 'foo'],
    [[], ''],
  ])('the server is offered what the client offers: %j', async (offer, chosen) => {
    await using server = await serverOf('WebSocket', echo);
    await using link = await relayOf('WebSocket', server.upstream);
    await using client = await dialWebSocket({ path: '/', ...link.dialled }, { ...options, offer });
    expect(client.subprotocol).toBe(chosen);
    await seen(link.history, openedAt('serverEnd'));
    expect(server.callers.map((it) => it.offered)).toEqual([offer]);
    const data = { offered: offer.join(', '), chosen };
    expect(marksOf(link.history.events).map((it) => [it.name, it.connection, it.data])).toEqual([
      ['websocket-open', 'c1', { ...data, seenAt: 'clientEnd' }],
      ['websocket-open', 'c1', { ...data, seenAt: 'serverEnd' }],
    ]);
  });

  test('the server is offered mqtt where the client speaks no WebSocket', async () => {
    await using server = await serverOf('WebSocket', echo);
    await using link = await relayOf('TCP', server.upstream);
    await using client = await dial(link.dialled, options);
    const back = first(client);
    await client.send(publish('x'));
    await back;
    expect(server.callers.map((it) => it.offered)).toEqual([['mqtt']]);
  });

  test('a text frame of the client is noted in the history', async () => {
    await using server = await serverOf('TCP', echo);
    await using link = await relayOf('WebSocket', server.upstream);
    await using client = await dialWebSocket({ path: '/', ...link.dialled }, { ...options, halfOpen: false });
    client.onBytes(() => {});
    await client.sendFrame(publish('x'), { opcode: 'text' });
    await client.closed;
    expect(marksOf(link.history.events).at(-1)).toMatchObject({
      name: 'websocket-text-frame',
      data: { direction: 'toServer', seenAt: 'clientEnd' },
    });
    expect(link.history.events.some((it) => it.kind === 'packet')).toBe(false);
  });
});

describe('a handshake that fails', () => {
  test('with the client is told, and the server never hears of it', async () => {
    const refused = Promise.withResolvers<string>();
    await using server = await serverOf('TCP', echo);
    const onRefused = (why: string, address: string): void => refused.resolve(`${address}: ${why}`);
    await using link = await relayOf('TLS', server.upstream, { onRefused });
    const raw = await rawClient(link.endpoint);
    raw.write(publish('plain'));
    await closed(raw.on('end', () => raw.end()).resume());
    expect(await refused.promise).toContain('127.0.0.1: no TLS handshake: something that is not TLS');
    expect([link.history.events, server.callers]).toEqual([[], []]);
  });

  test('with the server resets the client, and the history says why', async () => {
    await using server = await serverOf('TLS', echo);
    await using link = await relayTo({ ...server.upstream, tls: {} });
    await turnedAway(link.endpoint);
    const ended = await seen(link.history, endedAt('clientEnd'));
    expect(ended).toMatchObject({ by: 'server', how: 'rst' });
    expect(ended.detail).toContain('no TLS connection to 127.0.0.1');
  });
});

const names = (connection: string, address: string) => ({ client: `${connection} of ${address}`, server: 'broker' });

describe('who may come', () => {
  test('and nobody else: they are reset before anything, and told', async () => {
    const told: string[] = [];
    await using server = await serverOf('TCP', echo);
    await using link = await relayOf('TLS', server.upstream, {
      allow: (address) => address !== '127.0.0.1',
      onRefused: (why, address) => told.push(`${address}: ${why}`),
    });
    await turnedAway(link.endpoint);
    expect(told).toEqual(['127.0.0.1: its address is not allowed']);
    expect(link.history.events).toEqual([]);
  });

  test.each(['TCP', 'TLS'] as const)('is so many over %s, those in a handshake too', async (kind) => {
    const told = Promise.withResolvers<string>();
    await using server = await serverOf('TCP', echo);
    const onRefused = (why: string): void => told.resolve(why);
    await using link = await relayOf(kind, server.upstream, { maxConnections: 1, onRefused });
    const one = (await rawClient(link.endpoint)).resume();
    await turnedAway(link.endpoint);
    expect(await told.promise).toBe('there are 1 connections already');
    one.resetAndDestroy();
    // Its place is free when the relay has heard of its end, which nothing tells from outside.
    while (!(await isLetIn(link.dialled)));
  });

  test('is named by the relay, and by address where it is told to', async () => {
    await using server = await serverOf('TCP', echo);
    await using link = await relayTo(server.upstream, { names, recordsPeers: true });
    await using client = await dial(link.endpoint, options);
    await seen(link.history, openedAt('serverEnd'));
    const [atClient, atServer] = link.history.events;
    expect(atClient).toMatchObject({
      kind: 'opened',
      client: 'c1 of 127.0.0.1',
      peer: '127.0.0.1',
      seenAt: 'clientEnd',
    });
    expect(atServer).toMatchObject({ kind: 'opened', client: 'c1 of 127.0.0.1', seenAt: 'serverEnd' });
    expect(atServer).not.toHaveProperty('peer');
    expect(link.history.events.map(problemOf)).toEqual([undefined, undefined]);
    expect(problemOf({ ...atClient, peer: 7 })).toContain('peer');
    await using quiet = await relayTo(server.upstream);
    await using other = await dial(quiet.endpoint, options);
    expect(await seen(quiet.history, openedAt('clientEnd'))).not.toHaveProperty('peer');
    for (const wire of [client, other]) wire.reset();
  });
});

/** Whether a connection is let in: one too many is reset, over TCP after it stood. */
async function isLetIn(endpoint: Endpoint): Promise<boolean> {
  try {
    await using wire = await dial(endpoint, options);
    const back = first(wire);
    await wire.send(publish('x'));
    return await Promise.race([back.then(() => true), wire.closed.then(() => false)]);
  } catch {
    return false;
  }
}

const admit = (id: string) => (id === 'c1' ? 'reset' : 'mute');

describe('an opaque stream', () => {
  test('passes and is counted, and no packet of it is recorded or judged', async () => {
    await using server = await serverOf('TLS', echo);
    let passedB = 0;
    await using link = await relayTo(server.endpoint, {
      upstream: { host: server.endpoint.host, port: server.endpoint.port },
      opaque: true,
      createPassage: (ends) => ({
        fromClient(chunk) {
          passedB += chunk.length;
          ends.toServer(chunk);
        },
        fromServer(chunk) {
          passedB += chunk.length;
          ends.toClient(chunk);
        },
        clientEnded: () => ends.endServer('fin'),
        serverEnded: () => ends.endClient('fin'),
      }),
    });
    await using client = await dial({ ...link.endpoint, tls: { caPem: own.caPem } }, options);
    const back = everything(client);
    await client.send(publish('secret'));
    client.end();
    expect((await back).equals(publish('secret'))).toBe(true);
    await Promise.all([
      client.closed,
      seen(link.history, endedAt('clientEnd')),
      seen(link.history, endedAt('serverEnd')),
    ]);
    expect(passedB).toBeGreaterThan(1000);
    const { events } = link.history;
    expect(events.map((it) => ('seenAt' in it ? `${it.kind} ${it.seenAt}` : it.kind))).toEqual([
      'opened clientEnd',
      'opened serverEnd',
      'gap',
      expect.stringMatching(/^ended/) as string,
      expect.stringMatching(/^ended/) as string,
    ]);
    expect(events[2]).toMatchObject({ connection: 'c1', why: 'encrypted: link timeline only' });
    expect(findingsOf(rules, events).map((it) => it.verdict)).not.toContain('fail');
  });

  test('that is refused, or let in by nobody, has its gap before its end too', async () => {
    await using server = await serverOf('TCP', echo);
    await using link = await relayTo(server.upstream, { opaque: true, admit });
    await turnedAway(link.endpoint);
    await seen(link.history, endedAt('clientEnd'));
    const muted = (await rawClient(link.endpoint)).resume();
    muted.end(publish('x'));
    await closed(muted);
    const kindsOf = (connection: string) =>
      link.history.events.filter((it) => 'connection' in it && it.connection === connection).map((it) => it.kind);
    expect(['c1', 'c2'].map(kindsOf)).toEqual([
      ['opened', 'gap', 'ended'],
      ['opened', 'gap', 'ended'],
    ]);
  });
});

test('and none of all these left a socket open', async () => {
  // Closed handles go at the end of a turn or two; one that leaked would keep this test until its timeout.
  while (openHandles().length > handlesBefore) await new Promise((resolve) => setImmediate(resolve));
  expect(openHandles().length).toBe(handlesBefore);
});
