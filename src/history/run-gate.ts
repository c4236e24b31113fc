// What a run is decided by beside its own verdicts, as it stands in the journal: the same decision a year later.

/** Verdicts that can be told to fail a run. */
export const gateVerdicts = ['fail', 'warn', 'limit', 'inconclusive'] as const;

/** One of {@link gateVerdicts}. */
export type GateVerdict = (typeof gateVerdicts)[number];

/** The verdicts that a baseline can hold: all that there are. */
export const baselineVerdicts = ['pass', 'fail', 'warn', 'limit', 'skipped', 'notExercised', 'inconclusive'] as const;

/** Everything that turns verdicts into an exit code. */
export interface RunGate {
  /** The day of the decision, an ISO date in UTC: whether a waiver has expired does not depend on when one reads. */
  readonly today: string;
  /** Verdicts that fail the run; `fail` is always one of them. */
  readonly failOn: readonly GateVerdict[];
  readonly baseline?: Baseline;
  readonly waivers?: Waivers;
}

/** What an earlier run came to. */
export interface Baseline {
  /** The file or folder as it was named. */
  readonly file: string;
  readonly runId: string;
  readonly startedAt: string;
  /** Version of fieldbench that judged it. */
  readonly fieldbench: string;
  readonly targets: readonly BaselineTarget[];
}

/** What an earlier run came to on one target. */
export interface BaselineTarget {
  readonly name: string;
  readonly version: string;
  /** One of {@link baselineVerdicts} -> ids of the statements, checks and remarking rules that got it. */
  readonly verdicts: Readonly<Record<string, readonly string[]>>;
}

/** Failures that somebody has taken upon himself for a while. */
export interface Waivers {
  /** The file as it was named. */
  readonly file: string;
  readonly entries: readonly Waiver[];
}

/** One failure that somebody has taken upon himself, why, and until when. */
export interface Waiver {
  /** Glob over target names. */
  readonly target: string;
  /** Statement or check. */
  readonly id: string;
  readonly reason: string;
  /** Where it is being worked on or was decided. */
  readonly link: string;
  /** Last day on which it holds, an ISO date in UTC. */
  readonly expires: string;
}
