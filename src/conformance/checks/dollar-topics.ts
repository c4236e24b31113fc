// Checks of section 4.7.2: filters that begin with a wildcard leave topics that begin with $ alone.
import type { Slice, SliceConnection } from '../../judge/slice.ts';
import type { PacketOf, Publish } from '../../wire/packet.ts';
import { filterMatches } from '../../wire/topic.ts';
import type { CheckBench, ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../judgement.ts';

const wildcards = ['#', '+/x', '+/#', '+/+'];
const expected = ['no message on a topic that begins with $ for a filter that begins with a wildcard'];
const unsafe = 'subscribes to # and publishes on a topic that begins with $';

/** A topic of the run's own that begins with `$`, and that all of the filters would match without it. */
const dollarTopic = (bench: CheckBench): string => `$${bench.topic('x')}`;

/** Those who see whether there is anything to be left alone: by the exact filter, and by what the server itself says. */
const witnesses = async (bench: CheckBench): Promise<readonly ScriptedClient[]> =>
  Promise.all(
    [dollarTopic(bench), '$SYS/#'].map(async (filter, index) => {
      const client = await bench.connect(`exact ${index}`);
      await client.subscribe({ [filter]: 1 });
      return client;
    }),
  );

/** Published by a client of its own each time: a server may well close on it. */
const publishDollar = async (bench: CheckBench, payload: string, retain: boolean): Promise<void> => {
  const publisher = await bench.connect(`publisher of ${payload === '' ? 'nothing' : payload}`);
  await publisher.publish({ topic: dollarTopic(bench), payload, qos: 1, retain });
};

const sentinel = async (bench: CheckBench): Promise<void> => {
  const publisher = await bench.connect('sentinel');
  await publisher.publish({ topic: bench.topic('x'), payload: 'end', qos: 1 });
};

/** Many servers deny `#` to everybody: then there is nothing to wait for. */
const isGranted = (suback: PacketOf<'SUBACK'> | undefined): boolean =>
  suback?.returnCodes.every((code) => code <= 2) === true;

const connected: Check = {
  id: 'topics/dollar-not-matched',
  title: 'no filter that begins with a wildcard gets live or retained messages on topics that begin with $',
  section: '4.7.2',
  statements: ['MQTT-4.7.2-1'],
  needs: ['qos1', 'retain', 'wildcards'],
  group: 'alone',
  unsafe,
  accept: expected,
  async drive(bench) {
    await publishDollar(bench, 'retained', true);
    const watchers = await Promise.all(
      wildcards.map(async (filter) => {
        const client = await bench.connect(`watcher ${filter}`);
        return isGranted(await client.subscribe({ [filter]: 1 })) ? [client] : [];
      }),
    );
    const [exact] = await witnesses(bench);
    await publishDollar(bench, 'live', false);
    await exact?.delivery(dollarTopic(bench), 'live');
    await sentinel(bench);
    await Promise.all(watchers.flat().map((it) => it.delivery(bench.topic('x'), 'end')));
    await bench.quiet();
    await publishDollar(bench, '', true);
  },
  judge: (slice) =>
    wildcards.map((filter) => {
      const watcher = slice.client(`watcher ${filter}`);
      return judgeWatcher(slice, { filter, asked: watcher, watcher, isProof: () => true });
    }),
};

const queued: Check = {
  id: 'topics/dollar-not-queued',
  title:
    'no filter that begins with a wildcard gets messages on topics that begin with $ queued for a client that is away',
  section: '4.7.2',
  statements: ['MQTT-4.7.2-1'],
  needs: ['qos1', 'session', 'wildcards'],
  group: 'alone',
  unsafe,
  accept: expected,
  async drive(bench) {
    const kept = { cleanSession: false } as const;
    const before = await bench.connect('away', kept);
    const suback = await before.subscribe({ '#': 1 });
    await before.disconnect();
    const [exact] = await witnesses(bench);
    await publishDollar(bench, 'while away', false);
    await exact?.delivery(dollarTopic(bench), 'while away');
    await sentinel(bench);
    const after = await bench.connect('away', kept);
    if (isGranted(suback)) await after.delivery(bench.topic('x'), 'end');
    await bench.quiet();
    await after.disconnect();
    await (await bench.connect('away')).disconnect();
  },
  judge(slice) {
    const [asked, watcher] = slice.connectionsOf('away');
    if (asked === undefined || watcher === undefined) return [];
    // What is kept for new subscribers shows nothing: only a live message could have been queued.
    return [judgeWatcher(slice, { filter: '#', asked, watcher, isProof: ({ retain }) => !retain })];
  },
};

const onDollar = (connection: SliceConnection) => connection.received('PUBLISH', ({ topic }) => topic.startsWith('$'));

interface Watched {
  readonly filter: string;
  /** The connection that asked for the filter, and the one that would have got what it must not. */
  readonly asked: SliceConnection;
  readonly watcher: SliceConnection;
  /** Whether a message that a witness got could have come to the watcher too, as far as the filter is not concerned. */
  readonly isProof: (seen: Publish) => boolean;
}

function judgeWatcher(slice: Slice, { filter, asked, watcher, isProof }: Watched): Judgement {
  const say = (verdict: Judgement['verdict'], actual: string, events: readonly number[]): Judgement => ({
    statement: 'MQTT-4.7.2-1',
    verdict,
    expected,
    actual: `${filter}: ${actual}`,
    connection: watcher.id,
    evidence: { events },
    count: 1,
  });
  const came = onDollar(watcher).at(0);
  if (came !== undefined) return say('fail', `got a PUBLISH on ${JSON.stringify(came.packet.topic)}`, [came.seq]);
  const denied = asked.received('SUBACK', ({ returnCodes }) => returnCodes.includes(0x80)).at(0);
  if (denied !== undefined) return say('notExercised', 'SUBACK with 0x80', [denied.seq]);
  const end = watcher.received('PUBLISH', ({ payload }) => Buffer.from('end').equals(payload)).at(0);
  if (end === undefined) return say('inconclusive', 'got nothing else either', []);
  // Only the $ must stand between the message and the filter: `+/x` never matches what has three levels.
  const isTelling = (seen: Publish): boolean => isProof(seen) && filterMatches(filter, seen.topic.slice(1));
  const proof = ['exact 0', 'exact 1']
    .flatMap((name) => onDollar(slice.client(name)))
    .findLast(({ packet }) => isTelling(packet));
  if (proof === undefined) return say('notExercised', 'no message on such a topic was to be had', [end.seq]);
  const topic = JSON.stringify(proof.packet.topic);
  return say('pass', `got its other messages, and not the one on ${topic}`, [proof.seq, end.seq]);
}

export const dollarTopicChecks: readonly Check[] = [connected, queued];
