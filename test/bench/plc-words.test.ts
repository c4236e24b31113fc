// What a timeline can do to a PLC alone, played on real parts: the control room sees it through its gateways.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import { runScenario, type CompletedRun } from '../../src/run/complete-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-plc-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scenario = new URL('plc-words.yaml', import.meta.url).pathname;
let done: CompletedRun;
beforeAll(async () => {
  done = await runScenario({ scenario, reportDir: folder, signal: new AbortController().signal });
}, 60_000);

const marks = (name: string) => done.events.flatMap((it) => (it.kind === 'mark' && it.name === name ? [it] : []));
const phases = () => new Map(marks('phase').map((it) => [it.data?.['phase'], it.seq]));

/** What the control room heard on a topic between two phases. */
function heard(topic: string, from: string, to: string): readonly string[] {
  const [begin = Infinity, end = -Infinity] = [phases().get(from), phases().get(to)];
  return done.events.flatMap((it) => (it.seq > begin && it.seq < end ? payloadOf(it, topic) : []));
}

function payloadOf(it: HistoryEvent, topic: string): readonly string[] {
  const packet = it.kind === 'packet' && it.direction === 'toClient' ? frameOf(it).packet : undefined;
  return packet?.type === 'PUBLISH' && packet.topic === topic ? [Buffer.from(packet.payload).toString()] : [];
}

test('everything that was done was seen, in its order', () => {
  expect(done.failure).toBeUndefined();
  const order = ['forced', 'free', 'absent', 'present', 'clash', 'alone', 'line-b', 'line-a', 'kept', 'back', 'cold'];
  expect([...phases().keys()]).toEqual([...order, 'pulled', 'still', 'plugged']);
});

test('a dip that is held up is no start; a longer one is, and what is retained stays', () => {
  expect(marks('brown-out').map((it) => it.data?.['why'])).toEqual(['20 ms, held up', '200 ms, longer than 50 ms']);
  expect(heard('first/kept', 'kept', 'back')).toEqual([]);
});

test('a cable that is pulled silences its port alone', () => {
  expect(heard('first/scans', 'pulled', 'still')).toEqual([]);
  expect(heard('second/scans', 'pulled', 'still').length).toBeGreaterThan(0);
  expect(heard('second/plc', 'cold', 'plugged')).not.toContain('lost');
});

test('what could not be done is noted', () => {
  expect(marks('not-done').map((it) => it.data)).toMatchObject([
    { step: 'plant has no supply for 100 ms', why: 'plant has no power' },
    { step: 'plant loses unit 1 of its rack', why: 'there is no unit 1 in the rack' },
  ]);
});
