// The verdicts and how several of them fold into one.

/** What a judge can say; docs/architecture.md holds what each means. */
export type Verdict = 'pass' | 'fail' | 'warn' | 'limit' | 'skipped' | 'notExercised' | 'inconclusive';

const weightiestFirst: readonly Verdict[] = [
  'fail',
  'inconclusive',
  'warn',
  'pass',
  'limit',
  'skipped',
  'notExercised',
];

/** The verdict on something judged several times: the weightiest; `notExercised` where nothing judged it. */
export function foldVerdicts(verdicts: Iterable<Verdict>): Verdict {
  const seen = new Set(verdicts);
  return weightiestFirst.find((it) => seen.has(it)) ?? 'notExercised';
}

/** Whether the verdict says that a statement was really judged: what counts as covered. */
export function isJudged(verdict: Verdict): boolean {
  return verdict === 'pass' || verdict === 'warn' || verdict === 'fail';
}
