// Two runs beside each other: which way each verdict went, out of how many, and what else differs.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JudgedRun, JudgedTarget } from '../../../src/judge/judged.ts';
import type { Verdict } from '../../../src/judge/verdict.ts';
import { compareRuns, directionOf, hasWorse } from '../../../src/report/compare/comparison.ts';
import { comparisonMarkdown } from '../../../src/report/compare/comparison-md.ts';
import { comparisonLines } from '../../../src/report/compare/comparison-terminal.ts';
import type { StatementId } from '../../../src/spec/statement.ts';
import { targetOf, type Found } from '../../judge/gate/gated-run.ts';
import { anyText } from '../hostile.ts';
import { sample } from '../sample.ts';

const a: StatementId = 'MQTT-3.12.4-1';
const b: StatementId = 'MQTT-3.8.4-1';
const runOf = (...targets: readonly JudgedTarget[]): JudgedRun => ({ ...sample().run, targets });
const judged = (verdicts: Readonly<Record<StatementId, Verdict>>, name?: string): JudgedTarget => {
  const found = Object.entries(verdicts).map(([id, verdict]): Found => ({ verdict, statement: id as StatementId }));
  return targetOf(found, {}, name);
};

/** compare.md of a run that says this text, and one of a target of that name. */
const markdown = (text: string): string => {
  const { run } = sample(text);
  return comparisonMarkdown(compareRuns(run, { ...run, targets: [judged({ [a]: 'pass' }, text)] }));
};

const tags = (text: string): readonly string[] => markdown(text).match(/<[^>]*>/g) ?? [];

test.each<[Verdict | undefined, Verdict | undefined, string | undefined]>([
  ['pass', 'fail', 'worse'],
  ['pass', 'warn', 'worse'],
  ['fail', 'warn', 'better'],
  ['pass', 'pass', undefined],
  ['pass', 'skipped', 'onlyFirst'],
  ['fail', undefined, 'onlyFirst'],
  ['inconclusive', 'fail', 'onlySecond'],
  ['limit', 'skipped', undefined],
])('from %s to %s: %s', (first, second, direction) => {
  expect(directionOf(first, second)).toBe(direction);
});

describe('the comparison', () => {
  const first = runOf(judged({ [a]: 'pass', [b]: 'pass', 'MQTT-3.3.1-5': 'fail', 'MQTT-4.6.0-6': 'pass' }, 'old'));
  const second = runOf(judged({ [a]: 'fail', [b]: 'pass', 'MQTT-3.3.1-5': 'pass', 'MQTT-4.6.0-6': 'skipped' }, 'new'));
  const comparison = compareRuns(first, second);
  const [target] = comparison.targets;

  test('pairs the only target of each, whatever their names', () => {
    expect(target).toMatchObject({ first: 'old', second: 'new' });
    expect(target?.facts).toContainEqual({ name: 'target', first: 'old', second: 'new' });
  });

  test('counts against what both judged', () => {
    const statements = { judgedInBoth: 3, same: 1, worse: 1, better: 1, onlyFirst: 1, onlySecond: 0 };
    expect(target?.statements).toEqual(statements);
    expect(target?.observable.judgedInBoth).toBe(3);
    expect(target?.observable.all).toBeGreaterThan(100);
  });

  test('is told worst first, in the terminal and in Markdown', () => {
    const lines = comparisonLines(comparison, { colour: false, width: 120 });
    const at = (text: string) => lines.findIndex((it) => it.includes(text));
    expect(at('Worse (1)')).toBeGreaterThan(at('3 judged in both'));
    expect(lines[at('Worse (1)') + 1]).toContain(`pass → fail  ${a}`);
    expect(at('Better (1)')).toBeGreaterThan(at('Worse (1)'));
    expect(at('Judged only in the first run (1)')).toBeGreaterThan(at('Better (1)'));
    expect(comparisonMarkdown(comparison)).toContain('| pass → fail | MQTT-3&#46;12&#46;4-1');
  });

  test('pairs several by name, and names what has no counterpart', () => {
    const some = runOf(judged({ [a]: 'pass' }, 'x'), judged({ [a]: 'pass' }, 'y'));
    const others = runOf(judged({ [a]: 'fail' }, 'y'), judged({ [a]: 'pass' }, 'z'));
    const compared = compareRuns(some, others);
    expect(compared.targets.map((it) => [it.first, it.second])).toEqual([['y', 'y']]);
    expect([compared.onlyFirst, compared.onlySecond]).toEqual([['x'], ['z']]);
    expect(hasWorse(compared)).toBe(true);
  });

  test('tells what else differs: seed, tolerances, machine', () => {
    const { run } = first;
    const other = {
      ...second,
      run: { ...run, seed: 8, parameters: { quietMs: 500 }, provenance: { kernel: 'other' } },
    };
    expect(compareRuns(first, other).facts.map((it) => it.name)).toEqual([
      'seed',
      'tolerance quietMs',
      'kernel',
      'congestion control',
    ]);
  });

  test('turned around, worse is better; with itself, nothing differs', () => {
    const around = compareRuns(second, first).targets[0];
    expect(around?.statements).toMatchObject({ worse: 1, better: 1, onlyFirst: 0, onlySecond: 1 });
    const same = compareRuns(first, first);
    expect(same.targets[0]?.changes).toEqual([]);
    expect(same.facts).toEqual([]);
  });

  test('keeps its shape, whatever the wire says', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tags(text)).toEqual(tags('x'));
        expect(markdown(text).split('\n')).toHaveLength(markdown('x').split('\n').length);
      }),
      { numRuns: 50 },
    );
  });
});
