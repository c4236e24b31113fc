// Checks of section 3.3.2 and 4.7.1: wildcards belong to filters, and no topic name with one gets through.
import type { Slice, SliceConnection } from '../../judge/slice.ts';
import type { StatementId } from '../../spec/statement.ts';
import type { Publish, Will } from '../../wire/packet.ts';
import { effectMs, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../judgement.ts';

/** A PUBLISH with a wildcard in its topic name, sent by a client of its own. */
interface Case {
  readonly path: string;
  readonly qos: 0 | 1;
}

const cases: readonly Case[] = ['a/+', 'a/#', 'a/+/b', '+', '#', 'a+b'].flatMap((path) =>
  ([0, 1] as const).map((qos) => ({ path, qos })),
);

const nameOf = ({ path, qos }: Case): string => `${path} at QoS ${qos}`;

const inPublish = ['MQTT-3.3.2-2', 'MQTT-4.7.1-1'] as const;

/** Watches everything below the check's prefix. */
const observerOf = async (bench: CheckBench): Promise<ScriptedClient> => {
  const client = await bench.connect('observer');
  await client.subscribe({ [bench.topic('#')]: 1 });
  return client;
};

/** A later message, by a fresh client: what was to be forwarded would have come before. */
const sentinel = async (bench: CheckBench, observer: ScriptedClient): Promise<void> => {
  const publisher = await bench.connect('sentinel');
  await publisher.publish({ topic: bench.topic('end'), payload: 'end', qos: 1 });
  await observer.delivery(bench.topic('end'), 'end');
  await bench.quiet();
};

const say = (
  statements: readonly StatementId[],
  verdict: Judgement['verdict'],
  expected: readonly string[],
  actual: string,
  { id }: SliceConnection,
  events: readonly number[],
): readonly Judgement[] =>
  statements.map((statement) => ({
    statement,
    verdict,
    expected,
    actual,
    connection: id,
    evidence: { events },
    count: 1,
  }));

const publishing: Check = {
  id: 'topics/wildcard-in-publish',
  title: 'a PUBLISH with a wildcard in its topic name ends the connection and is not forwarded',
  section: '3.3.2',
  statements: [...inPublish, 'MQTT-4.8.0-1'],
  needs: ['qos1', 'wildcards'],
  group: 'parallel',
  accept: ['the server closes the connection, acknowledges nothing and forwards nothing'],
  async drive(bench) {
    const observer = await observerOf(bench);
    await Promise.all(cases.map((it) => driveCase(bench, observer, it)));
    await sentinel(bench, observer);
  },
  judge: (slice) => cases.flatMap((it) => judgeCase(slice, it)),
};

async function driveCase(bench: CheckBench, observer: ScriptedClient, it: Case): Promise<void> {
  const client = await bench.connect(nameOf(it));
  const legal = { topic: bench.topic('legal'), payload: `legal: ${nameOf(it)}` };
  await client.publish({ ...legal, qos: 1 });
  await observer.delivery(legal.topic, legal.payload);
  await client.sendIllegal(`PUBLISH on ${it.path}`, {
    type: 'PUBLISH',
    dup: false,
    retain: false,
    qos: it.qos,
    ...(it.qos > 0 && { packetId: 9 }),
    topic: bench.topic(it.path),
    payload: Buffer.from(`illegal: ${nameOf(it)}`),
  });
  await client.closedByServer();
}

function judgeCase(slice: Slice, it: Case): readonly Judgement[] {
  const publisher = slice.client(nameOf(it));
  const observer = slice.client('observer');
  const illegal = Buffer.from(`illegal: ${nameOf(it)}`);
  const sent = publisher.sent('PUBLISH', ({ payload }) => illegal.equals(payload)).at(0);
  const { ended } = publisher;
  const judged = (
    statements: readonly StatementId[],
    verdict: Judgement['verdict'],
    actual: string,
    shown: { readonly seq: number } | undefined,
  ): readonly Judgement[] => {
    const events = [sent, shown].flatMap((each) => (each === undefined ? [] : [each.seq]));
    return say(statements, verdict, publishing.accept, `${it.path} at QoS ${it.qos}: ${actual}`, publisher, events);
  };
  if (sent === undefined || (ended !== undefined && ended.seq < sent.seq)) {
    return judged(publishing.statements, 'inconclusive', 'the connection was over before it was sent', ended);
  }
  // The close is owed whatever became of the message, and that is 4.8.0-1 alone.
  const isServed = slice.client('sentinel').received('PUBACK').length > 0;
  const close =
    ended?.by === 'server'
      ? judged(['MQTT-4.8.0-1'], 'pass', 'a close', ended)
      : judged(['MQTT-4.8.0-1'], isServed ? 'fail' : 'inconclusive', 'the connection stayed open', undefined);
  const forwarded = payloads(observer, illegal).at(0);
  if (forwarded !== undefined) {
    const topic = JSON.stringify(forwarded.packet.topic);
    return [...judged(inPublish, 'fail', `the message was delivered as ${topic}`, forwarded), ...close];
  }
  const acknowledged = publisher.received('PUBACK', ({ packetId }) => packetId === 9).at(0);
  if (acknowledged !== undefined) {
    return [...judged(inPublish, 'fail', 'the server answered PUBACK', acknowledged), ...close];
  }
  const isWatched = payloads(observer, `legal: ${nameOf(it)}`).length > 0 && payloads(observer, 'end').length > 0;
  if (!isWatched) {
    return judged(publishing.statements, 'inconclusive', 'the observer did not get what is legal either', undefined);
  }
  // Dropped in silence: the name had no effect.
  return [...judged(inPublish, isServed ? 'pass' : 'inconclusive', 'nothing was forwarded', ended), ...close];
}

const payloads = (observer: SliceConnection, text: string | Uint8Array) =>
  observer.received('PUBLISH', ({ payload }: Publish) => Buffer.from(text).equals(payload));

const willText = 'a will on a topic with a wildcard';
const legalWillText = 'a will on a legal topic';

const willing: Check = {
  id: 'topics/wildcard-in-will',
  title: 'a will topic with a wildcard is refused, and never published',
  section: '4.7.1',
  statements: ['MQTT-4.7.1-1', 'MQTT-3.3.2-2'],
  needs: ['qos1', 'will', 'wildcards'],
  group: 'parallel',
  accept: [
    'the server closes the connection, or refuses it in CONNACK',
    'CONNACK with code 0, and the will is not published (reported as warn)',
  ],
  async drive(bench) {
    const observer = await observerOf(bench);
    const willOn = (path: string, text: string): Will => ({
      topic: bench.topic(path),
      payload: Buffer.from(text),
      qos: 1,
      retain: false,
    });
    const control = await bench.connect('control', { will: willOn('will/legal', legalWillText) });
    const client = await bench.open('owner');
    const connect = bench.connectPacket('owner', { will: willOn('will/+', willText) });
    await client.sendIllegal('a will topic with a wildcard', connect);
    const isAccepted = await client.connected().then(
      () => true,
      () => false,
    );
    if (isAccepted) {
      await client.abort('rst');
      // When the will of somebody who left after it has come, this one had its time.
      await control.abort('rst');
      await observer.delivery(bench.topic('will/legal'), legalWillText, effectMs(bench));
    } else await client.closedByServer();
    await sentinel(bench, observer);
  },
  judge(slice) {
    const owner = slice.client('owner');
    const observer = slice.client('observer');
    const asked = owner.sent('CONNECT').map(({ seq }) => seq);
    const judged = (verdict: Judgement['verdict'], actual: string, events: readonly number[]): readonly Judgement[] =>
      say(['MQTT-4.7.1-1'], verdict, willing.accept, actual, owner, [...asked, ...events]);
    const published = payloads(observer, willText).at(0);
    if (published !== undefined) {
      return judged('fail', `the will was published on ${JSON.stringify(published.packet.topic)}`, [published.seq]);
    }
    if (payloads(observer, 'end').length === 0) return judged('inconclusive', 'the observer got nothing at all', []);
    const connack = owner.received('CONNACK').at(0);
    if (connack?.packet.returnCode === 0) {
      const [legal] = payloads(observer, legalWillText);
      if (legal === undefined) return judged('inconclusive', 'no legal will was published either', [connack.seq]);
      return judged('warn', 'CONNACK with code 0, and no will', [connack.seq, legal.seq]);
    }
    if (connack !== undefined) return judged('pass', `CONNACK with code ${connack.packet.returnCode}`, [connack.seq]);
    if (owner.ended?.by === 'server') return judged('pass', 'a close', [owner.ended.seq]);
    return judged('fail', 'neither an answer nor a close, while others were served', []);
  },
};

export const topicWildcardChecks: readonly Check[] = [publishing, willing];
