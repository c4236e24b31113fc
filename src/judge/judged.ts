// A run after judgement, in the shape that every report is made from.
import type { StatementId } from '../spec/statement.ts';
import type { DeclaredLimit, RunEnded, RunStarted } from '../history/event.ts';
import type { Evidence, Finding, Measurement } from './finding.ts';
import type { Decision } from './gate/decision.ts';
import type { Standing } from './gate/standing.ts';
import type { Verdict } from './verdict.ts';

/** One statement's verdict on one target, folded over all that judged it. */
export interface JudgedStatement {
  readonly id: StatementId;
  readonly verdict: Verdict;
  /** Ids of the rules and checks that judged it. */
  readonly by: readonly string[];
  readonly measured: readonly Measurement[];
  /** How it stands with the baseline and the waivers of the run. */
  readonly standing?: Standing;
}

/** One check's, or one expectation's, verdict on one target. */
export interface JudgedCheck {
  /** A check of ours, which may be about conduct that no statement has a number for, or what the user expects. */
  readonly kind: 'check' | 'expectation';
  readonly id: string;
  readonly title: string;
  readonly statements: readonly StatementId[];
  readonly verdict: Verdict;
  readonly expected: readonly string[];
  readonly actual: string;
  readonly durationMs: number;
  readonly evidence: Evidence;
  readonly measured: readonly Measurement[];
  /** The command that repeats this check alone. */
  readonly repeat: string;
  /** How it stands with the baseline and the waivers of the run. */
  readonly standing?: Standing;
}

/** All that was judged of one target. */
export interface JudgedTarget {
  readonly name: string;
  /**
   * `device`: a simulated one of the bench, judged so that its own conduct cannot spoil the run unseen; on the tap a
   * real one.
   */
  readonly role: 'target' | 'device';
  readonly version: string;
  readonly how: string;
  /** What it declares not to do. */
  readonly limits: readonly DeclaredLimit[];
  readonly statements: readonly JudgedStatement[];
  readonly checks: readonly JudgedCheck[];
  readonly findings: readonly Finding[];
}

/** A whole run after judgement. */
export interface JudgedRun {
  readonly run: RunStarted;
  /** Absent when the bench was killed: the journal has no last event. */
  readonly end?: RunEnded;
  readonly verdict: Verdict;
  readonly exitCode: 0 | 1 | 3;
  /** Names the checks and rules that judged, so that verdicts of another suite are not taken for changes. */
  readonly suite: string;
  /** What a baseline, waivers or other verdicts to fail on made of it. */
  readonly decision?: Decision;
  readonly targets: readonly JudgedTarget[];
  /** What cannot be trusted about this run, in words: lag of our own, gaps, truncation. */
  readonly warnings: readonly string[];
}
