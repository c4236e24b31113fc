// What decides about a run: what is new beside a baseline, what is waived, and what neither can hide.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/judge/fold.ts';
import { decide } from '../../../src/judge/gate/decide.ts';
import type { Decision } from '../../../src/judge/gate/decision.ts';
import type { Verdict } from '../../../src/judge/verdict.ts';
import type { StatementId } from '../../../src/spec/statement.ts';
import { gateOf, targetOf, waiverOf, type Found } from './gated-run.ts';

const a: StatementId = 'MQTT-3.12.4-1';
const b: StatementId = 'MQTT-3.8.4-1';
const standings = ({ items }: Decision) => Object.fromEntries(items.map((it) => [it.id, it.standing]));
const fail = (statement: StatementId, check?: string): Found => ({
  verdict: 'fail',
  statement,
  ...(check === undefined ? {} : { check, by: check }),
});

/** How a statement with this verdict stands beside a baseline, and the exit code. */
function besideBaseline(verdict: Verdict, before: Readonly<Record<string, readonly string[]>>) {
  const target = targetOf([{ verdict, statement: a }]);
  const { exitCode, decision } = decide(gateOf([], { pass: ['other'], ...before }), [target], true);
  return [standings(decision)[a], exitCode];
}

/** A target on which one statement has this verdict, and another passes. */
const found = (verdict: Verdict) => [
  targetOf([
    { verdict, statement: a },
    { verdict: 'pass', statement: b },
  ]),
];

describe('a baseline', () => {
  test.each<[Verdict, Verdict | undefined, string | undefined, number]>([
    ['fail', 'fail', 'known', 0],
    ['fail', 'pass', 'new', 1],
    ['fail', 'warn', 'new', 1],
    ['fail', 'inconclusive', 'new', 1],
    ['fail', 'skipped', 'new', 1],
    ['fail', undefined, 'new', 1],
    ['pass', 'fail', 'better', 0],
    ['warn', 'fail', 'better', 0],
    ['pass', 'pass', undefined, 0],
    ['warn', 'pass', undefined, 0],
    ['inconclusive', 'pass', 'unjudged', 3],
    ['inconclusive', undefined, undefined, 3],
    ['inconclusive', 'skipped', undefined, 3],
    // Nothing else was judged here, so that nothing is told of the target at all.
    ['inconclusive', 'inconclusive', 'known', 3],
    ['inconclusive', 'fail', 'known', 3],
    ['skipped', 'pass', 'unjudged', 3],
    ['skipped', 'fail', 'unjudged', 3],
    ['skipped', 'skipped', undefined, 3],
  ])('%s now, %s before: %s, exit code %i', (now, before, standing, exitCode) => {
    expect(besideBaseline(now, before === undefined ? {} : { [before]: [a] })).toEqual([standing, exitCode]);
  });

  test('what could not be judged then either does not make a run inconclusive', () => {
    const target = targetOf([
      { verdict: 'inconclusive', statement: a },
      { verdict: 'pass', statement: b },
    ]);
    expect(decide(gateOf([], { inconclusive: [a], pass: [b] }), [target], true).exitCode).toBe(0);
    expect(decide(gateOf([], { pass: [a, b] }), [target], true).exitCode).toBe(3);
  });

  test('a check that begins to fail is new where its statement was broken before', () => {
    const target = targetOf([fail(a, 'x/new'), fail(a, 'x/old')], { 'x/new': [a], 'x/old': [a] });
    const { decision, exitCode, targets } = decide(gateOf([], { fail: [a, 'x/old'], pass: ['x/new'] }), [target], true);
    expect(standings(decision)).toEqual({ [a]: 'known', 'x/new': 'new', 'x/old': 'known' });
    expect(exitCode).toBe(1);
    expect(targets[0]?.findings.map((it) => it.standing)).toEqual(['new', 'known']);
    expect(targets[0]?.checks.map((it) => it.standing)).toEqual(['new', 'known']);
    expect(targets[0]?.statements.map((it) => it.standing)).toEqual(['known']);
  });

  test('of another target it says nothing', () => {
    const { exitCode } = decide(gateOf([], { fail: [a] }), [targetOf([fail(a)], {}, 'other')], true);
    expect(exitCode).toBe(1);
  });

  test('counts what was no part of this run', () => {
    const { decision } = decide(gateOf([], { fail: [a, 'x/y'], pass: [b] }), [targetOf([fail(a)])], true);
    expect(decision.absent).toBe(2);
  });

  test('a run that did not come to its end is not decided in its favour', () => {
    expect(decide(gateOf([], { fail: [a] }), [targetOf([fail(a)])], false).exitCode).toBe(3);
  });
});

describe('a waiver', () => {
  test('of a statement covers it in every check, and the finding keeps its verdict', () => {
    const target = targetOf([fail(a, 'x/y'), { verdict: 'fail', statement: a, check: 'x/z' }], { 'x/y': [a] });
    const waiver = waiverOf(a);
    const { exitCode, targets, decision } = decide(gateOf([waiver]), [target], true);
    expect(exitCode).toBe(0);
    expect(standings(decision)).toEqual({ [a]: 'waived', 'x/y': 'waived' });
    expect(targets[0]?.findings).toEqual(
      target.findings.map((it) => ({ ...it, standing: 'waived', waivedBy: waiver })),
    );
    expect(targets[0]?.statements[0]?.verdict).toBe('fail');
  });

  test('of a check covers what the check is about, and nothing else that shows in its traffic', () => {
    const own = targetOf([fail(a, 'x/y')], { 'x/y': [a] });
    expect(decide(gateOf([waiverOf('x/y')]), [own], true).exitCode).toBe(0);
    const more = targetOf([fail(a, 'x/y'), { verdict: 'fail', statement: b, check: 'x/y' }], { 'x/y': [a] });
    const { exitCode, decision } = decide(gateOf([waiverOf('x/y')]), [more], true);
    expect(exitCode).toBe(1);
    expect(standings(decision)).toEqual({ [a]: 'waived', 'x/y': 'waived' });
  });

  test('hides nothing else that was found of the same statement', () => {
    const beside = (verdict: Verdict) => targetOf([fail(a, 'x/y'), { verdict, statement: a }], { 'x/y': [a] });
    const code = (verdict: Verdict, ...more: [Parameters<typeof gateOf>[1]?, Parameters<typeof gateOf>[2]?]) =>
      decide(gateOf([waiverOf('x/y')], ...more), [beside(verdict)], true).exitCode;
    expect(code('inconclusive')).toBe(3);
    expect(code('inconclusive', { inconclusive: [a] })).toBe(0);
    expect(code('inconclusive', { pass: [a] }, ['fail', 'inconclusive'])).toBe(1);
    expect(code('warn')).toBe(0);
    expect(code('warn', undefined, ['fail', 'warn'])).toBe(1);
    expect(code('warn', { pass: [a] }, ['fail', 'warn'])).toBe(1);
    expect(code('warn', { warn: [a] }, ['fail', 'warn'])).toBe(0);
    expect(code('pass', { pass: [a] }, ['fail', 'warn'])).toBe(0);
  });

  test('is not the word for what fails all the same', () => {
    const target = targetOf([fail(a, 'x/y'), { verdict: 'warn', statement: a }], { 'x/y': [a] });
    const { decision } = decide(gateOf([waiverOf('x/y')], { pass: [a] }, ['fail', 'warn']), [target], true);
    expect(standings(decision)).toEqual({ [a]: 'new', 'x/y': 'waived' });
  });

  test('of one statement leaves a check that breaks two of them failing', () => {
    const target = targetOf([fail(a, 'x/y'), fail(b, 'x/y')], { 'x/y': [a, b] });
    expect(decide(gateOf([waiverOf(a)]), [target], true).exitCode).toBe(1);
    expect(decide(gateOf([waiverOf(a), waiverOf(b)]), [target], true).exitCode).toBe(0);
  });

  test('holds on the targets that its glob names', () => {
    const targets = [targetOf([fail(a)], {}, 'mosquitto'), targetOf([fail(a)], {}, 'container:mosquitto')];
    const code = (target: string) => decide(gateOf([waiverOf(a, { target })]), targets, true).exitCode;
    expect(['mosquitto', '*mosquitto', 'mosq?itto'].map(code)).toEqual([1, 0, 1]);
  });

  test('holds on its last day, and fails from the next one on, whatever the baseline says', () => {
    const target = targetOf([fail(a)]);
    const on = (expires: string) => decide(gateOf([waiverOf(a, { expires })], { fail: [a] }), [target], true);
    expect(on('2027-03-31').exitCode).toBe(0);
    const expired = on('2027-03-30');
    expect(expired.exitCode).toBe(1);
    expect(standings(expired.decision)).toEqual({ [a]: 'expired' });
    expect(expired.decision.items[0]?.waivers[0]?.expires).toBe('2027-03-30');
  });

  test('that holds is enough beside one that has expired', () => {
    const waivers = [waiverOf(a, { expires: '2020-01-01' }), waiverOf(a)];
    expect(decide(gateOf(waivers), [targetOf([fail(a)])], true).exitCode).toBe(0);
  });

  test('never covers what is inconclusive', () => {
    const target = targetOf([{ verdict: 'inconclusive', statement: a }]);
    expect(decide(gateOf([waiverOf(a)], undefined, ['fail', 'inconclusive']), [target], true).exitCode).toBe(1);
  });

  test('that covers nothing is told with the reason', () => {
    const target = targetOf([{ verdict: 'pass', statement: a }]);
    const waivers = [
      waiverOf(a),
      waiverOf(b),
      waiverOf(a, { target: 'other' }),
      waiverOf(a, { expires: '2020-01-01' }),
    ];
    expect(decide(gateOf(waivers), [target], true).decision.idleWaivers.map((it) => it.why)).toEqual([
      'nothing there fails that it could cover',
      'this run has no verdict on it',
      'no target of this run has such a name',
      'nothing there fails that it could cover, and it expired on 2020-01-01',
    ]);
  });

  test('of an expectation covers it by its id', () => {
    const target = { ...targetOf([{ verdict: 'pass', statement: a }], { 'delivered:x': [] }) };
    const checks = target.checks.map((it) => ({ ...it, verdict: 'fail' as const }));
    expect(decide(gateOf([]), [{ ...target, checks }], true).exitCode).toBe(1);
    expect(decide(gateOf([waiverOf('delivered:x')]), [{ ...target, checks }], true).exitCode).toBe(0);
  });
});

describe('what fails a run', () => {
  test.each<[Verdict, number, number]>([
    ['warn', 0, 1],
    ['limit', 0, 1],
    ['inconclusive', 3, 1],
    ['fail', 1, 1],
  ])('%s: exit code %i, and %i where it is to fail', (verdict, usual, asked) => {
    expect(decide(gateOf([]), found(verdict), true).exitCode).toBe(usual);
    const failOn = ['fail', 'warn', 'limit', 'inconclusive'] as const;
    expect(decide(gateOf([], undefined, failOn), found(verdict), true).exitCode).toBe(asked);
  });

  test('a warning that is to fail can be known and waived, also one without a statement', () => {
    const failOn = ['fail', 'warn'] as const;
    const remark = [targetOf([{ verdict: 'warn' }, { verdict: 'pass', statement: b }])];
    expect(decide(gateOf([], undefined, failOn), remark, true).exitCode).toBe(1);
    expect(decide(gateOf([], { warn: ['r'] }, failOn), remark, true).exitCode).toBe(0);
    expect(decide(gateOf([waiverOf(a)], undefined, failOn), found('warn'), true).exitCode).toBe(0);
  });
});

const verdict = fc.constantFrom<Verdict>('pass', 'fail', 'warn', 'limit', 'skipped', 'notExercised', 'inconclusive');
const anyFound = fc.record(
  {
    verdict,
    statement: fc.constantFrom<StatementId>(a, b),
    check: fc.constantFrom('x/y', 'x/z'),
    by: fc.constantFrom('r', 's'),
  },
  { requiredKeys: ['verdict', 'by'] },
) as fc.Arbitrary<Found>;
const anyTarget = fc.array(anyFound, { maxLength: 8 }).map((all) => targetOf(all, { 'x/y': [a, b], 'x/z': [] }));

describe('for any run', () => {
  test('a gate that knows nothing decides as the verdicts do', () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        const verdicts = [...target.findings, ...target.checks].map((it) => it.verdict);
        expect(decide(gateOf([]), [target], true).exitCode).toBe(exitCodeOf(verdicts));
      }),
    );
  });

  test('beside itself nothing is new, and nothing changed', () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        const items = decide(gateOf([], {}), [target], true);
        const ids = [...target.statements, ...target.checks].map((it) => [it.verdict, it.id] as const);
        const remarks = items.decision.items
          .filter((it) => it.kind === 'remark')
          .map((it) => [it.verdict, it.id] as const);
        const before = Object.groupBy([...ids, ...remarks], ([word]) => word);
        const verdicts = Object.fromEntries(
          Object.entries(before).map(([word, all]) => [word, all.map(([, id]) => id)]),
        );
        const { decision, exitCode } = decide(gateOf([], verdicts), [target], true);
        expect(exitCode).not.toBe(1);
        expect(new Set(decision.items.map((it) => it.standing)).isSubsetOf(new Set(['known']))).toBe(true);
      }),
    );
  });

  test('neither waivers nor a baseline ever make it worse, unless a waiver has expired', () => {
    const waivers = fc.array(
      fc.constantFrom(a, b, 'x/y', 'x/z').map((id) => waiverOf(id)),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(anyTarget, waivers, (target, all) => {
        const plain = decide(gateOf([]), [target], true).exitCode;
        const forgiven = decide(gateOf(all), [target], true).exitCode;
        expect(plain === 1 || forgiven === plain).toBe(true);
      }),
    );
  });
});
