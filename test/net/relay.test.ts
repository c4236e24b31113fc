// The relay on real sockets: not a byte changed, both taps agree, and every end is blamed on whoever closed.
import type { Socket } from 'node:net';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HistoryEvent, PacketSeen } from '../../src/history/event.ts';
import type { PassageEnds } from '../../src/net/passage.ts';
import { encode } from '../../src/wire/encode.ts';
import { closed, endedAt, openedAt, openHandles, rawClient, rawServer, relayTo, seen, turnedAway } from './loopback.ts';

let handlesBefore: number;
beforeAll(() => void (handlesBefore = openHandles().length));

const echo = (socket: Socket): void => void socket.pipe(socket);
const isFramed = (it: HistoryEvent): boolean => it.kind !== 'packet' || it.unframed !== true;
const publish = (payload: string) =>
  encode({ type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 't', payload: Buffer.from(payload) });

function packetsAt(events: readonly HistoryEvent[], seenAt: PacketSeen['seenAt'], direction: PacketSeen['direction']) {
  return events
    .filter((it) => it.kind === 'packet')
    .filter((it) => it.seenAt === seenAt && it.direction === direction)
    .map((it) => [it.connection, it.offset, it.bytes]);
}

describe('a transparent relay', () => {
  test('changes no byte, in whatever pieces they come, and both taps see the same packets', async () => {
    await using server = await rawServer(echo);
    const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string().map(publish)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pieces, async (chunks) => {
        await using link = await relayTo(server.endpoint);
        const client = await rawClient(link.endpoint);
        const back = client.toArray();
        for (const chunk of chunks) if (chunk.length > 0) client.write(chunk);
        client.end();
        expect(Buffer.concat(await back).equals(Buffer.concat(chunks))).toBe(true);
        await seen(link.history, endedAt('clientEnd'));
        const { events } = link.history;
        fc.pre(events.every(isFramed)); // Where no packets are, the pieces at two taps need not be the same.
        for (const direction of ['toServer', 'toClient'] as const) {
          expect(packetsAt(events, 'clientEnd', direction)).toEqual(packetsAt(events, 'serverEnd', direction));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('stops reading from a client whose server is slow, and loses nothing', async () => {
    const slow = Promise.withResolvers<Socket>();
    let accepted = 0;
    await using server = await rawServer((socket) => {
      accepted += 1;
      if (accepted === 1) slow.resolve(socket.pause());
      else echo(socket);
    });
    await using link = await relayTo(server.endpoint);
    const client = await rawClient(link.endpoint);
    const piece = publish('x'.repeat(64 * 1024));
    for (let i = 0; i < 1024; i += 1) client.write(piece);
    client.end();
    const reader = await slow.promise;
    const other = await rawClient(link.endpoint);
    const relayed = (): number =>
      packetsAt(link.history.events, 'clientEnd', 'toServer').filter(([id]) => id === 'c1').length;
    // The relay has read all it wants once it reads nothing more while it serves another client.
    for (let before = -1, quiet = 0; quiet < 20; quiet = relayed() === before ? quiet + 1 : 0) {
      before = relayed();
      other.write('ping');
      await new Promise((resolve) => other.once('data', resolve));
    }
    expect(relayed()).toBeLessThan(512);
    let gotB = 0;
    for await (const chunk of reader) gotB += (chunk as Buffer).length;
    expect(gotB).toBe(1024 * piece.length);
    other.destroy();
    client.destroy();
  });

  test('carries 200 connections side by side, each with a name of its own', async () => {
    await using server = await rawServer(echo);
    await using link = await relayTo(server.endpoint);
    const answers = Array.from({ length: 200 }, async (_, i) => {
      const client = await rawClient(link.endpoint);
      client.end(publish(`from ${i}`));
      return Buffer.concat(await client.toArray()).includes(`from ${i}`);
    });
    expect((await Promise.all(answers)).every(Boolean)).toBe(true);
    const opened = link.history.events.filter((it) => it.kind === 'opened').filter((it) => it.seenAt === 'serverEnd');
    expect(new Set(opened.map((it) => it.connection)).size).toBe(200);
    expect(opened[0]).toMatchObject({ client: 'pump', server: 'broker', link: 'vsat' });
  });
});

describe('the end of a relayed connection', () => {
  test('by FIN one way leaves the other way open', async () => {
    await using server = await rawServer((socket) => {
      socket.on('end', () => socket.end(publish('after your FIN'))).resume();
    });
    await using link = await relayTo(server.endpoint);
    const client = await rawClient(link.endpoint);
    client.end();
    expect(Buffer.concat(await client.toArray()).includes('after your FIN')).toBe(true);
    for (const end of ['clientEnd', 'serverEnd'] as const) {
      expect(await seen(link.history, endedAt(end))).toMatchObject({ by: 'client', how: 'fin' });
    }
  });

  test('by the server is named so at both taps', async () => {
    await using server = await rawServer((socket) => socket.end(publish('bye')));
    await using link = await relayTo(server.endpoint);
    const client = await rawClient(link.endpoint);
    expect(Buffer.concat(await client.toArray()).includes('bye')).toBe(true);
    client.end();
    for (const end of ['clientEnd', 'serverEnd'] as const) {
      expect(await seen(link.history, endedAt(end))).toMatchObject({ by: 'server', how: 'fin' });
    }
  });

  test.each(['client', 'server'] as const)('by RST of the %s reaches the other side as RST', async (who) => {
    const atServer = Promise.withResolvers<Socket>();
    await using server = await rawServer((socket) => atServer.resolve(socket.resume()));
    await using link = await relayTo(server.endpoint);
    const client = (await rawClient(link.endpoint)).resume();
    const accepted = await atServer.promise;
    await seen(link.history, openedAt('serverEnd'));
    const [from, to] = who === 'client' ? [client, accepted] : [accepted, client];
    const felt = new Promise((resolve) => to.once('error', resolve));
    from.resetAndDestroy();
    expect(await felt).toMatchObject({ code: 'ECONNRESET' });
    for (const end of ['clientEnd', 'serverEnd'] as const) {
      expect(await seen(link.history, endedAt(end))).toMatchObject({ by: who, how: 'rst' });
    }
  });

  test('by the passage is the doing of the link, at the end where it acted', async () => {
    const passages: PassageEnds[] = [];
    await using server = await rawServer((socket) => socket.resume());
    await using link = await relayTo(server.endpoint, {
      createPassage(ends) {
        passages.push(ends);
        ends.endClient('rst');
        return { fromClient() {}, fromServer() {}, clientEnded() {}, serverEnded() {} };
      },
    });
    await turnedAway(link.endpoint);
    expect(await seen(link.history, endedAt('clientEnd'))).toMatchObject({ by: 'link', how: 'rst' });
    expect(link.history.events.some(endedAt('serverEnd'))).toBe(false);
    passages[0]?.endServer('fin');
    expect(await seen(link.history, endedAt('serverEnd'))).toMatchObject({ by: 'link', how: 'fin' });
  });

  test('by the bench, when the relay goes', async () => {
    await using server = await rawServer((socket) => socket.resume());
    const link = await relayTo(server.endpoint);
    const client = (await rawClient(link.endpoint)).resume();
    client.write(publish('x').slice(0, 4));
    await seen(link.history, openedAt('serverEnd'));
    client.on('end', () => client.end());
    await Promise.all([closed(client), link[Symbol.asyncDispose]()]);
    for (const end of ['clientEnd', 'serverEnd'] as const) {
      expect(await seen(link.history, endedAt(end))).toMatchObject({ by: 'bench' });
    }
  });
});

describe('a new connection', () => {
  test('is reset when the server refuses, and the history says why', async () => {
    const gone = await rawServer(() => {});
    await gone[Symbol.asyncDispose]();
    await using link = await relayTo(gone.endpoint);
    await turnedAway(link.endpoint);
    const ended = await seen(link.history, endedAt('clientEnd'));
    expect(ended).toMatchObject({ by: 'server', how: 'rst' });
    expect(ended.detail).toContain('no connection to 127.0.0.1');
  });

  test('is reset, or hangs without an answer, as the link wants it', async () => {
    const admissions = ['reset', 'mute'] as const;
    let dialled = 0;
    await using server = await rawServer(() => void (dialled += 1));
    await using link = await relayTo(server.endpoint, { admit: (id) => admissions[id === 'c1' ? 0 : 1] });
    await turnedAway(link.endpoint);
    expect(await seen(link.history, endedAt('clientEnd'))).toMatchObject({ by: 'link', how: 'rst', connection: 'c1' });
    const muted = (await rawClient(link.endpoint)).resume();
    muted.write(publish('anybody?'));
    await seen(link.history, (it): it is HistoryEvent => it.kind === 'packet');
    muted.end();
    await closed(muted);
    const endings = link.history.events.filter((it) => it.kind === 'ended');
    expect(endings[1]).toMatchObject({ by: 'client', connection: 'c2' });
    expect(dialled).toBe(0);
  });
});

test('and none of all these left a socket open', async () => {
  // Closed handles go at the end of a turn or two; one that leaked would keep this test until its timeout.
  while (openHandles().length > handlesBefore) await new Promise((resolve) => setImmediate(resolve));
  expect(openHandles().length).toBe(handlesBefore);
});
