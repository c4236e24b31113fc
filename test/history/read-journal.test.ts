// Damaged, torn and hostile journals: what can be read is read, and nothing trips the reader.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FieldbenchError, errorText } from '../../src/error.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import { readJournal } from '../../src/history/read-journal.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldbench-read-'));
  file = join(folder, 'journal.ndjson');
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = {
  seq: 1,
  tMs: 0,
  kind: 'run',
  schema: 1,
  runId: 'r1',
  fieldbench: '0.1.0',
  mode: 'conform',
  seed: 7,
  startedAt: '',
  clock: '',
  command: '',
  parameters: {},
  provenance: {},
};
const packet = {
  seq: 2,
  tMs: 1,
  kind: 'packet',
  connection: 'c1',
  direction: 'toServer',
  seenAt: 'wire',
  offset: 0,
  bytes: 'wAA=',
};
const end = { seq: 9, tMs: 5, kind: 'end', how: 'completed' };

const lines = (...values: readonly unknown[]): string =>
  values.map((it) => (typeof it === 'string' ? `${it}\n` : `${JSON.stringify(it)}\n`)).join('');

async function read(text: string | Uint8Array): Promise<HistoryEvent[]> {
  writeFileSync(file, text);
  return Array.fromAsync(readJournal(file));
}

async function refusalOf(text: string | Uint8Array): Promise<FieldbenchError> {
  const error: unknown = await read(text).catch((it: unknown) => it);
  if (!(error instanceof FieldbenchError)) throw new Error('it was read', { cause: error });
  return error;
}

/** A journal whose run is held beside a baseline with this verdict. */
function beside(verdict: string): string {
  const targets = [{ name: 'broker', version: '', verdicts: { [verdict]: ['x/y'] } }];
  const baseline = { file: '', runId: '', startedAt: '', fieldbench: '', targets };
  return lines({ ...run, gate: { today: '2027-03-31', failOn: ['fail'], baseline } }, end);
}

describe('reading a journal', () => {
  test('gives its events; missing numbers do not matter', async () => {
    expect(await read(lines(run, packet, end))).toEqual([run, packet, end]);
  });

  test('shows a torn last line as a gap', async () => {
    const events = await read(lines(run, packet) + '{"seq":3,"tMs":2,"kind":"pac');
    expect(events.at(-1)).toMatchObject({
      kind: 'gap',
      seq: 3,
      tMs: 1,
      why: expect.stringContaining(`${file}:3`) as string,
    });
  });

  test.each([
    ['no JSON', '{"seq":3'],
    ['no object', '[]'],
    ['an unknown kind', { ...packet, kind: 'telepathy' }],
    ['an empty packet', { ...packet, bytes: '' }],
    ['bytes that are not base64', { ...packet, bytes: '<b>' }],
    ['more left out than a packet can hold', { ...packet, omittedB: 1e12 }],
    ['a mask that is no range', { ...packet, masked: [[0]] }],
    ['a field of another type', { ...packet, connection: {} }],
    ['an inherited kind', { ...packet, kind: '__proto__' }],
    ['a number that was there', { ...packet, seq: 1 }],
    ['a second run', { ...run, seq: 3 }],
  ])('shows a damaged line as a gap and goes on: %s', async (_, damaged) => {
    const events = await read(lines(run, damaged, end));
    expect(events.map((it) => it.kind)).toEqual(['run', 'gap', 'end']);
    expect(events[1]).toMatchObject({ why: expect.stringContaining(`${file}:2: `) as string });
  });

  test('passes over a line too long to be an event', async () => {
    const events = await read(lines(run, 'x'.repeat(17 * 1024 * 1024), end));
    expect(events.map((it) => it.kind)).toEqual(['run', 'gap', 'end']);
  });

  test.each([
    ['an empty file', '', ':1:1'],
    ['another format', lines('{"a": 1, oops}', run), ':1:10'],
    ['another schema', lines({ ...run, schema: 2 }), ':1:1'],
    ['a journal without its beginning', lines(packet, end), ':1:1'],
    ['bytes', Uint8Array.of(0xff, 0xd8, 0x00, 0x0a), ':1:1'],
  ])('refuses what is no journal, with its place: %s', async (_, text, place) => {
    const error = await refusalOf(text);
    expect(error.code).toBe('FB_JOURNAL');
    expect(errorText(error).startsWith(`${file}${place} `)).toBe(true);
  });

  test('takes a baseline with verdicts that there are, and no other', async () => {
    expect(await read(beside('notExercised'))).toHaveLength(2);
    for (const word of ['maybe', 'toString']) {
      const { code, actual } = await refusalOf(beside(word));
      expect([code, actual]).toEqual(['FB_JOURNAL', 'gate is missing or not what it should be']);
    }
  });

  test('refuses a file that is not there', async () => {
    const missing = Array.fromAsync(readJournal(join(folder, 'nothing')));
    await expect(missing).rejects.toMatchObject({ code: 'FB_JOURNAL' });
  });

  test('never fails behind the first line, and every packet it lets through can be decoded', async () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.base64String(),
      fc.constantFrom('c1', 'toServer', 'toClient', 'wire', 3, 99),
    );
    const hostile = fc.record({
      seq: fc.nat(99),
      kind: fc.constant('packet'),
      tMs: field,
      connection: field,
      direction: fc.constantFrom('toServer', 'toClient'),
      seenAt: field,
      offset: fc.nat(),
      bytes: fc.base64String({ maxLength: 80 }),
      omittedB: fc.option(fc.nat(5000), { nil: undefined }),
    });
    const line = fc.oneof(hostile, fc.record({ seq: fc.nat(), tMs: fc.nat(), connection: field }), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (damage) => {
        const events = await read(lines(run, ...damage.map((it) => JSON.stringify(it)), { ...end, seq: 1e9 }));
        expect(events.length).toBe(damage.length + 2);
        for (const event of events) if (event.kind === 'packet') frameOf(event);
      }),
      { numRuns: 200 },
    );
  });
});
