// Somebody else's broker: what a run may do to it without being told that it may do more, read from what went over the wire.
import { describe, expect, test } from 'vitest';
import { checks } from '../../src/conformance/checks.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { targetOf } from '../../src/bench/target/target.ts';
import type { StartedBroker } from '../../src/parts/part.ts';
import { dial } from '../../src/net/dial.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { testWorld, type TestWorld } from '../parts/brokers/world.ts';
import { need } from '../support/needs.ts';
import { journalOf, resultsOf, Workplace } from './command-line.ts';

/** A name that is meant for the server: a client id, a topic name or a topic filter. */
interface Name {
  readonly kind: 'client id' | 'topic' | 'filter';
  readonly text: string;
}

const textOf = (it: string | Uint8Array): string => (typeof it === 'string' ? it : Buffer.from(it).toString('latin1'));

function namesIn(packet: Packet): readonly Name[] {
  const name = (kind: Name['kind'], it: string | Uint8Array): Name => ({ kind, text: textOf(it) });
  switch (packet.type) {
    case 'CONNECT':
      return [name('client id', packet.clientId), ...(packet.will ? [name('topic', packet.will.topic)] : [])];
    case 'PUBLISH':
      return [name('topic', packet.topic)];
    case 'SUBSCRIBE':
      return packet.subscriptions.map(({ filter }) => name('filter', filter));
    case 'UNSUBSCRIBE':
      return packet.filters.map((filter) => name('filter', filter));
    default:
      return [];
  }
}

/** Packets that the bench sent; bytes that are no packet carry no name that a server could read. */
function sentIn(events: readonly HistoryEvent[]) {
  return events.flatMap((it) => (it.kind === 'packet' && it.direction === 'toServer' ? [frameOf(it)] : []));
}

/**
 * Whether a name can only ever touch what is this run's own: literal text of ours leads it, whatever follows. Empty names
 * name nothing. A separator or a byte order mark before the prefix is what some checks are about: the level behind it is
 * still this run's alone. Where a CONNECT is so malformed that its fields cannot be told apart, the journal masks what
 * might be a password.
 */
function isOwn({ text }: Name, prefix: string): boolean {
  return (
    text === '' || /^(?:\*+|\(masked, of c\d+\))$/.test(text) || text.replace(/^(?:\/|\uFEFF)/, '').startsWith(prefix)
  );
}

const urls: Readonly<Record<string, (broker: StartedBroker) => string>> = {
  'mqtt://': ({ endpoint }) => `mqtt://${endpoint.host}:${endpoint.port}`,
  'ws://': ({ variants: { websocket } }) => `ws://${websocket?.host}:${websocket?.port}${websocket?.path}`,
};

/** Topics of the messages that the broker holds retained; Mosquitto sends them all before it reads the PINGREQ. */
async function retainedAt({ endpoint }: StartedBroker, { context }: TestWorld): Promise<readonly string[]> {
  await using wire = await dial(endpoint, context);
  const decoder = new StreamDecoder('server');
  const topics: string[] = [];
  const over = Promise.withResolvers<void>();
  wire.onPeerEnd(() => over.reject(new Error('the broker has closed')));
  wire.onBytes((chunk) => {
    for (const { packet } of decoder.push(chunk)) {
      if (packet?.type === 'PUBLISH') topics.push(packet.topic);
      if (packet?.type === 'PINGRESP') over.resolve();
    }
  });
  const clientId = 'looks around';
  await wire.send(
    encode({ type: 'CONNECT', protocolName: 'MQTT', protocolLevel: 4, cleanSession: true, keepAliveS: 0, clientId }),
  );
  await wire.send(encode({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: '#', qos: 0 }] }));
  await wire.send(encode({ type: 'PINGREQ' }));
  await over.promise;
  return topics;
}

/** What is kept from somebody else's broker; an opt-in check has to be named by its own id anyway. */
const unsafe = checks
  .filter((it) => it.unsafe !== undefined && it.optIn === undefined)
  .map((it) => it.id)
  .toSorted();

describe('a broker given by its URL', need('mosquitto'), () => {
  test.concurrent.each(Object.keys(urls))(
    '%s meets names of the run alone, and a bounded number of them; nothing retained is left there',
    { timeout: 120_000 },
    async (scheme) => {
      using world = testWorld();
      await using broker = await targetOf('mosquitto').driver.start('theirs', world.context);
      await using place = new Workplace();
      const ended = await place.run(['conform', '--target', urls[scheme]?.(broker) ?? '', '--report', 'run']);
      expect([0, 1]).toContain(ended.code);
      const events = journalOf(place.path('run'));
      const [first] = events;
      const prefix = first?.kind === 'run' ? `fb${first.runId.slice(0, 6)}` : 'no run';
      const sent = sentIn(events);
      const names = sent.flatMap(({ packet }) => (packet ? namesIn(packet) : []));
      expect(names.length).toBeGreaterThan(1000);
      expect(names.filter((it) => !isOwn(it, prefix))).toEqual([]);
      expect(events.filter((it) => it.kind === 'opened').length).toBeLessThan(1000);
      expect(sent.length).toBeLessThan(5000);
      // Topics and client ids of 64 KiB and payloads of 256 KiB are the most of it.
      expect(sent.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(4 * 1024 * 1024);
      expect(await retainedAt(broker, world)).toEqual([]);
      const life = world.events.flatMap((it) => (it.kind === 'part' ? [it.state] : []));
      expect(life).toEqual(['starting', 'ready']);
      const skipped = resultsOf(place.path('run')).targets[0]?.checks.filter((it) => it.verdict === 'skipped') ?? [];
      expect(skipped.map((it) => it.id)).toEqual(expect.arrayContaining(unsafe));
      for (const { id, actual } of skipped.filter((it) => unsafe.includes(it.id))) {
        expect(`${id}: ${actual}`).toMatch(
          /: it [a-z]+s .+; --destructive \S+ says that this broker may be treated so$/,
        );
      }
    },
  );

  test.concurrent('is spared nothing once --destructive names it', { timeout: 60_000 }, async () => {
    using world = testWorld();
    await using broker = await targetOf('mosquitto').driver.start('theirs', world.context);
    await using place = new Workplace();
    const url = urls['mqtt://']?.(broker) ?? '';
    const args = ['conform', '--target', url, '--destructive', url, '--select', unsafe.join(','), '--report', 'run'];
    const ended = await place.run(args);
    expect(ended.code).toBe(0);
    const judged = resultsOf(place.path('run')).targets[0]?.checks ?? [];
    expect(judged.map((it) => it.id).toSorted()).toEqual(unsafe);
    expect(judged.filter((it) => it.verdict === 'skipped')).toEqual([]);
  });
});
