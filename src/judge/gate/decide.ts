// Decides about a run: each verdict beside the baseline and the waivers, and what all of them come to as an exit code.
import {
  baselineVerdicts,
  type Baseline,
  type BaselineTarget,
  type RunGate,
  type Waiver,
} from '../../history/run-gate.ts';
import type { Finding } from '../finding.ts';
import { exitCodeOf } from '../fold.ts';
import type { JudgedTarget } from '../judged.ts';
import { isJudged } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';
import type { Decision, GatedItem, IdleWaiver } from './decision.ts';
import { isAbout, itemsOf } from './items.ts';
import type { Item } from './items.ts';
import { namePattern } from '../name-pattern.ts';
import { isForgiven } from './standing.ts';
import type { Standing } from './standing.ts';
import { canBeWaived, hasExpired, WaiversOf } from './waived.ts';

/** A decision with the targets as they stand under it. */
export interface Decided {
  readonly decision: Decision;
  readonly targets: readonly JudgedTarget[];
  readonly exitCode: 0 | 1 | 3;
}

/**
 * Decides.
 *
 * An item fails the run when its verdict is one of `failOn` and neither the baseline nor a waiver has it. The baseline
 * has it when its verdict was the same, or `fail`. A waiver covers findings; an item is waived when all findings that
 * make its verdict are, and counts as what is left of it without them. An expired waiver lets it fail, whatever the
 * baseline says: its day was agreed upon. What is inconclusive lets the
 * run be inconclusive, unless the baseline could not judge it either.
 *
 * @param isComplete whether the run came to its end; one that did not is never decided in its favour
 */
export function decide(gate: RunGate, targets: readonly JudgedTarget[], isComplete: boolean): Decided {
  const before = new Map(gate.baseline?.targets.map((it) => [it.name, verdictsOf(it.verdicts)]));
  const judged = targets.map((target) => gateTarget(gate, target, before.get(target.name)));
  const all = judged.flatMap((it) => it.items);
  const counted = judged.flatMap((it) => it.counted);
  return {
    targets: judged.map((it) => it.target),
    exitCode: exitCodeOf(isComplete ? counted : [...counted, 'inconclusive'], gate.failOn),
    decision: {
      gate,
      items: all.filter((it) => it.standing !== undefined),
      absent: absentIn(gate.baseline, all),
      idleWaivers: idleWaivers(gate, targets, all, new Set(judged.flatMap((it) => it.used))),
    },
  };
}

function verdictsOf(verdicts: BaselineTarget['verdicts']): ReadonlyMap<string, Verdict> {
  return new Map(baselineVerdicts.flatMap((verdict) => (verdicts[verdict] ?? []).map((id) => [id, verdict] as const)));
}

interface GatedTarget {
  readonly target: JudgedTarget;
  readonly items: readonly GatedItem[];
  /** What the exit code is folded from. */
  readonly counted: readonly Verdict[];
  readonly used: readonly Waiver[];
}

function gateTarget(
  gate: RunGate,
  target: JudgedTarget,
  before: ReadonlyMap<string, Verdict> | undefined,
): GatedTarget {
  const waivers = new WaiversOf(gate.waivers?.entries ?? [], target.name, target.checks);
  const all = itemsOf(target).map((it) => gated(it, gate, waivers, before));
  const items = all.map((it) => it.item);
  const byId = new Map(items.map((it) => [it.id, it]));
  const findings = target.findings.map((it) => standingFinding(it, target, gate, waivers, byId));
  const withStanding = <T extends { readonly id: string }>(it: T): T => {
    const own = byId.get(it.id)?.standing;
    return own === undefined ? it : { ...it, standing: own };
  };
  return {
    items,
    counted: all.flatMap((it) => it.counted),
    used: items.flatMap((it) => it.waivers),
    target: {
      ...target,
      statements: target.statements.map(withStanding),
      checks: target.checks.map(withStanding),
      findings,
    },
  };
}

interface Gated {
  readonly item: GatedItem;
  readonly counted: readonly Verdict[];
}

function gated(item: Item, gate: RunGate, waivers: WaiversOf, before: ReadonlyMap<string, Verdict> | undefined): Gated {
  const { target, id, kind } = item;
  const was = before?.get(item.id);
  const fails = (verdict: Verdict): boolean => gate.failOn.some((it) => it === verdict);
  const beside = (verdict: Verdict): Standing | undefined => before && besideBaseline(verdict, was, gate);
  const covers = fails(item.verdict) && canBeWaived(item.verdict) ? waivers.coveringAll(item) : [];
  const state = waiverState(covers, gate.today);
  const left = state === 'waived' ? waivers.leftOf(item, gate.today) : undefined;
  const open = left === undefined || isForgiven(beside(left)) ? [] : [left];
  const standing = state === undefined || open.some(fails) ? beside(left ?? item.verdict) : state;
  return {
    item: {
      target,
      id,
      kind,
      verdict: item.verdict,
      ...(was !== undefined && { was }),
      ...(standing !== undefined && { standing }),
      waivers: [...new Set(covers.flat())],
    },
    counted: isForgiven(standing) ? [...(isJudged(item.verdict) ? (['pass'] as const) : []), ...open] : [item.verdict],
  };
}

/** What waivers make of an item: nothing where one of its findings has none. */
function waiverState(covers: readonly (readonly Waiver[])[], today: string): 'waived' | 'expired' | undefined {
  if (covers.length === 0 || covers.some((it) => it.length === 0)) return undefined;
  return covers.every((it) => it.some((waiver) => !hasExpired(waiver, today))) ? 'waived' : 'expired';
}

function besideBaseline(verdict: Verdict, was: Verdict | undefined, { failOn }: RunGate): Standing | undefined {
  const fails = (it: Verdict | undefined): boolean => failOn.some((each) => each === it);
  const isInBaseline = was === verdict || was === 'fail';
  if (fails(verdict)) return isInBaseline ? 'known' : 'new';
  if (verdict === 'inconclusive' && isInBaseline) return 'known';
  if (was === undefined) return undefined;
  if (!isJudged(verdict)) return isJudged(was) ? 'unjudged' : undefined;
  return fails(was) ? 'better' : undefined;
}

/** A finding stands as the worst of the things do whose verdict it makes. */
const worstFirst: readonly Standing[] = ['new', 'unjudged', 'expired', 'known', 'waived', 'better'];

function standingFinding(
  it: Finding,
  target: JudgedTarget,
  gate: RunGate,
  waivers: WaiversOf,
  items: ReadonlyMap<string, GatedItem>,
): Finding {
  const isFailing = gate.failOn.some((verdict) => verdict === it.verdict);
  const covering = isFailing && canBeWaived(it.verdict) ? waivers.covering(it) : [];
  const live = covering.find((waiver) => !hasExpired(waiver, gate.today));
  if (live !== undefined) return { ...it, standing: 'waived', waivedBy: live };
  const [expired] = covering;
  if (expired !== undefined) return { ...it, standing: 'expired', waivedBy: expired };
  const check = target.checks.find((each) => isAbout(it, each));
  const own = [it.statement ?? it.by, check?.id].map((id) => (id === undefined ? undefined : items.get(id)));
  const decisive = own.filter((each) => each?.verdict === it.verdict);
  const worst = worstFirst.find((standing) => decisive.some((each) => each?.standing === standing));
  return worst === undefined ? it : { ...it, standing: worst };
}

function absentIn(baseline: Baseline | undefined, items: readonly GatedItem[]): number {
  const there = Map.groupBy(items, (it) => it.target);
  const counts = (baseline?.targets ?? []).map(({ name, verdicts }) => {
    const ids = new Set(there.get(name)?.map((it) => it.id));
    return Object.values(verdicts)
      .flat()
      .filter((id) => !ids.has(id)).length;
  });
  return counts.reduce((sum, it) => sum + it, 0);
}

function idleWaivers(
  { waivers, today }: RunGate,
  targets: readonly JudgedTarget[],
  items: readonly GatedItem[],
  used: ReadonlySet<Waiver>,
): readonly IdleWaiver[] {
  return (waivers?.entries ?? [])
    .filter((it) => !used.has(it))
    .map((waiver) => {
      const pattern = namePattern(waiver.target);
      const named = new Set(targets.filter((it) => pattern.test(it.name)).map((it) => it.name));
      const own = items.filter((it) => it.id === waiver.id && named.has(it.target));
      const since = hasExpired(waiver, today) ? `, and it expired on ${waiver.expires}` : '';
      return { waiver, why: `${idleBecause(named.size, own)}${since}` };
    });
}

function idleBecause(targets: number, own: readonly GatedItem[]): string {
  if (targets === 0) return 'no target of this run has such a name';
  if (!own.some((it) => isJudged(it.verdict))) return 'this run has no verdict on it';
  return 'nothing there fails that it could cover';
}
