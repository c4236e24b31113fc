// A check over links: what it does has come to the server before it goes on or is over, and only there is it judged.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { linksOf } from '../../src/bench/linked-connection.ts';
import type { CheckBench } from '../../src/conformance/bench.ts';
import type { Check } from '../../src/conformance/check.ts';
import { driveChecks } from '../../src/conformance/drive-checks.ts';
import { patienceFor } from '../../src/conformance/link-patience.ts';
import { evenProfile, type Outage } from '../../src/faults/link-profile.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import { encode } from '../../src/wire/encode.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { testWorld } from '../parts/brokers/world.ts';

/** Accepts every CONNECT, answers nothing else, and closes behind a client. */
function acceptingServer() {
  return createServer((socket: Socket) => {
    const decoder = new StreamDecoder('client');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const { packet } of decoder.push(chunk))
        if (packet?.type === 'CONNECT') socket.write(encode({ type: 'CONNACK', sessionPresent: false, returnCode: 0 }));
    });
  });
}

/** What the history holds after a check has done this, each connection over 80 ms. */
async function driven(
  drive: (bench: CheckBench, events: readonly HistoryEvent[]) => Promise<void>,
  outages: readonly Outage[] = [],
): Promise<readonly HistoryEvent[]> {
  const server = acceptingServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  using world = testWorld();
  const history = memoryHistory();
  const context = { ...world.context, history };
  const { waits, pace, played } = patienceFor({ ...evenProfile({ delayMs: 80 }), outages }, defaultParameters);
  const check: Check = {
    id: 'a/check',
    title: '',
    section: '',
    statements: [],
    needs: [],
    group: 'parallel',
    accept: [],
    drive: (bench) => drive(bench, history.events),
  };
  await driveChecks(
    [check],
    { name: 'b', server: 'b', endpoint: { host: '127.0.0.1', port }, variants: {}, lacks: new Map() },
    {
      ...context,
      prefix: 'fb',
      connectionIds: connectionIds(),
      parameters: waits,
      pace,
      linkBefore: linksOf(played, context),
    },
  );
  server.close();
  return history.events;
}

const seenThere = (events: readonly HistoryEvent[]): readonly string[] =>
  events.flatMap((it) => {
    if (!('seenAt' in it) || it.seenAt !== 'serverEnd') return [];
    return [
      it.kind === 'packet'
        ? (frameOf(it).packet?.type ?? 'bytes')
        : it.kind === 'ended'
          ? `ended by ${it.by}`
          : it.kind,
    ];
  });

test('what a check sends last has come to the server before its connections end', async () => {
  const events = await driven(async (bench) => {
    const client = await bench.connect('client');
    await client.send({ type: 'PUBACK', packetId: 7 });
  });
  expect(seenThere(events)).toEqual(['opened', 'CONNECT', 'CONNACK', 'PUBACK', 'ended by bench']);
  expect(events.findLast((it) => it.kind === 'check')).toMatchObject({ phase: 'driven' });
});

test.each(['fin', 'rst'] as const)(
  'the server has seen the end (%s) of a client before the check goes on',
  async (how) => {
    let seen: readonly string[] = [];
    await driven(async (bench, events) => {
      const client = await bench.connect('client');
      await client.abort(how);
      seen = seenThere(events);
    });
    expect(seen).toEqual(['opened', 'CONNECT', 'CONNACK', 'ended by client']);
  },
);

test('each connection has a link of its own, named after its check and client; what it carried is not told', async () => {
  const events = await driven(async (bench) => {
    for (const name of ['one', 'one', 'two']) await bench.connect(name);
  });
  const links = events.flatMap((it) => (it.kind === 'opened' && it.seenAt === 'clientEnd' ? [it.link] : []));
  expect(links).toEqual(['even of a/check one 1', 'even of a/check one 2', 'even of a/check two 1']);
  expect(events.filter((it) => it.kind === 'link' || it.kind === 'mark')).toEqual([]);
});

test('a taint and a mark say where in the stream of their client they are', async () => {
  const events = await driven(async (bench) => {
    const client = await bench.connect('client');
    bench.mark('offence', client);
    await client.sendIllegal('on purpose', Uint8Array.of(0, 0));
  });
  const connect = events.find((it) => it.kind === 'packet');
  const offset = Buffer.from(connect?.kind === 'packet' ? connect.bytes : '', 'base64').length;
  expect(events.find((it) => it.kind === 'taint')).toMatchObject({ offset });
  expect(events.find((it) => it.kind === 'mark')).toMatchObject({ offset });
});

test('an outage of a link whose server’s end is in full view is a mark, and no reason to judge less', async () => {
  const outage = { kind: 'schedule', atS: 0.1, lastsS: 0.1, mode: 'freeze' } as const;
  const events = await driven(
    async (bench) => {
      await bench.connect('client');
      await bench.elapse(300);
    },
    [outage],
  );
  expect(events.filter((it) => it.kind === 'link')).toEqual([]);
  const marks = events.flatMap((it) => (it.kind === 'mark' ? [it.data?.['state']] : []));
  expect(marks).toEqual(['frozen', 'up']);
});

test('a target that nobody answers for gives the check up, and leaves no link behind', async () => {
  using world = testWorld();
  const links: AsyncDisposable[] = [];
  const before = linksOf(evenProfile({ delayMs: 5 }), world.context);
  const check: Check = {
    id: 'a/check',
    title: '',
    section: '',
    statements: [],
    needs: [],
    group: 'parallel',
    accept: [],
    drive: async (bench) => void (await bench.connect('client')),
  };
  await driveChecks(
    [check],
    { name: 'b', server: 'b', endpoint: { host: '127.0.0.1', port: 1 }, variants: {}, lacks: new Map() },
    {
      ...world.context,
      prefix: 'fb',
      connectionIds: connectionIds(),
      parameters: { ...defaultParameters, responseTimeoutMs: 100 },
      linkBefore: async (it) => {
        const link = await before(it);
        links.push(link);
        return link;
      },
    },
  );
  expect(world.events.findLast((it) => it.kind === 'check')).toMatchObject({
    phase: 'aborted',
    reason: expect.stringContaining('got a close') as string,
  });
  expect(links).toHaveLength(1);
});
