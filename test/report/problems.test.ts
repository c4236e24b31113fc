// What a reader must look at, once each.
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/judge/finding.ts';
import { problemsOf } from '../../src/report/problems.ts';
import { byText, titleOfProblem } from '../../src/report/problem-text.ts';
import { verdictSentence } from '../../src/report/verdict-words.ts';
import { sample } from './sample.ts';

const found = (
  by: string,
  statement: Finding['statement'] & string,
  actual: string,
  check: string,
  seq: number,
): Finding => ({
  by,
  statement,
  verdict: 'fail',
  expected: ['x'],
  actual,
  evidence: { events: [seq] },
  target: 'broker',
  check,
  count: 1,
});

function titlesOf(findings: readonly Finding[]): readonly string[] {
  const { run } = sample();
  const [target] = run.targets;
  if (target === undefined) throw new Error('the sample has a target');
  const problems = problemsOf({ ...run, targets: [{ ...target, checks: [], findings }] });
  return problems.map((it) => `${titleOfProblem(it)} ${byText(it)}`);
}

describe('problems', () => {
  test('come with failures first, remarks last', () => {
    expect(problemsOf(sample().run).map((it) => [it.verdict, it.by, it.count])).toEqual([
      ['fail', 'publish-answers', 2],
      ['fail', 'delivered:site/pump', 1],
      ['inconclusive', 'reconnected', 1],
      ['warn', 'keep-alive', 1],
    ]);
  });

  test('one sight under two statements is one problem', () => {
    expect(
      titlesOf([found('r', 'MQTT-3.8.4-1', 'silence', 'a', 5), found('r', 'MQTT-3.8.4-2', 'silence', 'a', 5)]),
    ).toEqual(['MQTT-3.8.4-1, MQTT-3.8.4-2 SUBACK answers SUBSCRIBE by rule r']);
  });

  test('one breach in two checks is one problem, seen twice', () => {
    expect(titlesOf([found('r', 'MQTT-3.8.4-1', 'none', 'a', 5), found('r', 'MQTT-3.8.4-1', 'late', 'b', 9)])).toEqual([
      'MQTT-3.8.4-1 SUBACK answers SUBSCRIBE by rule r, 2 times',
    ]);
  });

  test('two breaches of different statements stay two', () => {
    expect(
      titlesOf([found('r', 'MQTT-3.8.4-1', 'none', 'a', 5), found('q', 'MQTT-3.10.4-4', 'none', 'a', 6)]),
    ).toHaveLength(2);
  });
});

describe('the verdict in one sentence', () => {
  const { run } = sample();

  test('says what broke', () => {
    expect(verdictSentence(run)).toBe(
      'broker 2.0 site/pump broke 1 of 3 judged statements, 1 check passed, 1 of 2 expectations missed, 1 expectation inconclusive, 1 declared limit.',
    );
  });

  test('says so when the bench was killed', () => {
    const { end: _, ...killed } = run;
    expect(verdictSentence(killed)).toContain('the bench was killed before the run was over');
  });

  test('does not call nothing a success', () => {
    expect(verdictSentence({ ...run, targets: [] })).toBe('Nothing was judged: no target came up.');
  });
});
