// Folding into statements, and the exit code.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/judge/finding.ts';
import { exitCodeOf, foldFindings } from '../../src/judge/fold.ts';
import type { Verdict } from '../../src/judge/verdict.ts';

function finding(fields: Partial<Finding>): Finding {
  const evidence = { events: [1] };
  return {
    by: 'r',
    statement: 'MQTT-3.12.4-1',
    verdict: 'pass',
    expected: [],
    actual: '',
    evidence,
    count: 1,
    ...fields,
  };
}

const ms = (value: number) => [{ name: 'time', unit: 'ms', value }];

test('findings fold per target and statement to the weightiest, the worst figure stays', () => {
  const folded = foldFindings([
    finding({ target: 'a', measured: ms(3) }),
    finding({ target: 'a', verdict: 'warn', by: 's', check: 'c', measured: ms(7) }),
    finding({ target: 'a', measured: ms(5) }),
    finding({ target: 'b' }),
    finding({ target: 'b', statement: 'MQTT-3.8.4-1', verdict: 'fail' }),
  ]);
  expect([...folded]).toEqual([
    ['a', [{ id: 'MQTT-3.12.4-1', verdict: 'warn', by: ['c', 'r', 's'], measured: ms(7) }]],
    [
      'b',
      [
        { id: 'MQTT-3.12.4-1', verdict: 'pass', by: ['r'], measured: [] },
        { id: 'MQTT-3.8.4-1', verdict: 'fail', by: ['r'], measured: [] },
      ],
    ],
  ]);
});

test('a finding without a statement concerns none', () => {
  const { statement: _none, ...expectation } = finding({ target: 'a', verdict: 'fail' });
  expect([...foldFindings([expectation])]).toEqual([]);
});

describe('exit code', () => {
  test.each<[readonly Verdict[], number]>([
    [[], 3],
    [['notExercised', 'skipped', 'limit'], 3],
    [['pass', 'limit', 'skipped'], 0],
    [['warn'], 0],
    [['pass', 'inconclusive'], 3],
    [['pass', 'inconclusive', 'fail'], 1],
  ])('%j is %i', (verdicts, code) => {
    expect(exitCodeOf(verdicts)).toBe(code);
  });

  test('does not depend on the order, and no further verdict lifts a failure', () => {
    const verdict = fc.constantFrom<Verdict>(
      'pass',
      'fail',
      'warn',
      'limit',
      'skipped',
      'notExercised',
      'inconclusive',
    );
    fc.assert(
      fc.property(fc.array(verdict), verdict, (verdicts, further) => {
        expect(exitCodeOf(verdicts.toReversed())).toBe(exitCodeOf(verdicts));
        expect(exitCodeOf(['fail', ...verdicts, further])).toBe(1);
      }),
    );
  });
});
