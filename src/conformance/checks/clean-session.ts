// Checks of section 3.1.2.4 and 3.1.3.1: which session a connection begins with, and what is in it.
import type { Finding } from '../../judge/finding.ts';
import type { Slice, SliceConnection } from '../../judge/slice.ts';
import type { StatementId } from '../../spec/statement.ts';
import { highestQos, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { forget } from '../forget.ts';

type Judgement = Omit<Finding, 'by' | 'check' | 'target'>;

/** A session with one subscription, left behind by a client that said goodbye. */
const leaveSession = async (bench: CheckBench, name: string, filter: string): Promise<void> => {
  const client = await bench.connect(name, { cleanSession: false });
  await client.subscribe({ [filter]: 1 });
  await client.disconnect();
};

/** A further subscription, behind whose message anything owed to an older one would have come. */
const sentinelFor = async (client: ScriptedClient, publisher: ScriptedClient, topic: string): Promise<void> => {
  await client.subscribe({ [topic]: 1 });
  await publisher.publish({ topic, payload: 'sentinel', qos: 1 });
  await client.delivery(topic, 'sentinel');
};

/** CleanSession of two connections of one client id, one after the other; only the first kind keeps its session. */
const transitions = [
  { name: 'kept-kept', first: false, second: false },
  { name: 'kept-clean', first: false, second: true },
  { name: 'clean-kept', first: true, second: false },
  { name: 'clean-clean', first: true, second: true },
] as const;

type Transition = (typeof transitions)[number];

/** Both connections of a transition, with a subscription made on the first; the second may take the first one over. */
const transition = async (
  bench: CheckBench,
  it: Transition,
  publisher: ScriptedClient,
  ending: 'left' | 'taken-over',
): Promise<void> => {
  const name = `${it.name}-${ending}`;
  const topic = bench.topic(name);
  const first = await bench.connect(name, { cleanSession: it.first });
  await first.subscribe({ [topic]: 1 });
  if (ending === 'left') await first.disconnect();
  const second = await bench.open(name, { cleanSession: it.second });
  await second.send(bench.connectPacket(name, { cleanSession: it.second }));
  // A take-over that is refused shows nothing of this transition, and takes nothing from the others.
  if ((await second.next('CONNACK'))?.returnCode !== 0) return;
  await publisher.publish({ topic, payload: 'for the first', qos: 1 });
  if (!it.first && !it.second) await second.delivery(topic, 'for the first');
  await sentinelFor(second, publisher, bench.topic(`${name}/end`));
};

const transitionStatements = ['MQTT-3.1.4-3', 'MQTT-3.1.2-6', 'MQTT-3.2.2-1', 'MQTT-3.2.2-3'] as const;

/** A server may close on an error that passes (MQTT-4.8.0-2): what such a pair would have shown stays unknown. */
function judgeNotAccepted(slice: Slice): readonly Judgement[] {
  const seconds = transitions.flatMap(({ name }) =>
    ['left', 'taken-over'].flatMap((ending) => slice.connectionsOf(`${name}-${ending}`).at(1) ?? []),
  );
  const missed = seconds.filter((it) => it.received('CONNACK', ({ returnCode }) => returnCode === 0).length === 0);
  const isAll = missed.length === seconds.length;
  return missed.flatMap((it) => {
    const found = {
      verdict: isAll ? 'inconclusive' : 'warn',
      expected: ['CONNACK with code 0 for the second connection of each pair'],
      actual: `${it.client}: no CONNACK with code 0, so that this pair shows nothing`,
      connection: it.id,
      evidence: { events: it.packets.map(({ seq }) => seq) },
      count: 1,
    } as const;
    return isAll ? transitionStatements.map((statement) => ({ ...found, statement })) : [found];
  });
}

/** Client ids of a check are its own and this run's, so that no session can be older than its first CONNECT. */
function judgeNeverSeen(slice: Slice): readonly Judgement[] {
  const connection = slice.connectionsOf('new').at(0);
  const connack = connection?.received('CONNACK', (it) => it.returnCode === 0).at(0);
  if (connection === undefined || connack === undefined) return [];
  const isPresent = connack.packet.sessionPresent;
  const expected = 'Session Present 0 for a client id that was never used';
  const actual = `Session Present ${isPresent ? 1 : 0}`;
  return [judgement('MQTT-3.2.2-3', connection, isPresent ? 'fail' : 'pass', expected, actual, [connack.seq])];
}

const hasQueued = (it: SliceConnection): boolean =>
  it.received('PUBLISH', ({ topic }) => topic.endsWith(`/${it.client}`)).length > 0;

/** Whose messages a connection got: those of its own client id, with which it was subscribed before, and no others. */
function judgeWhose(slice: Slice, name: string, nth: number, own?: string): Judgement {
  const connection = slice.connectionsOf(name).at(nth) ?? slice.client(name);
  const got = (topic: string) => connection.received('PUBLISH', (it) => it.topic.endsWith(`/${topic}`)).at(0);
  const foreign = ['twin', 'other'].filter((it) => it !== own).flatMap((it) => got(it) ?? []);
  const mine = own === undefined ? undefined : got(own);
  const sentinel = got('end');
  const expected =
    own === undefined ? 'no message of a session of another client id' : `the messages for ${own}, and no others`;
  const say = (verdict: Judgement['verdict'], actual: string, seen: readonly { readonly seq: number }[]): Judgement =>
    judgement(
      'MQTT-3.1.3-2',
      connection,
      verdict,
      expected,
      actual,
      seen.map((it) => it.seq),
    );
  if (foreign.length > 0) return say('fail', 'a message of another session came', foreign);
  if (sentinel === undefined) return say('inconclusive', 'not even a message for a new subscription came', []);
  if (own !== undefined && mine === undefined) {
    // A session that was found without its queue is another statement's matter, where each was.
    const isFound = connection.received('CONNACK').at(0)?.packet.sessionPresent === true;
    const isAlone = slice.connections.some((it) => it.client !== own && hasQueued(it));
    return say(isFound && !isAlone ? 'inconclusive' : 'fail', 'its own did not come', [sentinel]);
  }
  return say('pass', 'as expected', [...(mine === undefined ? [] : [mine]), sentinel]);
}

function judgement(
  statement: StatementId,
  connection: SliceConnection,
  verdict: Judgement['verdict'],
  expected: string,
  actual: string,
  events: readonly number[],
): Judgement {
  return {
    statement,
    verdict,
    expected: [expected],
    actual,
    connection: connection.id,
    evidence: { events },
    count: 1,
  };
}

export const cleanSessionChecks: readonly Check[] = [
  {
    id: 'connect/session-resumed',
    title: 'a second connection with CleanSession 0 finds the session of the first',
    section: '3.1.2.4',
    statements: ['MQTT-3.1.2-4', 'MQTT-3.2.2-2', 'MQTT-4.1.0-1'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: ['CONNACK with Session Present 1, and a message for the old subscription arrives without a new SUBSCRIBE'],
    async drive(bench) {
      const topic = bench.topic('news');
      await leaveSession(bench, 'sub', topic);
      const back = await bench.connect('sub', { cleanSession: false });
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic, payload: 'welcome back', qos: 1 });
      await back.delivery(topic, 'welcome back');
      await back.disconnect();
      await forget(bench, 'sub');
    },
  },
  {
    id: 'connect/session-unknown',
    title: 'a client id that was never seen has no session',
    section: '3.2.2.2',
    statements: ['MQTT-3.2.2-3'],
    needs: ['session'],
    group: 'parallel',
    accept: ['CONNACK with Session Present 0'],
    async drive(bench) {
      await (await bench.connect('new', { cleanSession: false })).disconnect();
      await (await bench.connect('new', { cleanSession: true })).disconnect();
      // The clean session took the stored one with it.
      await (await bench.connect('new', { cleanSession: false })).disconnect();
      await forget(bench, 'new');
    },
    judge: judgeNeverSeen,
  },
  {
    id: 'connect/clean-session-starts-afresh',
    title: 'CleanSession 1 discards the stored session and what waited in it',
    section: '3.1.2.4',
    statements: ['MQTT-3.1.2-6', 'MQTT-3.2.2-1', 'MQTT-3.1.4-3'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: ['CONNACK with Session Present 0; neither queued messages nor later ones for the old subscription arrive'],
    async drive(bench) {
      const old = bench.topic('old');
      await leaveSession(bench, 'sub', old);
      const publisher = await bench.connect('pub');
      await publisher.publish({ topic: old, payload: 'queued', qos: 1 });
      const fresh = await bench.connect('sub', { cleanSession: true });
      await publisher.publish({ topic: old, payload: 'live', qos: 1 });
      await sentinelFor(fresh, publisher, bench.topic('sentinel'));
      await bench.quiet();
    },
  },
  {
    id: 'connect/clean-session-transitions',
    title: 'of two connections in turn only the pair with CleanSession 0 twice shares a session',
    section: '3.1.4',
    statements: transitionStatements,
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: [
      'after CleanSession 0 twice: Session Present 1, and the subscription of the first connection delivers',
      'after the other three pairs: Session Present 0, and that subscription is gone',
      'the same when the second connection takes over a live one',
    ],
    async drive(bench) {
      const publisher = await bench.connect('pub');
      for (const it of transitions) {
        await transition(bench, it, publisher, 'left');
        await transition(bench, it, publisher, 'taken-over');
      }
      await bench.quiet();
      await forget(bench, ...transitions.flatMap(({ name }) => [`${name}-left`, `${name}-taken-over`]));
    },
    judge: judgeNotAccepted,
  },
  {
    id: 'connect/offline-queue',
    title: 'QoS 1 and 2 messages wait for a persistent session that is away',
    section: '3.1.2.4',
    statements: ['MQTT-3.1.2-5', 'MQTT-4.5.0-1'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: ['after the return every message arrives, at the lower of published and granted QoS'],
    async drive(bench) {
      const topic = bench.topic('queue');
      const away = await bench.connect('sub', { cleanSession: false });
      await away.subscribe({ [topic]: highestQos(bench) });
      await away.disconnect();
      const publisher = await bench.connect('pub');
      const messages = Array.from({ length: 10 }, (_, n) => `message ${n + 1}`);
      for (const [n, payload] of messages.entries()) {
        await publisher.publish({ topic, payload, qos: n % 2 === 0 ? 1 : highestQos(bench) });
      }
      const back = await bench.connect('sub', { cleanSession: false });
      await Promise.all(messages.map((payload) => back.delivery(topic, payload)));
      await bench.quiet();
      await back.disconnect();
      await forget(bench, 'sub');
    },
  },
  {
    id: 'connect/client-id-names-the-session',
    title: 'two client ids that differ by case have two sessions',
    section: '3.1.3.1',
    statements: ['MQTT-3.1.3-2'],
    needs: ['session', 'qos1'],
    group: 'parallel',
    accept: ['each client resumes its own subscription and queue only; a near-identical id gets nothing of either'],
    async drive(bench) {
      const publisher = await bench.connect('pub');
      for (const name of ['twin', 'other']) {
        await leaveSession(bench, name, bench.topic(name));
        await publisher.publish({ topic: bench.topic(name), payload: `for ${name}`, qos: 1 });
      }
      const near = await bench.connect('Twin', { cleanSession: false });
      await sentinelFor(near, publisher, bench.topic('Twin/end'));
      await bench.quiet();
      await near.disconnect();
      for (const name of ['twin', 'other']) {
        const back = await bench.connect(name, { cleanSession: false });
        await back.delivery(bench.topic(name), `for ${name}`);
        await sentinelFor(back, publisher, bench.topic(`${name}/end`));
        await bench.quiet();
        await back.disconnect();
      }
      await forget(bench, 'Twin', 'twin', 'other');
    },
    judge: (slice) => [
      judgeWhose(slice, 'Twin', 0),
      ...['twin', 'other'].map((name) => judgeWhose(slice, name, 1, name)),
    ],
  },
];
