// Words and signs of the verdicts, and the one sentence that a whole run comes to.
import { limitId } from '../history/event.ts';
import type { JudgedRun, JudgedTarget } from '../judge/judged.ts';
import { isForgiven } from '../judge/gate/standing.ts';
import { isJudged } from '../judge/verdict.ts';
import type { Verdict } from '../judge/verdict.ts';
import { durationText } from './figures.ts';

/** How a verdict is shown: never by colour alone. */
export const verdictWords: Readonly<Record<Verdict, { readonly sign: string; readonly word: string }>> = {
  fail: { sign: '✗', word: 'fail' },
  inconclusive: { sign: '?', word: 'inconclusive' },
  warn: { sign: '!', word: 'warn' },
  pass: { sign: '✓', word: 'pass' },
  limit: { sign: '◇', word: 'limit' },
  skipped: { sign: '–', word: 'skipped' },
  notExercised: { sign: '○', word: 'not exercised' },
};

const inOrder = Object.keys(verdictWords) as Verdict[];

/** How many of each verdict, most urgent first; verdicts that nobody got are left out. */
export function countVerdicts(of: readonly { readonly verdict: Verdict }[]): readonly (readonly [Verdict, number])[] {
  return inOrder.flatMap((verdict) => {
    const count = of.filter((it) => it.verdict === verdict).length;
    return count === 0 ? [] : [[verdict, count] as const];
  });
}

/** e.g. `2 fail, 40 pass`. */
export function countsText(of: readonly { readonly verdict: Verdict }[]): string {
  return countVerdicts(of)
    .map(([verdict, count]) => `${count} ${verdictWords[verdict].word}`)
    .join(', ');
}

/** The verdict on the run in one sentence, e.g. `aedes 1.2.0 broke 5 of 49 judged statements; 6 of 43 checks failed.` */
export function verdictSentence(run: JudgedRun): string {
  if (run.targets.length === 0) return 'Nothing was judged: no target came up.';
  const devices = run.targets.filter((it) => it.role === 'device');
  const good = devices.filter((it) => !it.statements.some((each) => each.verdict === 'fail'));
  const named = run.targets
    .filter((it) => !good.includes(it))
    .map((it) => targetSentence(it, failsByLimit(it, run) ? ' (which fails a strict run)' : ''));
  const rest = good.length === 0 ? [] : [goodText(run, good, devices.length)];
  return `${[...named, ...rest].join('; ')}${endText(run)}.`;
}

/** Whether a limit of the target counts against the run: not where the baseline has it. */
function failsByLimit({ name, limits }: JudgedTarget, { decision }: JudgedRun): boolean {
  if (decision === undefined || !decision.gate.failOn.includes('limit')) return false;
  const forgiven = decision.items.filter((it) => it.target === name && isForgiven(it.standing));
  return limits.some((limit) => !forgiven.some((it) => it.id === limitId(limit)));
}

/** On a tap one entry may stand for many devices. */
function goodText({ run }: JudgedRun, good: readonly JudgedTarget[], all: number): string {
  if (run.mode === 'tap') return `no ${good.length < all ? 'other ' : ''}device broke any`;
  const isOurs = good.every((it) => it.how === 'simulated device');
  return `the ${counted(good.length, isOurs ? 'simulated device' : 'device')} broke none`;
}

/** `seed 7, 12.3 s` and what else places the run. */
export function runLine(run: JudgedRun): string {
  const { mode, seed, runId, fieldbench } = run.run;
  const length = run.end === undefined ? [] : [durationText(run.end.tMs)];
  return [mode, `seed ${seed}`, ...length, `run ${runId}`, `fieldbench ${fieldbench}`].join(' · ');
}

/** What the run was driven over, and how that changed its patience: the link first; nothing where there was none. */
export function linkWords({
  run: { link },
}: JudgedRun): { readonly over: string; readonly patience: readonly string[] } | undefined {
  return link && { over: `over the link ${link.word}: ${link.title}`, patience: link.patience };
}

function targetSentence(target: JudgedTarget, strict: string): string {
  const name = `${target.name} ${target.version}`.trim();
  const judged = target.statements.filter((it) => isJudged(it.verdict));
  const broken = judged.filter((it) => it.verdict === 'fail').length;
  const parts = [
    ...(judged.length === 0
      ? []
      : [broken === 0 ? heldText(judged.length) : `broke ${broken} of ${judged.length} judged statements`]),
    ...checksText(
      target.checks.filter((it) => it.kind === 'check'),
      'check',
      'failed',
      'passed',
    ),
    ...checksText(
      target.checks.filter((it) => it.kind === 'expectation'),
      'expectation',
      'missed',
      'met',
    ),
  ];
  const limits = target.limits.length === 0 ? '' : `, ${counted(target.limits.length, 'declared limit')}${strict}`;
  return `${name} ${parts.length === 0 ? 'could not be judged' : parts.join(', ')}${limits}`;
}

function heldText(judged: number): string {
  return judged === 1 ? 'kept the one statement judged' : `kept all ${judged} judged statements`;
}

function checksText(checks: JudgedTarget['checks'], noun: string, failing: string, passing: string): readonly string[] {
  const judged = checks.filter((it) => isJudged(it.verdict)).length;
  const failed = checks.filter((it) => it.verdict === 'fail').length;
  const open = checks.filter((it) => it.verdict === 'inconclusive').length;
  const outcome =
    failed === 0 ? `${counted(judged, noun)} ${passing}` : `${failed} of ${counted(judged, noun)} ${failing}`;
  return [...(judged === 0 ? [] : [outcome]), ...(open === 0 ? [] : [`${counted(open, noun)} inconclusive`])];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function endText(run: JudgedRun): string {
  if (run.end === undefined) return '; the bench was killed before the run was over';
  return run.end.how === 'completed' ? '' : `; the run was ${run.end.how}`;
}
