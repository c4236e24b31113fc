// Targets that refuse, keep silent, flood, lie or die: every wait is bounded, and the report says what it was.
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { need } from '../support/needs.ts';
import { journalOf, processesOf, resultsOf, Workplace, type Ended, type Results } from './command-line.ts';
import * as hostile from './hostile-brokers.ts';

/** What one hostile target came to. */
interface Outcome {
  readonly ended: Ended;
  readonly results: Results;
  /** By the run's own clock: how fast this machine starts a process is no business of these tests. */
  readonly ranMs: number;
  readonly journalB: number;
  readonly page: string;
}

/** Judges a target of this conduct, makes sure that nothing is left of it, and that what was judged is judged alike from its journal. */
async function conformAgainst(conduct: hostile.Conduct, ...args: readonly string[]): Promise<Outcome> {
  await using place = new Workplace();
  await using broker = await hostile.hostileBroker(conduct);
  const ended = await place.run(['conform', '--target', broker.url, '--report', 'run', ...args]);
  const folder = place.path('run');
  expect(place.registeredRuns()).toEqual([]);
  expect(processesOf(folder)).toEqual([]);
  expect(broker.accepted).toBeGreaterThan(0);
  expect(ended.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  const outcome = {
    ended,
    results: resultsOf(folder),
    ranMs: journalOf(folder).at(-1)?.tMs ?? Number.NaN,
    journalB: statSync(place.path('run', 'journal.ndjson')).size,
    page: readFileSync(place.path('run', 'report.html'), 'utf8'),
  };
  if (outcome.results.targets.length === 0) return outcome;
  const again = await place.run(['report', 'run']);
  expect(resultsOf(folder)).toEqual(outcome.results);
  expect(again.code).toBe(outcome.results.exitCode);
  return outcome;
}

const verdictsOf = ({ results }: Outcome): readonly string[] =>
  results.targets.flatMap((it) => it.checks.map((check) => check.verdict));

describe.concurrent('a target that answers in part', need('long'), () => {
  test.concurrent(
    'PINGREQ alone: the whole suite ends in its time, whatever was left open',
    { timeout: 120_000 },
    async () => {
      const outcome = await conformAgainst(hostile.answeringOnly('CONNECT', 'PINGREQ'));
      // Alive, and no SUBACK ever: that is a violation, and no check that waits for one may pass.
      expect(outcome.ended.code).toBe(1);
      expect(outcome.results.targets[0]?.statements).toContainEqual(
        expect.objectContaining({ id: 'MQTT-3.8.4-1', verdict: 'fail' }),
      );
      const left = outcome.results.targets[0]?.checks.filter((it) => it.verdict === 'inconclusive') ?? [];
      expect(left.at(-1)?.actual).toMatch(/not tried, because the time for all checks, 52 s, was over/);
      expect(outcome.ranMs).toBeLessThan(55_000);
    },
  );
});

describe.concurrent('a target that never becomes ready ends with 2, and says what came', need('long'), () => {
  test.concurrent.each<[string, hostile.Conduct, RegExp, number]>([
    ['mute', hostile.mute, /accepted TCP and never answered CONNECT/, 20_000],
    ['closes at once', hostile.closing, /closed the connection without an answer, for 10 s/, 20_000],
    ['half a CONNACK', hostile.halfConnack, /sent 2 of the 4 bytes of a CONNACK and no more/, 20_000],
    ['server unavailable', hostile.refusing(3), /CONNACK with code 3 \(server unavailable\), for 10 s/, 20_000],
    ['not authorized', hostile.refusing(5), /CONNACK with code 5 \(not authorized\)/, 10_000],
    ['garbage', hostile.answering(hostile.garbage), /something that is no CONNACK/, 10_000],
    ['endless 0xFF', (it) => hostile.flood(hostile.allOnes)(it.resume()), /something that is no CONNACK/, 10_000],
  ])('%s', { timeout: 60_000 }, async (_, conduct, came, boundMs) => {
    const { ended, results, ranMs } = await conformAgainst(conduct);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^the broker at mqtt:\/\/127\.0\.0\.1:\d+ did not become ready \[FB_BROKER_START\]$/m);
    expect(ended.stderr).toMatch(came);
    expect(ranMs).toBeLessThan(boundMs);
    expect(results).toMatchObject({ verdict: 'inconclusive', exitCode: 3, targets: [] });
  });
});

describe.concurrent('a target that accepts CONNECT and then', () => {
  test.concurrent('is silent to everybody: nothing is passed or failed by silence', { timeout: 60_000 }, async () => {
    const outcome = await conformAgainst(hostile.acceptingOnce());
    expect(outcome.ended.code).toBe(3);
    // What a URL is spared from, or has no listener for, is skipped whatever the target does.
    const nothingJudged = new Set(['inconclusive', 'skipped']);
    expect(new Set(verdictsOf(outcome))).toEqual(nothingJudged);
    expect(new Set(outcome.results.targets[0]?.statements.map((it) => it.verdict))).toEqual(nothingJudged);
    expect(outcome.ranMs).toBeLessThan(30_000);
  });

  const selected = ['--select', 'publish/order,retained/untouched-by-live,will/discarded-by-disconnect'];

  test.concurrent.each<[string, hostile.Conduct]>([
    ['answers nothing else', hostile.acceptingThen()],
    ['answers all but a byte', hostile.halfAnswers],
    ['sends half a packet', hostile.acceptingThen(hostile.halfPublish)],
    ['sends a packet of 256 MiB byte by byte', hostile.acceptingThen(hostile.endlessPublish)],
  ])('%s: its checks are given up after a proof of life that fails', { timeout: 60_000 }, async (_, conduct) => {
    const outcome = await conformAgainst(conduct, ...selected);
    expect(verdictsOf(outcome)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
    for (const check of outcome.results.targets[0]?.checks ?? []) expect(check.actual).toMatch(/the target is silent/);
    expect(outcome.ranMs).toBeLessThan(20_000);
    // That PINGREQ got no answer is a failure where the target was seen alive later, and else inconclusive.
    expect([1, 3]).toContain(outcome.ended.code);
  });

  test.concurrent.each<[string, Uint8Array]>([
    ['valid PUBLISH packets', hostile.publishes],
    ['garbage', hostile.garbage],
    ['0xFF', hostile.allOnes],
  ])(
    'floods with %s: the checks are given up, and the journal stays small',
    { ...need('long'), timeout: 60_000 },
    async (_, bytes) => {
      const outcome = await conformAgainst(hostile.acceptingThen(hostile.flood(bytes)), ...selected);
      for (const check of outcome.results.targets[0]?.checks ?? []) expect(check.verdict).not.toBe('pass');
      expect(outcome.ended.stderr).toMatch(/aborted, the target floods: /);
      expect([1, 3]).toContain(outcome.ended.code);
      expect(outcome.ranMs).toBeLessThan(20_000);
      expect(outcome.journalB).toBeLessThan(8 * 1024 * 1024);
    },
  );

  test.concurrent('dies in the middle of the run: the rest is inconclusive', { timeout: 60_000 }, async () => {
    const outcome = await conformAgainst(hostile.dyingAfter(120));
    const rest = outcome.results.targets[0]?.checks.filter((it) => it.verdict === 'inconclusive') ?? [];
    expect(rest.length).toBeGreaterThan(20);
    expect(rest.at(-1)?.actual).toMatch(/no connection to 127\.0\.0\.1:\d+/);
    expect(verdictsOf(outcome).length).toBeGreaterThan(40);
    expect(outcome.ranMs).toBeLessThan(20_000);
  });

  test.concurrent('sends hostile text: it reaches neither terminal nor page', { timeout: 60_000 }, async () => {
    const outcome = await conformAgainst(hostile.hostileTopics, '--select', 'publish/acknowledged');
    expect(outcome.ended.code).toBe(1);
    const shown = `${outcome.ended.stdout}${outcome.ended.stderr}`;
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(outcome.page).toContain('alert(1)');
    expect(outcome.page).not.toContain('<script>alert(1)');
    expect(outcome.page).not.toContain('<img src=x');
  });
});
