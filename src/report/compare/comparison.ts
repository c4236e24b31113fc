// Two judged runs held beside each other: which verdicts differ, in which direction, and what else does.
import { itemsOf } from '../../judge/gate/items.ts';
import type { Item } from '../../judge/gate/items.ts';
import type { JudgedRun, JudgedTarget } from '../../judge/judged.ts';
import { isJudged } from '../../judge/verdict.ts';
import type { Verdict } from '../../judge/verdict.ts';
import { observableOnServers } from '../coverage.ts';
import { titleOfItem } from '../gate-words.ts';
import { factsOf, targetFactsOf, type Fact } from './facts.ts';

/** Which way a verdict changed; what only one run judged says nothing of the other. */
export type Direction = 'worse' | 'better' | 'onlyFirst' | 'onlySecond';

/** One verdict that differs. */
export interface Change {
  readonly direction: Direction;
  readonly kind: Item['kind'];
  readonly id: string;
  readonly title: string;
  /** Absent where that run had no such thing at all. */
  readonly first?: Verdict;
  readonly second?: Verdict;
}

/** How many verdicts on one kind of thing were compared, and what became of them. */
export interface Tallied extends Readonly<Record<Direction, number>> {
  readonly judgedInBoth: number;
  readonly same: number;
}

/** One target of the first run beside one of the second. */
export interface ComparedTarget {
  readonly first: string;
  readonly second: string;
  readonly facts: readonly Fact[];
  /** Numbered statements that can be observed on a server, and how many of them both runs judged. */
  readonly observable: { readonly all: number; readonly judgedInBoth: number };
  readonly statements: Tallied;
  readonly checks: Tallied;
  readonly changes: readonly Change[];
}

/** Which run, for readers. */
export interface ComparedRun {
  readonly run: string;
  readonly startedAt: string;
  readonly command: string;
}

/** Two runs beside each other. */
export interface Comparison {
  readonly schema: 1;
  readonly first: ComparedRun;
  readonly second: ComparedRun;
  /** What differs about the runs as a whole. */
  readonly facts: readonly Fact[];
  readonly targets: readonly ComparedTarget[];
  /** Targets that have no counterpart. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

/**
 * Compares two runs that were judged by the same suite. Targets are paired by name; where each run has but one, the two
 * are a pair whatever their names.
 */
export function compareRuns(first: JudgedRun, second: JudgedRun): Comparison {
  const [a, b] = [judgedTargets(first), judgedTargets(second)];
  const pairs = pairsOf(a, b);
  return {
    schema: 1,
    first: comparedRun(first),
    second: comparedRun(second),
    facts: factsOf(first.run, second.run),
    targets: pairs.map(([one, other]) => compareTargets(first, one, second, other)),
    onlyFirst: a.filter((it) => !pairs.some(([one]) => one === it)).map((it) => it.name),
    onlySecond: b.filter((it) => !pairs.some(([, other]) => other === it)).map((it) => it.name),
  };
}

/** Whether anything got worse from the first run to the second. */
export function hasWorse({ targets }: Comparison): boolean {
  return targets.some((it) => it.changes.some((change) => change.direction === 'worse'));
}

/** Which way a verdict went; nothing where it is the same, or where neither run judged. */
export function directionOf(first: Verdict | undefined, second: Verdict | undefined): Direction | undefined {
  const [was, is] = [rankOf(first), rankOf(second)];
  if (was === undefined) return is === undefined ? undefined : 'onlySecond';
  if (is === undefined) return 'onlyFirst';
  if (was === is) return undefined;
  return is < was ? 'worse' : 'better';
}

const worstFirst: readonly Verdict[] = ['fail', 'warn', 'pass'];

function rankOf(verdict: Verdict | undefined): number | undefined {
  return verdict !== undefined && isJudged(verdict) ? worstFirst.indexOf(verdict) : undefined;
}

/** Simulated devices belong to the bench. */
function judgedTargets({ targets }: JudgedRun): readonly JudgedTarget[] {
  return targets.filter((it) => it.role === 'target');
}

type Pair = readonly [JudgedTarget, JudgedTarget];

function pairsOf(a: readonly JudgedTarget[], b: readonly JudgedTarget[]): readonly Pair[] {
  const [one, ...more] = a;
  const [other, ...others] = b;
  if (one && other && more.length === 0 && others.length === 0) return [[one, other]];
  return a.flatMap((it): readonly Pair[] => {
    const same = b.find((each) => each.name === it.name);
    return same === undefined ? [] : [[it, same]];
  });
}

function compareTargets(first: JudgedRun, one: JudgedTarget, second: JudgedRun, other: JudgedTarget): ComparedTarget {
  const [was, is] = [new Map(itemsOf(one).map(keyed)), new Map(itemsOf(other).map(keyed))];
  const ids = [...new Set([...was.keys(), ...is.keys()])];
  const rows = ids.map((id) => rowOf(was.get(id), is.get(id)));
  const changes = rows.flatMap(({ direction, item, first: before, second: after }): readonly Change[] => {
    if (direction === undefined) return [];
    const { id, kind } = item;
    const title = was.has(id)
      ? titleOfItem(first, { target: one.name, id })
      : titleOfItem(second, { target: other.name, id });
    const verdicts = { ...(before && { first: before }), ...(after && { second: after }) };
    return [{ direction, kind, id, title, ...verdicts }];
  });
  return {
    first: one.name,
    second: other.name,
    facts: targetFactsOf(one, other),
    observable: observedInBoth(rows),
    statements: tallied(rows.filter((it) => it.item.kind === 'statement')),
    checks: tallied(rows.filter((it) => it.item.kind === 'check')),
    changes: changes.toSorted((a, b) => urgency(a) - urgency(b)),
  };
}

/** The directions in the order in which a reader wants them. */
export const directions: readonly Direction[] = ['worse', 'better', 'onlyFirst', 'onlySecond'];

/** By direction, and within it what failed first. */
function urgency({ direction, first, second }: Change): number {
  const verdict = rankOf(second) ?? rankOf(first) ?? worstFirst.length;
  return directions.indexOf(direction) * (worstFirst.length + 1) + verdict;
}

interface Row {
  readonly item: Item;
  readonly first: Verdict | undefined;
  readonly second: Verdict | undefined;
  readonly direction: Direction | undefined;
}

function keyed(it: Item): readonly [string, Item] {
  return [it.id, it];
}

function rowOf(was: Item | undefined, is: Item | undefined): Row {
  const item = was ?? is;
  if (item === undefined) throw new RangeError('a row of a comparison has one side at least');
  const [first, second] = [was?.verdict, is?.verdict];
  return { item, first, second, direction: directionOf(first, second) };
}

function observedInBoth(rows: readonly Row[]): ComparedTarget['observable'] {
  const all = new Set<string>(observableOnServers().map((it) => it.id));
  return { all: all.size, judgedInBoth: rows.filter((it) => all.has(it.item.id) && isInBoth(it)).length };
}

function isInBoth({ first, second }: Row): boolean {
  return rankOf(first) !== undefined && rankOf(second) !== undefined;
}

function tallied(rows: readonly Row[]): Tallied {
  const count = (direction: Direction): number => rows.filter((it) => it.direction === direction).length;
  const inBoth = rows.filter(isInBoth);
  return {
    judgedInBoth: inBoth.length,
    same: inBoth.filter((it) => it.direction === undefined).length,
    worse: count('worse'),
    better: count('better'),
    onlyFirst: count('onlyFirst'),
    onlySecond: count('onlySecond'),
  };
}

function comparedRun({ run }: JudgedRun): ComparedRun {
  return { run: run.runId, startedAt: run.startedAt, command: run.command };
}
