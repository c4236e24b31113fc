// Checks of one shape: filters that are well encoded and still not allowed, each on a connection of its own, beside legal ones.
import type { StatementId } from '../spec/statement.ts';
import type { Slice, SliceConnection } from '../judge/slice.ts';
import type { CheckBench, ScriptedClient } from './bench.ts';
import type { Check } from './check.ts';
import type { Judgement } from './judgement.ts';

/** A check that filters which the standard rules out are not granted. */
export interface IllegalFilters extends Pick<Check, 'id' | 'title' | 'section' | 'needs' | 'group' | 'unsafe'> {
  readonly statement: StatementId;
  readonly request: 'SUBSCRIBE' | 'UNSUBSCRIBE';
  readonly illegal: (bench: CheckBench) => readonly string[];
  /** Legal filters that look like them: who closes on these too has not told them apart. */
  readonly legal: (bench: CheckBench) => readonly string[];
}

const acceptOf = {
  SUBSCRIBE: ['the server closes the connection', 'SUBACK with 0x80 for the filter (reported as warn)'],
  UNSUBSCRIBE: ['the server closes the connection', 'UNSUBACK, without effect (reported as warn)'],
} as const;
const acceptLegal = 'the legal filter is accepted, or denied by 0x80 as a matter of policy while others are accepted';

/** The check behind {@link IllegalFilters}. */
export function illegalFilters(it: IllegalFilters): Check {
  return {
    id: it.id,
    title: it.title,
    section: it.section,
    statements: [it.statement],
    needs: it.needs,
    group: it.group,
    ...(it.unsafe !== undefined && { unsafe: it.unsafe }),
    accept: acceptOf[it.request],
    async drive(bench) {
      const legal = it.legal(bench).map((filter, index) => askLegal(bench, it, filter, index));
      await Promise.all(legal);
      const illegal = it.illegal(bench).map((filter, index) => askIllegal(bench, it, filter, index));
      await Promise.all(illegal);
      await bench.connect('witness');
    },
    judge: (slice) => [
      ...judgeLegal(slice, it),
      ...casesOf(slice, 'illegal').map((connection) => judgeIllegal(slice, it, connection)),
    ],
  };
}

async function askLegal(bench: CheckBench, it: IllegalFilters, filter: string, index: number): Promise<void> {
  const client = await bench.connect(`legal ${index}`);
  if (it.request === 'SUBSCRIBE') await client.subscribe({ [filter]: 1 });
  else await client.unsubscribe(filter);
}

async function askIllegal(bench: CheckBench, it: IllegalFilters, filter: string, index: number): Promise<void> {
  const client: ScriptedClient = await bench.connect(`illegal ${index}`);
  const why = `${it.request} with ${JSON.stringify(filter)}`;
  const packetId = 7;
  if (it.request === 'UNSUBSCRIBE') await client.sendIllegal(why, { type: it.request, packetId, filters: [filter] });
  else await client.sendIllegal(why, { type: it.request, packetId, subscriptions: [{ filter, qos: 1 }] });
  // Nothing is sent behind it: the close decides, and an answer shows in the history.
  await client.closedByServer();
}

const casesOf = (slice: Slice, word: string): readonly SliceConnection[] =>
  slice.connections.filter((connection) => connection.client.startsWith(`${word} `));

/**
 * The control. Code 0x80 needs no reason: a server may deny a legal filter (many deny `#`) and breaks nothing by it, but
 * one that denies every one of them shows nothing, nor does one that closes: it may have met a transient error
 * (MQTT-4.8.0-2).
 */
function judgeLegal(slice: Slice, it: IllegalFilters): readonly Judgement[] {
  const cases = casesOf(slice, 'legal');
  const refused = cases.filter((connection) => !isAccepted(connection, it));
  const isOpenly = (connection: SliceConnection): boolean => connection.received(answerTo(it)).length > 0;
  return refused.map((connection) => ({
    statement: it.statement,
    verdict: refused.length < cases.length && isOpenly(connection) ? 'notExercised' : 'inconclusive',
    expected: [acceptLegal],
    actual: `${filterOf(connection, it)}: ${answerText(connection, it)}`,
    connection: connection.id,
    evidence: { events: eventsOf(connection) },
    count: 1,
  }));
}

function judgeIllegal(slice: Slice, it: IllegalFilters, connection: SliceConnection): Judgement {
  const { verdict, why } = verdictOn(slice, it, connection);
  return {
    statement: it.statement,
    verdict,
    expected: acceptOf[it.request],
    actual: `${filterOf(connection, it)}: ${answerText(connection, it)}${why}`,
    connection: connection.id,
    evidence: { events: eventsOf(connection) },
    count: 1,
  };
}

function verdictOn(
  slice: Slice,
  it: IllegalFilters,
  connection: SliceConnection,
): { readonly verdict: Judgement['verdict']; readonly why: string } {
  if (it.request === 'SUBSCRIBE' && isAccepted(connection, it)) {
    return { verdict: 'fail', why: ' (the rule binds the sender, and the server did not hold it to it)' };
  }
  if (connection.sent(it.request).length === 0) {
    return { verdict: 'inconclusive', why: ' before the filter could be sent' };
  }
  if (connection.ended?.by === 'server') return { verdict: 'pass', why: '' };
  if (connection.received(answerTo(it)).length > 0) return { verdict: 'warn', why: ', and the connection stayed open' };
  const isServed = slice.client('witness').received('CONNACK').length > 0;
  const why = isServed ? ', while a fresh connection was served' : ', and a fresh connection was not served either';
  return { verdict: isServed ? 'fail' : 'inconclusive', why };
}

const answerTo = ({ request }: IllegalFilters): 'SUBACK' | 'UNSUBACK' =>
  request === 'SUBSCRIBE' ? 'SUBACK' : 'UNSUBACK';

function isAccepted(connection: SliceConnection, it: IllegalFilters): boolean {
  if (it.request === 'UNSUBSCRIBE') return connection.received('UNSUBACK').length > 0;
  return connection.received('SUBACK', ({ returnCodes }) => returnCodes.some((code) => code <= 2)).length > 0;
}

function answerText(connection: SliceConnection, it: IllegalFilters): string {
  const suback = connection.received('SUBACK').at(0);
  if (suback !== undefined) {
    return `SUBACK with ${suback.packet.returnCodes.map((code) => `0x${code.toString(16).padStart(2, '0')}`).join(' ')}`;
  }
  if (connection.received(answerTo(it)).length > 0) return answerTo(it);
  return connection.ended?.by === 'server' ? 'a close' : 'neither an answer nor a close';
}

function filterOf(connection: SliceConnection, it: IllegalFilters): string {
  const filter =
    it.request === 'SUBSCRIBE'
      ? connection.sent('SUBSCRIBE').at(0)?.packet.subscriptions.at(0)?.filter
      : connection.sent('UNSUBSCRIBE').at(0)?.packet.filters.at(0);
  return filter === undefined ? 'nothing' : JSON.stringify(filter);
}

function eventsOf(connection: SliceConnection): readonly number[] {
  const afterConnack = connection.packets.filter(
    ({ packet }) => packet?.type !== 'CONNECT' && packet?.type !== 'CONNACK',
  );
  const { ended } = connection;
  return [...afterConnack.map(({ seq }) => seq), ...(ended?.by === 'server' ? [ended.seq] : [])];
}
