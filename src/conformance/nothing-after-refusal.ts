// Checks of one shape: a CONNECT that is refused, and packets in one piece with it, which must come to nothing.
import type { StatementId } from '../spec/statement.ts';
import type { Slice } from '../judge/slice.ts';
import { encode, type Spoil } from '../wire/encode.ts';
import type { Connect, Packet } from '../wire/packet.ts';
import type { CheckBench, ConnectOptions, ScriptedClient } from './bench.ts';
import type { Check, Need } from './check.ts';
import { all, isOverBefore, type Judgement } from './judgement.ts';

const sentinel = 'sentinel';
const forbidden = 'must not come';

/** Publishes a sentinel on each topic and waits until the observer has it: what was to be seen before it has come. */
export async function fence(
  bench: CheckBench,
  publisher: ScriptedClient,
  observer: ScriptedClient,
  topics: readonly string[],
): Promise<void> {
  for (const topic of topics) {
    await publisher.publish({ topic, payload: sentinel, qos: 1 });
    await observer.delivery(topic, sentinel);
  }
  await bench.quiet();
}

/** A message that nobody should ever get. */
export const unwanted = (topic: string, retain = false): Packet => ({
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain,
  topic,
  packetId: 1,
  payload: Buffer.from(forbidden),
});

/** For {@link unwanted} messages. */
export const isForbidden = ({ payload }: { readonly payload: Uint8Array }): boolean =>
  Buffer.from(payload).toString() === forbidden;

/** For the messages of a {@link fence}. */
export const isSentinel = ({ payload }: { readonly payload: Uint8Array }): boolean =>
  Buffer.from(payload).toString() === sentinel;

/** A CONNECT that the server may not accept. */
export interface RefusedConnect {
  /** Name of the client that sends it. */
  readonly name: string;
  readonly what: string;
  connect(bench: CheckBench): readonly [Connect, Spoil?];
}

const NOTHING: StatementId = 'MQTT-3.1.4-5';
const nothingAccept =
  'no answer to what follows a refused CONNECT, and neither a subscriber of then nor one of later sees it';

const topicBehind = (bench: CheckBench, { name }: RefusedConnect): string => bench.topic(`behind/${name}`);

/** What is refused, and what behind it must come to nothing. */
export interface NothingAfterRefusal {
  readonly id: string;
  readonly title: string;
  readonly refused: readonly RefusedConnect[];
  /** The message behind it asks to be retained, and is looked for afterwards too. */
  readonly retain: boolean;
  /** Where it happens; default: the plain listener. */
  readonly variant?: ConnectOptions['variant'];
  readonly needs?: readonly Need[];
}

/** The check that a PUBLISH and a SUBSCRIBE in one piece with a refused CONNECT come to nothing. */
export function nothingAfterRefusal({ id, title, refused, retain, variant, needs = [] }: NothingAfterRefusal): Check {
  const way: ConnectOptions = variant === undefined ? {} : { variant };
  return {
    id,
    title,
    section: '3.1.4',
    statements: [NOTHING],
    needs: [...needs, 'qos1', ...(retain ? (['retain'] as const) : [])],
    group: 'parallel',
    accept: [nothingAccept],
    async drive(bench) {
      const topics = refused.map((it) => topicBehind(bench, it));
      const filters = Object.fromEntries(topics.map((topic) => [topic, 1 as const]));
      const observer = await bench.connect('observer', way);
      await observer.subscribe(filters);
      const publisher = await bench.connect('sentinel', way);
      await Promise.all(
        refused.map(async (it) => {
          const filter = bench.topic(`from/${it.name}`);
          const client = await bench.open(it.name, way);
          const pieces = [
            encode(...it.connect(bench)),
            encode(unwanted(topicBehind(bench, it), retain)),
            encode({ type: 'SUBSCRIBE', packetId: 2, subscriptions: [{ filter, qos: 1 }] }),
          ];
          await client.sendIllegal(`${it.what}, and more behind it`, Buffer.concat(pieces));
          await client.closedByServer();
        }),
      );
      await fence(bench, publisher, observer, topics);
      if (!retain) return;
      // One that is rightly retained goes the same way: without it, nothing tells whether the server keeps any.
      const kept = bench.topic('kept');
      await publisher.publish({ topic: kept, payload: sentinel, qos: 1, retain: true });
      const late = await bench.connect('late', way);
      await late.subscribe({ ...filters, [kept]: 1 });
      await late.delivery(kept, sentinel);
      await bench.quiet();
      for (const topic of [...topics, kept]) await publisher.publish({ topic, payload: '', qos: 1, retain: true });
    },
    judge: (slice) => refused.map((it) => judgeNothing(slice, it)),
  };
}

function judgeNothing(slice: Slice, { name, what }: RefusedConnect): Judgement {
  const connection = slice.client(name);
  const code = connection.received('CONNACK').at(0)?.packet.returnCode;
  const answer = connection.packets.find((it) => it.direction === 'toClient' && it.packet?.type !== 'CONNACK');
  const seenBy = ['observer', 'late'].flatMap((watcher) => slice.connectionsOf(watcher));
  const onTopic = seenBy.flatMap((it) => it.received('PUBLISH', ({ topic }) => topic.endsWith(`/behind/${name}`)));
  const effect = onTopic.find(({ packet }) => isForbidden(packet));
  const isLateServed = slice.connectionsOf('late').every((it) => it.received('PUBLISH', isSentinel).length > 0);
  const isFenced = onTopic.some(({ packet }) => isSentinel(packet)) && isLateServed;
  const outcomes = [
    ...(answer ? [`the server answered with ${answer.packet?.type ?? 'bytes'}`] : []),
    ...(effect ? ['a subscriber got the message'] : []),
  ];
  const isRefused = code === undefined ? connection.ended?.by === 'server' : code !== 0;
  const [verdict, actual]: readonly [Judgement['verdict'], string] =
    // Where the CONNECT is accepted, which is judged elsewhere, it is right to go on.
    code === 0
      ? ['notExercised', 'it was accepted']
      : outcomes.length > 0
        ? ['fail', outcomes.join(', ')]
        : !isRefused
          ? ['notExercised', 'it was neither refused nor closed on']
          : isFenced && !isOverBefore(connection)
            ? ['pass', 'nothing came of it']
            : ['inconclusive', 'nothing came of it, but a sentinel on the same way did not come either'];
  return {
    statement: NOTHING,
    verdict,
    expected: [nothingAccept],
    actual: `behind ${what}: ${actual}`,
    connection: connection.id,
    evidence: { events: [...all(connection).events, ...(effect ? [effect.seq] : [])] },
    count: 1,
  };
}
