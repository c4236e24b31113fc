// What a baseline and waivers made of a run, in words: the same in the terminal, on a job's page and on the page.
import type { Waiver } from '../history/run-gate.ts';
import type { Decision, GatedItem } from '../judge/gate/decision.ts';
import { isForgiven } from '../judge/gate/standing.ts';
import type { Standing } from '../judge/gate/standing.ts';
import type { JudgedRun } from '../judge/judged.ts';
import type { StatementId } from '../spec/statement.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { Problem } from './problems.ts';
import { titleOf } from './sections.ts';
import { verdictWords } from './verdict-words.ts';

/** Each standing as a list's title, in the order in which a reader wants them. */
export const standingTitles: Readonly<Record<Standing, string>> = {
  new: 'New since the baseline',
  expired: 'Waiver expired',
  unjudged: 'No longer judged',
  better: 'Better than the baseline',
  known: 'Known from the baseline',
  waived: 'Waived',
};

/** The standings in their order. */
export const standings = Object.keys(standingTitles) as readonly Standing[];

/** Those that fail the run: no reader should have to unfold them. */
export const openStandings: readonly Standing[] = ['new', 'expired'];

/** What decided, and what came of it: `1 new since the baseline, 3 known; exit code 1`. Nothing where nothing did. */
export function decisionSentence({ decision, exitCode }: JudgedRun): string | undefined {
  if (decision === undefined) return undefined;
  const { gate, items } = decision;
  const counts = standings.flatMap((standing) => {
    const count = items.filter((it) => it.standing === standing).length;
    return count === 0 && standing !== 'new' ? [] : [{ standing, count }];
  });
  const told = counts.filter((it) => it.standing !== 'new' || gate.baseline !== undefined);
  const words = told.map(({ standing, count }) => countText(standing, count));
  return `${[...words, failOnText(decision)].filter(Boolean).join(', ') || 'nothing was waived'}: exit code ${exitCode}`;
}

function countText(standing: Standing, count: number): string {
  const none = standing === 'new' && count === 0;
  const words: Readonly<Record<Standing, string>> = {
    new: none ? 'nothing new since the baseline' : `${count} new since the baseline`,
    expired: `${count} with an expired waiver`,
    unjudged: `${count} no longer judged`,
    better: `${count} better`,
    known: `${count} known`,
    waived: `${count} waived`,
  };
  return words[standing];
}

function failOnText({ gate }: Decision): string {
  const besides = gate.failOn.filter((it) => it !== 'fail');
  return besides.length === 0 ? '' : `failing on ${besides.join(', ')} too`;
}

/** Where the baseline is from, and what it does not say of this run; nothing without one. */
export function baselineLines({ decision, targets }: JudgedRun): readonly string[] {
  const { baseline } = decision?.gate ?? {};
  if (decision === undefined || baseline === undefined) return [];
  const { file, runId, startedAt, fieldbench } = baseline;
  const other = baseline.targets.flatMap(({ name, version }) => {
    const now = targets.find((it) => it.name === name)?.version;
    return now === undefined || now === version ? [] : [`${name} was ${version}, and is ${now}`];
  });
  const absent = decision.absent;
  return [
    `baseline ${file}: run ${runId} of ${startedAt}, fieldbench ${fieldbench}`,
    ...other,
    ...(absent === 0 ? [] : [`${absent} of its verdicts are on things that were no part of this run`]),
  ];
}

/** What a standing is about: `MQTT-3.12.4-1 PINGREQ is answered`, or a check with its title. */
export function titleOfItem({ targets }: JudgedRun, { target, id }: Pick<GatedItem, 'target' | 'id'>): string {
  const check = targets.find((it) => it.name === target)?.checks.find((it) => it.id === id);
  return `${id} ${check?.title ?? titleOf(id as StatementId)}`.trimEnd();
}

/** `pass before, fail now`; one word where nothing is known of before, or nothing changed. */
export function changeText({ was, verdict }: Pick<GatedItem, 'was' | 'verdict'>): string {
  const { word } = verdictWords[verdict];
  return was === undefined || was === verdict ? word : `${verdictWords[was].word} before, ${word} now`;
}

/** `waived until 2027-03-31: a sentence, https://...`, or that it was. */
export function waiverText({ reason, link, expires }: Waiver, standing: Standing | undefined): string {
  return `${standing === 'expired' ? 'its waiver expired on' : 'waived until'} ${expires}: ${reason}, ${link}`;
}

/** How something stands, where that needs a word beside its verdict; empty where it does not. */
export function standingText(standing: Standing | undefined, waiver?: Waiver): string {
  if (standing === undefined) return '';
  if (waiver !== undefined) return waiverText(waiver, standing);
  return standingTitles[standing].toLowerCase();
}

/** Whether a problem counts against the run that it was found in. */
export function countsAgainst(
  { verdict, standing }: { readonly verdict: Verdict; readonly standing?: Standing | undefined },
  run: JudgedRun,
): boolean {
  const failOn: readonly Verdict[] = run.decision?.gate.failOn ?? ['fail'];
  return !isForgiven(standing) && failOn.includes(verdict);
}

/** Whether a reader must look at a problem now: it counts against the run, or hides what might. */
export function isUrgent(it: Pick<Problem, 'verdict' | 'standing'>, run: JudgedRun): boolean {
  return countsAgainst(it, run) || (it.verdict !== 'warn' && !isForgiven(it.standing));
}

/** How a statement, check or remark stands, with every waiver that has to do with it; empty where that needs no word. */
export function gatedText({ standing, waivers }: GatedItem): string {
  if (standing === undefined) return '';
  if (waivers.length === 0) return standingText(standing);
  return waivers.map((it) => waiverText(it, standing)).join('; ');
}

/** What was decided about one statement, check or remark. */
export function gatedItem({ decision }: JudgedRun, target: string, id: string): GatedItem | undefined {
  return decision?.items.find((it) => it.target === target && it.id === id);
}
