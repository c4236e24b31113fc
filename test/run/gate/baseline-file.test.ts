// Baselines: a results.json or a run's folder, and none that belongs to something else.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { suiteVersion } from '../../../src/conformance/suite.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { materialOf } from '../../../src/report/reporter.ts';
import { resultsOf } from '../../../src/report/results-json.ts';
import { judgeRun } from '../../../src/run/judge-run.ts';
import { readBaseline } from '../../../src/run/gate/baseline-file.ts';
import { gateWords, readGate } from '../../../src/run/gate/read-gate.ts';
import { sample } from '../../report/sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { run, events } = sample();
const conform = { ...run, suite: suiteVersion(), run: { ...run.run, mode: 'conform' as const } };
const results = resultsOf(materialOf(conform, events));

const journal = events.map((it): HistoryEvent => {
  if (it.kind !== 'run') return it;
  const { scenario: _none, ...started } = it;
  return { ...started, mode: 'conform' };
});

function written(name: string, value: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

/** The results with another verdict on their first statement. */
function withVerdict(verdict: string): unknown {
  const [target] = results.targets;
  const [first, ...rest] = target?.statements ?? [];
  return { ...results, targets: [{ ...target, statements: [{ ...first, verdict }, ...rest] }] };
}

describe('a results.json', () => {
  test('gives the verdicts of the targets that are asked for, by target and id', async () => {
    const file = written('good.json', results);
    const baseline = await readBaseline(file, ['broker']);
    expect(baseline).toMatchObject({ file, runId: run.run.runId, targets: [{ name: 'broker' }] });
    expect(baseline.targets[0]?.verdicts).toMatchObject({
      fail: ['MQTT-4.3.2-2', 'delivered:site/pump'],
      skipped: ['retained/x'],
      inconclusive: ['reconnected'],
    });
    expect((await readBaseline(file, [])).targets).toEqual([]);
  });

  test('may hold more than this version knows', async () => {
    const file = written('more.json', { ...results, later: true });
    expect((await readBaseline(file, ['broker'])).targets).toHaveLength(1);
  });

  test.each([
    ['no JSON', '{', 'FB_BASELINE'],
    ['another file', { name: 'package' }, 'FB_BASELINE'],
    ['another schema', { ...results, schema: 2 }, 'FB_BASELINE'],
    ['a verdict that there is not', withVerdict('maybe'), 'FB_BASELINE'],
    ['a run that was cut short', { ...results, run: { ...results.run, ended: 'interrupted' } }, 'FB_BASELINE'],
    ['a scenario', { ...results, run: { ...results.run, mode: 'scenario' } }, 'FB_BASELINE_OTHER'],
    ['another suite', { ...results, suite: '3.1.1-00000000' }, 'FB_BASELINE_OTHER'],
    ['no suite', { ...results, suite: undefined }, 'FB_BASELINE_OTHER'],
    ['another target', { ...results, targets: [] }, 'FB_BASELINE_OTHER'],
  ])('%s is an error', async (name, value, code) => {
    await expect(readBaseline(written(`${name}.json`, value), ['broker'])).rejects.toMatchObject({ code });
  });
});

describe('a folder', () => {
  test('without a journal gives its results.json', async () => {
    const named = join(folder, 'artefact');
    mkdirSync(named);
    writeFileSync(join(named, 'results.json'), JSON.stringify(results));
    expect((await readBaseline(named, ['broker'])).file).toBe(named);
  });

  test('with a journal is judged again, whatever its results.json says', async () => {
    const named = join(folder, 'run');
    mkdirSync(named);
    writeFileSync(join(named, 'journal.ndjson'), journal.map((it) => `${JSON.stringify(it)}\n`).join(''));
    writeFileSync(join(named, 'results.json'), 'stale');
    expect((await readBaseline(named, ['broker'])).targets[0]?.verdicts['fail']).toContain('MQTT-2.3.1-6');
  });

  test('says the same as its results.json, limits included', async () => {
    const named = join(folder, 'limited');
    mkdirSync(named);
    writeFileSync(join(named, 'journal.ndjson'), journal.map((it) => `${JSON.stringify(it)}\n`).join(''));
    const file = written('limited.json', resultsOf(materialOf(judgeRun(journal), journal)));
    const [ofFolder, ofResults] = [await readBaseline(named, ['broker']), await readBaseline(file, ['broker'])];
    expect(ofResults).toEqual({ ...ofFolder, file });
    expect(ofResults.targets[0]?.verdicts['limit']).toEqual(['limit/qos2']);
  });

  test('with neither is an error, as one that is not there', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expect(readBaseline(empty, [])).rejects.toMatchObject({ code: 'FB_BASELINE' });
    await expect(readBaseline(join(folder, 'nowhere'), [])).rejects.toMatchObject({ code: 'FB_BASELINE' });
  });
});

describe('a gate', () => {
  test('is nothing where nothing was asked for', async () => {
    expect(await readGate({}, ['broker'], '2027-03-31')).toBeUndefined();
  });

  test('can be asked for again by the words of a command line', async () => {
    const options = { baseline: written('a b.json', results), failOn: ['inconclusive', 'warn'] };
    const gate = await readGate(options, ['broker'], '2027-03-31');
    expect(gate).toMatchObject({ today: '2027-03-31', failOn: ['fail', 'warn', 'inconclusive'] });
    expect(gate && gateWords(gate)).toEqual([
      `--baseline '${join(folder, 'a b.json')}'`,
      '--fail-on warn,inconclusive',
    ]);
  });

  test('refuses a verdict that nobody can fail on', async () => {
    const asked = readGate({ failOn: ['skipped'] }, [], '2027-03-31');
    await expect(asked).rejects.toMatchObject({ code: 'FB_USAGE', expected: expect.stringContaining('inconclusive') });
  });
});
