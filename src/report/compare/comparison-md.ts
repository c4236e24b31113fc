// compare.md: two runs beside each other, for a pull request or the page of a job.
import { safeText } from '../safe-text.ts';
import { changeWords, directionTitles, pairName, runWords, talliedWords, unpairedWords } from './comparison-words.ts';
import { directions } from './comparison.ts';
import type { ComparedTarget, Comparison, Direction } from './comparison.ts';
import type { Fact } from './facts.ts';

/** The whole file. Nothing from the wire is Markdown or HTML in it. */
export function comparisonMarkdown(it: Comparison): string {
  return [
    '## Two runs compared',
    `- first: ${md(runWords(it.first))}\n- second: ${md(runWords(it.second))}`,
    ...unpairedWords(it.onlyFirst, it.onlySecond).map(md),
    ...it.targets.flatMap(targetBlocks),
    ...factsTable('What else differs', it.facts),
    '',
  ].join('\n\n');
}

function targetBlocks(it: ComparedTarget): readonly string[] {
  return [
    `### ${md(pairName(it))}`,
    `- statements: ${md(talliedWords(it.statements, it.observable))}\n- checks: ${md(talliedWords(it.checks))}`,
    ...directions.flatMap((direction) => changesTable(it, direction)),
    ...factsTable('About the targets', it.facts),
  ];
}

function changesTable({ changes }: ComparedTarget, direction: Direction): readonly string[] {
  const own = changes.filter((it) => it.direction === direction);
  if (own.length === 0) return [];
  const table = [
    '| first → second | what |',
    '| --- | --- |',
    ...own.map((it) => `| ${changeWords(it)} | ${md(it.title)} |`),
  ].join('\n');
  const title = `${directionTitles[direction]} (${own.length})`;
  if (direction === 'worse' || direction === 'better') return [`#### ${title}`, table];
  return [`<details><summary>${title}</summary>`, table, '</details>'];
}

function factsTable(title: string, facts: readonly Fact[]): readonly string[] {
  if (facts.length === 0) return [];
  const rows = facts.map(({ name, first, second }) => `| ${md(name)} | ${md(first)} | ${md(second)} |`);
  return [`#### ${title}`, ['| | first | second |', '| --- | --- | --- |', ...rows].join('\n')];
}

function md(text: string): string {
  return safeText(text, 'markdown');
}
