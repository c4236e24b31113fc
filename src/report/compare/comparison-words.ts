// Two runs beside each other in words, for the terminal and for Markdown alike.
import type { Verdict } from '../../judge/verdict.ts';
import { verdictWords } from '../verdict-words.ts';
import type { Change, ComparedRun, ComparedTarget, Direction, Tallied } from './comparison.ts';

/** Each direction as a list's title. */
export const directionTitles: Readonly<Record<Direction, string>> = {
  worse: 'Worse',
  better: 'Better',
  onlyFirst: 'Judged only in the first run',
  onlySecond: 'Judged only in the second run',
};

/** `pass → fail`; what a run did not have is `–`. */
export function changeWords({ first, second }: Pick<Change, 'first' | 'second'>): string {
  return `${wordOf(first)} → ${wordOf(second)}`;
}

function wordOf(verdict: Verdict | undefined): string {
  return verdict === undefined ? 'not there' : verdictWords[verdict].word;
}

/** `run 1a2b of 2026-11-22T20:00:00Z, fieldbench conform ...`. */
export function runWords({ run, startedAt, command }: ComparedRun): string {
  return `run ${run} of ${startedAt}: ${command}`;
}

/** `132 judged in both (121 of the 125 numbered ones that can be observed): 1 worse, 131 the same`. */
export function talliedWords(it: Tallied, observable?: ComparedTarget['observable']): string {
  const of = observable && `${observable.judgedInBoth} of the ${observable.all} numbered ones that can be observed`;
  const changed = (['worse', 'better'] as const).flatMap((word) => (it[word] === 0 ? [] : [`${it[word]} ${word}`]));
  const only = [
    ...(it.onlyFirst === 0 ? [] : [`${it.onlyFirst} judged only in the first run`]),
    ...(it.onlySecond === 0 ? [] : [`${it.onlySecond} judged only in the second run`]),
  ];
  const both = `${it.judgedInBoth} judged in both${of === undefined ? '' : ` (${of})`}: ${[...changed, `${it.same} the same`].join(', ')}`;
  return [both, ...only].join('; ');
}

/** Name of the pair: one name where both have the same. */
export function pairName({ first, second }: Pick<ComparedTarget, 'first' | 'second'>): string {
  return first === second ? first : `${first} → ${second}`;
}

/** What has no counterpart, a sentence each. */
export function unpairedWords(onlyFirst: readonly string[], onlySecond: readonly string[]): readonly string[] {
  return [
    ...(onlyFirst.length === 0 ? [] : [`only in the first run: ${onlyFirst.join(', ')}`]),
    ...(onlySecond.length === 0 ? [] : [`only in the second run: ${onlySecond.join(', ')}`]),
  ];
}
