// A login run leaves its password nowhere: not in the journal, not in a report of any kind, not on a command line.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from '../../src/bench/bench.ts';
import { checks } from '../../src/conformance/checks.ts';
import { saying } from '../../src/conformance/judgement.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import type { StartedBroker } from '../../src/parts/part.ts';
import { capture } from '../../src/report/capture.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { reporters, writeWith } from '../../src/report/write-reports.ts';
import { completeRun } from '../../src/run/complete-run.ts';
import { judgeRun } from '../../src/run/judge-run.ts';
import { prepareConformance } from '../../src/run/prepared-run.ts';
import { need } from '../support/needs.ts';
import { search, searchFolder, type Secret } from '../support/secret-search.ts';

describe('a run with a login', need('mosquitto'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'fieldbench-secrets-'));
  const secrets: Secret[] = [];
  const commandLines: string[] = [];
  let events: readonly HistoryEvent[] = [];
  let shown = '';

  beforeAll(async () => {
    const prepared = prepareConformance({ targets: ['mosquitto'], select: 'acl/*' });
    const drive = (bench: Bench): Promise<void> =>
      prepared.drive(
        watchedBench(bench, (broker) => {
          secrets.push(...loginsIn(broker.variants));
          commandLines.push(...allCommandLines());
        }),
      );
    const signal = AbortSignal.timeout(60_000);
    const completed = await completeRun(
      { ...prepared, drive },
      {
        reportDir: folder,
        signal,
        watch: (event) => void (tellsOfStarts(event) && commandLines.push(...allCommandLines())),
      },
    );
    if (completed.failure !== undefined) throw completed.failure;
    ({ events } = completed);
    const run = judgeRun(events, withCheckThatShowsLogins());
    await writeWith([...reporters, capture], run, events, folder);
    shown = terminalReport(run, { colour: false, folder, events }).join('\n');
  }, 90_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('used it: the CONNECTs with it are in the history, and shown as evidence', () => {
    expect(secrets.length).toBeGreaterThan(0);
    for (const { password } of secrets) expect(password.length).toBeGreaterThan(15);
    expect(events.filter((it) => it.kind === 'packet' && it.masked !== undefined).length).toBeGreaterThan(2);
    expect(shown).toMatch(/CONNECT .*user '/);
    expect(readFileSync(join(folder, 'results.json'), 'utf8')).toContain('** ** **');
  });

  test('leaves it in no file, in no form', () => {
    const outputs = ['journal.ndjson', ...reporters.map((it) => it.output), capture.output];
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(outputs));
    for (const secret of secrets) expect(searchFolder(folder, secret)).toEqual([]);
  });

  test('prints it nowhere, nor stands it on a command line of this machine', () => {
    expect(commandLines.some((it) => it.includes('mosquitto'))).toBe(true);
    for (const secret of secrets) {
      expect(search('the terminal', Buffer.from(shown), secret)).toEqual([]);
      expect(search('a command line', Buffer.from(commandLines.join('\n')), secret)).toEqual([]);
    }
  });

  test('and a search would have found it', () => {
    const [secret] = secrets;
    const connect = events.find((it) => it.kind === 'packet' && it.masked !== undefined);
    if (secret === undefined || connect?.kind !== 'packet') throw new Error('the run had a login');
    const bytes = Buffer.from(connect.bytes, 'base64');
    for (const [start, length] of connect.masked ?? [])
      bytes.set(Buffer.from(secret.password).subarray(0, length), start);
    const unmasked = JSON.stringify({ ...connect, bytes: bytes.toString('base64') });
    expect(search('it', Buffer.from(unmasked), secret)).toContain('inside of base64 in it');
  });
});

/** The moments at which something may have been started. */
function tellsOfStarts({ kind }: HistoryEvent): boolean {
  return kind === 'check' || kind === 'part';
}

/** The bench, with every broker that it starts told before anybody uses it. */
function watchedBench(bench: Bench, onStarted: (broker: StartedBroker) => void): Bench {
  return new Proxy(bench, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = value.apply(target, args);
        if (key !== 'startTarget' && key !== 'startAnother') return result;
        return (result as Promise<StartedBroker>).then((broker) => {
          onStarted(broker);
          return broker;
        });
      };
    },
  });
}

/** Every login anywhere in what a broker offers. */
function loginsIn(value: unknown): readonly Secret[] {
  if (typeof value !== 'object' || value === null) return [];
  const { userName, password } = value as Partial<Secret>;
  const own = typeof userName === 'string' && typeof password === 'string' ? [{ userName, password }] : [];
  return [...own, ...Object.values(value).flatMap(loginsIn)];
}

/** What `ps` would show, of every process that may be looked at. */
function allCommandLines(): readonly string[] {
  const pids = readdirSync('/proc').filter((it) => /^\d+$/.test(it));
  return pids.flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')];
    } catch {
      return []; // It has ended.
    }
  });
}

/** The checks with a judge that calls every CONNECT wrong, so that each is shown wherever evidence is. */
function withCheckThatShowsLogins(): typeof checks {
  return checks.map((check) => ({
    ...check,
    judge: (slice) =>
      ['denied1', 'denied2', 'permitted'].map((client) => {
        const connection = slice.client(client);
        return saying(['no login'], { connection })('fail', 'a login', connection.sent('CONNECT')[0]);
      }),
  }));
}
