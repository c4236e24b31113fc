// Checks of one shape: a table of topics and filters, one client for each filter, and who must get what.
import type { StatementId } from '../spec/statement.ts';
import type { Slice, SliceConnection } from '../judge/slice.ts';
import type { Publish } from '../wire/packet.ts';
import { filterMatches } from '../wire/topic.ts';
import type { CheckBench } from './bench.ts';
import type { Check } from './check.ts';
import { inLanes } from './in-lanes.ts';
import type { Judgement } from './judgement.ts';

/** A filter and what it matches. Topics and filters are written with `%` where the check's own prefix stands. */
export interface MatchRow {
  readonly filter: string;
  /** Those topics of the table that it matches; all others it does not. */
  readonly matches: readonly string[];
  /** What is broken when it gets something else. */
  readonly statements: readonly StatementId[];
}

/** A check that messages on topics reach those whose filter matches, and nobody else. */
export interface MatchTable extends Pick<Check, 'id' | 'title' | 'section' | 'needs' | 'group' | 'unsafe'> {
  readonly topics: readonly string[];
  readonly rows: readonly MatchRow[];
  /** What it means when the server openly refuses a topic or filter: a remark, or that nothing can be said (default). */
  readonly refused?: 'warn' | 'inconclusive';
  /** The topic or filter that a path stands for; default: the path with the prefix in place of its first `%`. */
  readonly resolve?: (path: string, prefix: string) => string;
}

const accept =
  'each subscriber gets exactly the messages whose topic its filter matches, with the topic byte for byte (where the ' +
  'filter has wildcards, under any topic that it matches)';
const endPath = 'end-of-the-table';

/** A long table opens many connections: answers to them all at once may be later than any timeout. */
const connectsAtOnce = 8;

const withPrefix = (path: string, prefix: string): string => path.replace('%', prefix);

/** Tells the messages of a table apart, whatever became of their topics. */
const payloadOf = (bench: CheckBench, topicIndex: number): string => bench.topic(`message ${topicIndex}`);

/** What is published to a topic again when the first message did not come, for whoever should have got that. */
const againTo = (bench: CheckBench, topicIndex: number, rowIndex: number): string =>
  bench.topic(`message ${topicIndex} again${againFor(rowIndex)}`);
const againFor = (rowIndex: number): string => ` for filter${rowIndex}`;

/** The check behind a {@link MatchTable}. */
export function matchTable(it: MatchTable): Check {
  return {
    id: it.id,
    title: it.title,
    section: it.section,
    statements: [...new Set(it.rows.flatMap(({ statements }) => statements))],
    needs: [...new Set<Check['needs'][number]>(['qos1', ...it.needs])],
    group: it.group,
    ...(it.unsafe !== undefined && { unsafe: it.unsafe }),
    accept: it.refused === 'warn' ? [accept, 'an open refusal, by code 0x80 or a close (reported as warn)'] : [accept],
    drive: (bench) => driveTable(bench, it),
    judge: (slice) => it.rows.flatMap((row, index) => judgeRow(slice, it, row, index)),
  };
}

async function driveTable(bench: CheckBench, { topics, rows, resolve = withPrefix }: MatchTable): Promise<void> {
  const prefix = bench.topic('').slice(0, -1);
  const end = bench.topic(endPath);
  const connected = await inLanes(rows, connectsAtOnce, async ({ filter }, index) => ({
    filter,
    client: await bench.connect(`filter${index}`),
  }));
  const subscribers = await Promise.all(
    connected.map(async ({ filter, client }) => {
      const suback = await client.subscribe({ [resolve(filter, prefix)]: 1 });
      const isGranted = suback?.returnCodes.every((code) => code <= 2) === true;
      if (isGranted) await client.subscribe({ [end]: 1 });
      return isGranted ? client : undefined;
    }),
  );
  // A connection for each topic: a server that ends the one may still serve the others.
  const publishers = await inLanes(topics, connectsAtOnce, async (topic, index) => ({
    topic: resolve(topic, prefix),
    client: await bench.connect(`topic${index}`),
  }));
  const taken = await Promise.all(
    publishers.map(({ topic, client }, index) => client.publish({ topic, payload: payloadOf(bench, index), qos: 1 })),
  );
  const wanted = rows.flatMap(({ matches }, index) =>
    matches.map(async (topic) => {
      const topicIndex = topics.indexOf(topic);
      const subscriber = subscribers[index];
      if (taken[topicIndex] === undefined || subscriber === undefined) return [];
      const came = await subscriber.delivery(resolve(topic, prefix), payloadOf(bench, topicIndex));
      return came === undefined ? [{ subscriber, index, topicIndex, topic: resolve(topic, prefix) }] : [];
    }),
  );
  const missed = (await Promise.all(wanted)).flat();
  const last = await bench.connect('end');
  await last.publish({ topic: end, payload: 'end', qos: 1 });
  await Promise.all(subscribers.flatMap((client) => (client === undefined ? [] : [client.delivery(end, 'end')])));
  // Whether it is the topic, or the server loses a message now and then: only the topic fails twice.
  await Promise.all(
    missed.map(async ({ subscriber, index, topicIndex, topic }) => {
      const payload = againTo(bench, topicIndex, index);
      const publisher = await bench.connect(`again${topicIndex}-${index}`); // The first one may be closed.
      await publisher.publish({ topic, payload, qos: 1 });
      await subscriber.delivery(topic, payload);
    }),
  );
  await bench.quiet();
}

/** One message of the table as the slice shows it. */
interface Sent {
  readonly seq: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly isTaken: boolean;
  /** Not taken over, and the server closed on it. */
  readonly isRefused: boolean;
  readonly isMatched: boolean;
}

function judgeRow(slice: Slice, table: MatchTable, row: MatchRow, index: number): readonly Judgement[] {
  const subscriber = slice.client(`filter${index}`);
  const asked = subscriber.sent('SUBSCRIBE').at(0);
  const askedFor = asked?.packet.subscriptions.at(0)?.filter ?? row.filter;
  const filter = quoted(askedFor);
  const say = (verdict: Judgement['verdict'], actual: string, events: readonly number[]): readonly Judgement[] =>
    row.statements.map((statement) => ({
      statement,
      verdict,
      expected: [accept],
      actual: `${filter}: ${actual}`,
      connection: subscriber.id,
      evidence: { events: [...(asked === undefined ? [] : [asked.seq]), ...events] },
      count: 1,
    }));
  const refused = table.refused ?? 'inconclusive';
  const answer = subscriber.received('SUBACK').at(0);
  if (answer === undefined || answer.packet.returnCodes.some((code) => code > 2)) {
    const how = answer === undefined ? 'no SUBACK' : 'SUBACK with 0x80';
    const isOpen = answer !== undefined || subscriber.ended?.by === 'server';
    return say(isOpen ? refused : 'inconclusive', `${how}, so that nothing can be delivered`, eventsOf(answer));
  }
  const messages = table.topics.flatMap((topic, topicIndex) => sentOn(slice, topicIndex, row.matches.includes(topic)));
  const wrong = messages.flatMap((message) => wrongWith(subscriber, askedFor, message));
  const [first] = wrong;
  if (first !== undefined) return say('fail', wrong.map((it) => it.text).join('; '), first.events);
  const end = subscriber.received('PUBLISH', (it) => it.topic.endsWith(`/${endPath}`)).at(0);
  if (end === undefined) return say('inconclusive', 'the last message of all did not come either', eventsOf(answer));
  const absent = messages.filter((it) => it.isMatched && deliveriesOf(subscriber, it).length === 0);
  const missing = absent.filter((it) => it.isTaken);
  if (missing.length > 0) {
    const topics = missing.map((it) => quoted(it.topic)).join(', ');
    const events = [...missing.map(({ seq }) => seq), end.seq];
    // At QoS 0 any message may be lost.
    const isPromised = answer.packet.returnCodes.every((code) => code > 0);
    const later = subscriber.received('PUBLISH', ({ payload }) =>
      Buffer.from(payload).toString().endsWith(againFor(index)),
    );
    const isLost = missing.every(({ topic }) => later.some(({ packet }) => packet.topic === topic));
    if (isLost)
      return say('inconclusive', `what was published to ${topics} first never came, and what was published again did`, [
        ...events,
        ...later.map(({ seq }) => seq),
      ]);
    if (isPromised) return say('fail', `what was published to ${topics} never came`, events);
    return say('inconclusive', `QoS 0 was granted, and what was published to ${topics} never came`, events);
  }
  const untaken = absent.filter((it) => !it.isTaken);
  if (untaken.length > 0) {
    const topics = untaken.map((it) => quoted(it.topic)).join(', ');
    return say(
      untaken.every((it) => it.isRefused) ? refused : 'inconclusive',
      `the server did not take over what was published to ${topics}`,
      untaken.map(({ seq }) => seq),
    );
  }
  return say('pass', `got ${row.matches.length} of ${messages.length} messages, as it must`, [end.seq]);
}

function sentOn(slice: Slice, topicIndex: number, isMatched: boolean): readonly Sent[] {
  const publisher = slice.client(`topic${topicIndex}`);
  const sent = publisher.sent('PUBLISH').at(0);
  if (sent === undefined) return [];
  const isTaken = publisher.received('PUBACK').length > 0;
  const { topic, payload } = sent.packet;
  const isRefused = !isTaken && publisher.ended?.by === 'server';
  return [{ seq: sent.seq, topic, payload, isTaken, isRefused, isMatched }];
}

const deliveriesOf = (subscriber: SliceConnection, message: Sent) =>
  subscriber.received('PUBLISH', (it: Publish) => Buffer.from(message.payload).equals(it.payload));

/**
 * What should not have come, or came under another name. A server may override the name as long as it still matches
 * (the remark of MQTT-3.3.2-3 belongs to a rule): that leaves it no freedom where the filter has no wildcard.
 */
function wrongWith(
  subscriber: SliceConnection,
  filter: string,
  message: Sent,
): readonly { readonly text: string; readonly events: readonly number[] }[] {
  const came = deliveriesOf(subscriber, message);
  const wrong = message.isMatched ? came.find((it) => !mayBearName(filter, message, it.packet.topic)) : came.at(0);
  if (wrong === undefined) return [];
  const as = wrong.packet.topic === message.topic ? '' : ` as ${quoted(wrong.packet.topic)}`;
  return [{ text: `what was published to ${quoted(message.topic)} came${as}`, events: [message.seq, wrong.seq] }];
}

const mayBearName = (filter: string, { topic }: Sent, name: string): boolean =>
  name === topic || (/[+#]/.test(filter) && filterMatches(filter, name));

const eventsOf = (seen: { readonly seq: number } | undefined): readonly number[] =>
  seen === undefined ? [] : [seen.seq];

/** Long topics are shown by their two ends. */
function quoted(topic: string): string {
  const shown = topic.length > 80 ? `${topic.slice(0, 30)}...${topic.slice(-10)} (${topic.length} characters)` : topic;
  return JSON.stringify(shown);
}
