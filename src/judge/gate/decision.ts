// What was decided about a run, in the shape that every report shows it.
import type { RunGate, Waiver } from '../../history/run-gate.ts';
import type { Verdict } from '../verdict.ts';
import type { Standing } from './standing.ts';

/** One verdict with how it stands. */
export interface GatedItem {
  readonly target: string;
  /** Of the statement, check or expectation; of the rule where it remarks on conduct that no statement is about. */
  readonly id: string;
  readonly kind: 'statement' | 'check' | 'remark';
  /** The baseline's verdict. */
  readonly was?: Verdict;
  readonly verdict: Verdict;
  /** Absent for what needs no word: what neither fails the run nor is other than it was. */
  readonly standing?: Standing;
  /** The waivers that cover it, or did until they expired. */
  readonly waivers: readonly Waiver[];
}

/** A waiver that covers nothing. */
export interface IdleWaiver {
  readonly waiver: Waiver;
  /** Why it does not. */
  readonly why: string;
}

/** What was decided about a run. */
export interface Decision {
  readonly gate: RunGate;
  /** Everything that has a standing. */
  readonly items: readonly GatedItem[];
  /** Verdicts of the baseline on things that were no part of this run. */
  readonly absent: number;
  readonly idleWaivers: readonly IdleWaiver[];
}
