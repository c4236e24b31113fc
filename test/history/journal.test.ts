// A journal outlives kill -9, ends cleanly on a full disk and at its cap, and never overwrites an earlier one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FieldbenchError } from '../../src/error.ts';
import type { EventDraft, HistoryEvent } from '../../src/history/event.ts';
import { openJournal } from '../../src/history/journal.ts';
import { readJournal } from '../../src/history/read-journal.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fieldbench-journal-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const run: EventDraft = {
  kind: 'run',
  schema: 1,
  runId: 'r1',
  fieldbench: '0.1.0',
  mode: 'scenario',
  seed: 7,
  startedAt: '2026-01-01T00:00:00Z',
  clock: 'machine-monotonic',
  command: 'fieldbench run x.yaml --seed 7',
  parameters: { quietMs: 300 },
  provenance: { node: '24' },
};
const mark = (name: string): EventDraft => ({ kind: 'mark', name });

const journalIn = (name = 'journal.ndjson', maxB?: number) =>
  openJournal({ file: join(folder, name), nowMs: () => 1.23456, ...(maxB !== undefined && { maxB }) });

async function read(file: string): Promise<HistoryEvent[]> {
  return Array.fromAsync(readJournal(file));
}

/** A Node of its own that runs `source`, under a limit of the shell where one is given. */
function childWith(source: string, limit = ':') {
  const module = JSON.stringify(new URL('../../src/history/journal.ts', import.meta.url));
  const code = `const { openJournal } = await import(${module});\n${source}`;
  const script = `trap '' XFSZ; ${limit}; exec "$0" --input-type=module -e "$1"`;
  return spawn('sh', ['-c', script, process.execPath, code], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function inChild(source: string, limit: string): Promise<string> {
  const child = childWith(source, limit);
  const [said] = await Promise.all([child.stdout.setEncoding('utf8').toArray(), once(child, 'exit')]);
  return said.join('');
}

async function codeOf(work: () => unknown): Promise<FieldbenchError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof FieldbenchError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a journal', () => {
  test('gives back what was recorded, numbered and timed, as its watchers saw it', async () => {
    const journal = journalIn();
    const watched: HistoryEvent[] = [];
    journal.watch((event) => watched.push(event));
    for (const draft of [run, mark('é\n'), { ...mark('b'), tMs: 9 } as EventDraft]) journal.record(draft);
    journal.close();
    journal.record(mark('too late'));
    const events = await read(journal.file);
    expect(events).toEqual(watched);
    expect(events.map((it) => [it.seq, it.tMs])).toEqual([
      [1, 1.235],
      [2, 1.235],
      [3, 9],
    ]);
  });

  test('is on disk at the end of the turn that recorded it, without being closed', async () => {
    const journal = journalIn();
    journal.record(run);
    expect(readFileSync(journal.file, 'utf8')).toBe('');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(readFileSync(journal.file, 'utf8')).toMatch(/^\{.*\}\n$/);
    journal.close();
  });

  test('outlives kill -9 of the process that writes it', async () => {
    const file = join(folder, 'journal.ndjson');
    const child = childWith(
      `const journal = openJournal({ file: ${JSON.stringify(file)}, nowMs: () => 0 });
      journal.record(${JSON.stringify(run)});
      for (let i = 0; i < 100; i += 1) journal.record({ kind: 'mark', name: String(i) });
      setImmediate(() => console.log('recorded'));
      setInterval(() => {}, 1000);`,
    );
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await read(file)).toHaveLength(101);
  });

  test('ends at its cap with one truncated event; the end of the run still fits', async () => {
    const journal = journalIn('small.ndjson', 2000);
    journal.record(run);
    for (let i = 0; i < 100; i += 1) journal.record(mark(`m${i}`));
    journal.record({ kind: 'end', how: 'completed' });
    journal.close();
    const kinds = (await read(journal.file)).map((it) => it.kind);
    expect(journal.truncated).toContain('2000 B');
    expect(kinds.filter((it) => it === 'truncated')).toHaveLength(1);
    expect(kinds.slice(-2)).toEqual(['truncated', 'end']);
    expect(readFileSync(journal.file).length).toBeLessThan(2500);
  });

  test.skipIf(process.platform === 'win32')(
    'survives a disk that is full: whole lines stay, and watchers learn of it',
    async () => {
      const file = join(folder, 'journal.ndjson');
      const said = await inChild(
        `const watched = [];
      const journal = openJournal({ file: ${JSON.stringify(file)}, nowMs: () => 0 });
      journal.watch((event) => watched.push(event.kind));
      journal.record(${JSON.stringify(run)});
      for (let i = 0; i < 300; i += 1) journal.record({ kind: 'mark', name: String(i) });
      journal.flush();
      journal.record({ kind: 'mark', name: 'lost' });
      journal.close();
      console.log(JSON.stringify({ truncated: journal.truncated, last: watched.at(-1) }));`,
        'ulimit -f 8', // 4 KiB: the largest file that the child may write
      );
      expect(JSON.parse(said)).toEqual({
        truncated: expect.stringContaining('could not be written'),
        last: 'truncated',
      });
      const text = readFileSync(file, 'utf8');
      expect(text.endsWith('}\n')).toBe(true);
      expect((await read(file)).every((it) => it.kind === 'run' || it.kind === 'mark' || it.kind === 'truncated')).toBe(
        true,
      );
      expect(text.length).toBeGreaterThan(3500);
    },
  );

  test('is never written over an earlier one', async () => {
    journalIn().close();
    const error = await codeOf(() => journalIn());
    expect(error).toMatchObject({ code: 'FB_REPORT_FOLDER', hint: expect.stringContaining('--report') as string });
  });

  test('says in one sentence that its folder cannot be written', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const error = await codeOf(() => openJournal({ file: join(file, 'journal.ndjson'), nowMs: () => 0 }));
    expect(error.code).toBe('FB_REPORT_FOLDER');
  });
});
