// A journal from which one event was taken out does not give the same accounts: nothing that matters stands there once only.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { HistoryEvent, PacketSeen } from '../../../src/history/event.ts';
import { frameOf } from '../../../src/history/packet-of.ts';
import { runScenario } from '../../../src/run/complete-run.ts';
import { Account } from '../../../src/scenario/expectations/account.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-deletions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sensor = (name: string, qos: number, more: string): string =>
  `  ${name}: { kind: sensor, broker: hub, ${more} topic: site/${name}, qos: ${qos}, interval: 200ms,
    signal: { unit: bar, start: 4, step: 0.8, min: 0, max: 9 }, reconnect: { base: 20ms, cap: 50ms } }
`;

const scenario = `name: deletions
question: Does each event count?
brokers: { hub: { target: embedded } }
links:
  near: { delay: 10ms }
  far: { delay: 15ms }
devices:
  room: { kind: subscriber, broker: hub, link: far, filters: { 'site/#': 2 }, reconnect: { base: 20ms, cap: 50ms } }
  hall: { kind: subscriber, broker: hub, filters: { 'site/#': 2 } }
${sensor('zero', 0, 'link: near,')}${sensor('one', 1, 'link: near,')}${sensor('two', 2, 'link: near,')}${sensor('plain', 1, '')}
timeline:
  - { at: 300ms, cut: near, how: rst }
  - { at: 500ms, restore: near }
  - { at: 700ms, cut: far, how: rst }
  - { at: 850ms, restore: far }
duration: 1200ms
settle: 1s
`;

/** Everything that accounts come to, but for times and the numbers of events. */
function accounts(events: Iterable<HistoryEvent>, from: string, to: string): string {
  const account = new Account({ from, to, lostAtMost: 100, duplicatedAtMost: 100, unplacedAtMost: 0 });
  for (const event of events) account.step(event);
  const { placed, contradictions, unacknowledged, unconfirmed } = account.balance();
  return JSON.stringify({
    verdict: account.end().verdict,
    places: placed.map(({ place, trail }) => [trail.meant.topic, trail.meant.ordinal, place.place, place.says]),
    contradictions: contradictions.map((it) => it.says),
    unacknowledged,
    unconfirmed,
  });
}

const isOf = (event: PacketSeen, clients: ReadonlyMap<string, string>, ...names: readonly string[]): boolean =>
  names.includes(clients.get(event.connection) ?? '');

test('every packet and every intent of the parties counts', { timeout: 180_000 }, async () => {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, scenario);
  const { events: all, failure } = await runScenario({
    scenario: file,
    reportDir: join(folder, 'run'),
    signal: new AbortController().signal,
  });
  expect(failure).toBeUndefined();
  const events = all.slice(0, all.findIndex((it) => it.kind === 'mark' && it.name === 'settled') + 1);
  const clients = new Map(events.flatMap((it) => (it.kind === 'opened' ? [[it.connection, it.client] as const] : [])));
  const pairs = [
    ['zero', 'hall'],
    ['one', 'room'],
    ['two', 'room'],
    ['plain', 'hall'],
  ] as const;
  for (const [from, to] of pairs) {
    const whole = accounts(events, from, to);
    expect(JSON.parse(whole)).toMatchObject({ verdict: 'pass', contradictions: [] });
    const mine = events.filter((it) =>
      it.kind === 'packet' ? isOf(it, clients, from, to) : it.kind === 'intent' && it.part === from,
    );
    const unnoticed = mine.filter((it) => accounts(without(events, it), from, to) === whole);
    // What a tap saw last of a direction leaves no hole. All else is noticed, and most of these too:
    const last = unnoticed.filter((it) => it.kind === 'packet').filter((it) => isLast(it, events));
    expect(last).toEqual(unnoticed);
    const unexplained = last.filter(
      (it) =>
        !isSentAgain(it, events) &&
        !isBeforeCut(it, events) &&
        !isUnfinished(it, events) &&
        !isOfOthers(it, events, from),
    );
    expect(unexplained.map(wordsOf)).toEqual([]);
    expect(mine.length).toBeGreaterThan(10 * unnoticed.length);
  }
});

/** The journal as if the event had never been written. */
const without = (events: readonly HistoryEvent[], event: HistoryEvent): readonly HistoryEvent[] =>
  events.filter((it) => it !== event).map((it, index) => ({ ...it, seq: index + 1 }));

const isSameTap = (one: PacketSeen, other: HistoryEvent): other is PacketSeen =>
  other.kind === 'packet' &&
  other.connection === one.connection &&
  other.direction === one.direction &&
  other.seenAt === one.seenAt;

const isLast = (event: PacketSeen, events: readonly HistoryEvent[]): boolean =>
  !events.some((it) => isSameTap(event, it) && it.seq > event.seq);

/** A copy that a cut swallowed, or an acknowledgement that somebody repeats: it stands at the same kind of tap once more. */
function isSentAgain(event: PacketSeen, events: readonly HistoryEvent[]): boolean {
  const isCopy = (it: HistoryEvent): boolean =>
    it.kind === 'packet' &&
    it !== event &&
    it.direction === event.direction &&
    it.seenAt === event.seenAt &&
    contentOf(it) === contentOf(event);
  return events.some(isCopy);
}

/** What a repetition has in common with the first: a PUBLISH may come with another packet id and DUP. */
function contentOf(event: PacketSeen): string {
  const { packet } = frameOf(event);
  return packet?.type === 'PUBLISH' ? `${packet.topic} ${Buffer.from(packet.payload).toString('hex')}` : event.bytes;
}

/** A step of an exchange that the books close upon: its last packet has not come back to who began it. */
function isUnfinished(event: PacketSeen, events: readonly HistoryEvent[]): boolean {
  const packet = frameOf(event).packet;
  if (packet === undefined || !('packetId' in packet) || packet.type === 'PUBLISH') return false;
  return !events.some((it) => {
    if (it.kind !== 'packet' || it.connection !== event.connection || !isAtReceivingEnd(it)) return false;
    const last = frameOf(it).packet;
    return (last?.type === 'PUBACK' || last?.type === 'PUBCOMP') && last.packetId === packet.packetId;
  });
}

const isAtReceivingEnd = ({ seenAt, direction }: PacketSeen): boolean =>
  seenAt === 'wire' || (seenAt === 'serverEnd') === (direction === 'toServer');

/** An acknowledgement that came through just before its connection was cut, or did not: the exchange was taken up again. */
const isBeforeCut = (event: PacketSeen, events: readonly HistoryEvent[]): boolean =>
  frameOf(event).packet?.type !== 'PUBLISH' &&
  events.some((it) => it.kind === 'ended' && it.connection === event.connection && it.seq > event.seq);

/** The receiver's exchange about a message of somebody else. */
function isOfOthers(event: PacketSeen, events: readonly HistoryEvent[], from: string): boolean {
  const packet = frameOf(event).packet;
  if (packet?.type === 'PUBLISH') return !packet.topic.startsWith(`site/${from}/`);
  if (packet === undefined || !('packetId' in packet)) return false;
  // A packet id outlives its connection.
  const clientOf = (connection: string): string | undefined =>
    events.flatMap((it) => (it.kind === 'opened' && it.connection === connection ? [it.client] : []))[0];
  const client = clientOf(event.connection);
  const topics = events.flatMap((it) => {
    const carried = it.kind === 'packet' && clientOf(it.connection) === client ? frameOf(it).packet : undefined;
    return carried?.type === 'PUBLISH' && carried.packetId === packet.packetId ? [carried.topic] : [];
  });
  return topics.length > 0 && !topics.some((it) => it.startsWith(`site/${from}/`));
}

function wordsOf(event: HistoryEvent): string {
  if (event.kind !== 'packet') return event.kind;
  return `${event.seq} ${frameOf(event).packet?.type ?? 'bytes'} ${event.direction} at ${event.seenAt} ${event.connection}`;
}
