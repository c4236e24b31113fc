// Decides what a test that did not run means: an offer on somebody's laptop, a failure where everything is required.
import type { Needs, Unavailable } from './needs.ts';

/** A test that was not run: what it needs, or the reason it gave itself. */
export interface LeftOut {
  readonly name: string;
  readonly needs: readonly string[];
  readonly note: string | undefined;
}

/** What the run says at its end. */
export interface LeftOutVerdict {
  readonly lines: readonly string[];
  /** Tests that were left out although they are required. */
  readonly failedTests: number;
  /** Entries of `.ci/unavailable` that are wrong: each is a failure of its own. */
  readonly wrongEntries: number;
}

/** Where the tests ran and what is asked of them. */
export interface Ground {
  readonly needs: Needs;
  readonly unavailable: readonly Unavailable[];
  /** FIELDBENCH_REQUIRE=all: everything must run that `.ci/unavailable` does not excuse. */
  readonly requireAll: boolean;
}

/** Judges everything that was left out. */
export function judgeLeftOut(leftOut: readonly LeftOut[], ground: Ground): LeftOutVerdict {
  const groups = Map.groupBy(leftOut, (it) => reasonOf(it, ground));
  const failing = leftOut.filter((it) => ground.requireAll && !isExcused(it, ground));
  const wrong = ground.requireAll ? wrongEntries(ground) : [];
  const lines = [...groups].map(([reason, tests]) => `  ${tests.length} left out: ${reason}`);
  const failures = failing.map((it) => `  FAILED  ${it.name}: required here, but left out: ${reasonOf(it, ground)}`);
  return {
    lines: [...lines, ...failures, ...wrong.map((it) => `  FAILED  ${it}`)],
    failedTests: failing.length,
    wrongEntries: wrong.length,
  };
}

function missing(it: LeftOut, { needs }: Ground): string[] {
  return it.needs.filter((id) => needs[id]?.present !== true);
}

function reasonOf(it: LeftOut, ground: Ground): string {
  const lacking = missing(it, ground);
  if (lacking.length === 0) return it.note ?? 'no reason given';
  return lacking.map((id) => `needs ${id} (${ground.needs[id]?.detail}); get it: ${ground.needs[id]?.fix}`).join(', ');
}

/** A missing need is excused by its entry; without one the test must have given a reason of its own. */
function isExcused(it: LeftOut, ground: Ground): boolean {
  const lacking = missing(it, ground);
  if (lacking.length === 0) return it.note !== undefined;
  return lacking.every((id) => ground.unavailable.some((entry) => entry.need === id));
}

function wrongEntries({ needs, unavailable }: Ground): string[] {
  return unavailable.flatMap(({ need }) => {
    const found = needs[need];
    if (found === undefined) return [`.ci/unavailable names ${need}, which no probe looks for`];
    return found.present ? [`.ci/unavailable lists ${need}, but it is there: ${found.detail}`] : [];
  });
}
