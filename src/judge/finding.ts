// A verdict with what it rests on: the statement, what was acceptable, what came, and the packets that show it.
import type { StatementId } from '../spec/statement.ts';
import type { ConnectionId } from '../history/event.ts';
import type { Waiver } from '../history/run-gate.ts';
import type { Standing } from './gate/standing.ts';
import type { Verdict } from './verdict.ts';

/** A figure beside a verdict, with its limits where it has any. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly limit?: { readonly min?: number; readonly max?: number };
}

/** Where in the journal a finding can be seen. */
export interface Evidence {
  /** `seq` of the events that show it, the offending one last. */
  readonly events: readonly number[];
  /** Bytes of the offending packet that are wrong: its event, offset and length within the packet. */
  readonly bytes?: { readonly event: number; readonly offset: number; readonly length: number };
}

/** One judgement. */
export interface Finding {
  /** Id of the rule, check or expectation that judged. */
  readonly by: string;
  /** Absent for findings that no statement is behind, such as expectations and remarks on conduct that the standard leaves free. */
  readonly statement?: StatementId;
  readonly verdict: Verdict;
  /** Every outcome that would have been acceptable, in words. */
  readonly expected: readonly string[];
  /** What came, in words. */
  readonly actual: string;
  readonly evidence: Evidence;
  readonly connection?: ConnectionId;
  readonly target?: string;
  readonly check?: string;
  readonly measured?: readonly Measurement[];
  /** How many like it this one stands for (passes are counted, not listed). */
  readonly count: number;
  /** How it stands with the baseline and the waivers, where it fails the run or would. */
  readonly standing?: Standing;
  /** The waiver that covers it; it keeps its verdict. One that has expired stands here too. */
  readonly waivedBy?: Waiver;
}
