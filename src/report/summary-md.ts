// summary.md: the verdict on the page of a CI job, in a size that such pages accept.
import { writeFile } from 'node:fs/promises';
import type { JudgedRun, JudgedTarget } from '../judge/judged.ts';
import { measurementText, problemLines, problemText, titleOfProblem } from './problem-text.ts';
import type { Problem } from './problems.ts';
import type { Material, Reporter } from './reporter.ts';
import { escapeMarkup, safeText } from './safe-text.ts';
import { countsText, linkWords, runLine, verdictSentence, verdictWords } from './verdict-words.ts';

/** Writes summary.md. */
export const summaryMd: Reporter = {
  output: 'summary.md',
  write: (material, path) => writeFile(path, summaryText(material)),
};

/** Job pages end at about 1 MiB; a problem takes about 2 KiB. */
const mostProblems = 50;

/** The whole file. Nothing from the wire is Markdown or HTML in it. */
export function summaryText(material: Material): string {
  const { run, problems } = material;
  const { sign, word } = verdictWords[run.verdict];
  const shown = problems.slice(0, mostProblems);
  return [
    `## ${sign} ${word}: ${md(verdictSentence(run))}`,
    `${md(runLine(run))}<br>repeat: ${code(run.run.command)}`,
    ...linkBlock(run),
    ...(run.warnings.length === 0 ? [] : [run.warnings.map((it) => `- ${md(it)}`).join('\n')]),
    targetsTable(run.targets),
    ...run.targets.flatMap(expectationsTable),
    ...(shown.length === 0 ? [] : ['### To look at', ...shown.map((it) => problemBlock(it, material))]),
    ...(problems.length > shown.length
      ? [`${problems.length - shown.length} more are in report.html and results.json.`]
      : []),
    '',
  ].join('\n\n');
}

function linkBlock(run: JudgedRun): readonly string[] {
  const link = linkWords(run);
  return link === undefined ? [] : [md(link.over), link.patience.map((it) => `- ${md(it)}`).join('\n')];
}

function targetsTable(targets: readonly JudgedTarget[]): string {
  return [
    '| target | version | statements | checks and expectations |',
    '| --- | --- | --- | --- |',
    ...targets.map(
      (it) =>
        `| ${md(it.name)} | ${md(it.version)} | ${md(countsText(it.statements))} | ${md(countsText(it.checks))} |`,
    ),
  ].join('\n');
}

function expectationsTable(target: JudgedTarget): readonly string[] {
  const expectations = target.checks.filter((it) => it.kind === 'expectation');
  if (expectations.length === 0) return [];
  const rows = expectations.map((it) => {
    const { sign, word } = verdictWords[it.verdict];
    return `| ${sign} ${word} | ${md(it.title)} | ${md(it.measured.map(measurementText).join('; '))} | ${md(it.actual)} |`;
  });
  return [['| | expectation | measured | came |', '| --- | --- | --- | --- |', ...rows].join('\n')];
}

function problemBlock(problem: Problem, { excerpts }: Material): string {
  const { sign, word } = verdictWords[problem.verdict];
  const title = `${sign} ${word}: ${md(titleOfProblem(problem))} (${md(problem.target)})`;
  // Markdown is not read inside a block of HTML; a blank line would end it, but no line of a problem is blank.
  const body = escapeMarkup(problemLines(problemText(problem, excerpts)).join('\n'));
  return `<details><summary>${title}</summary><pre>${body}</pre></details>`;
}

function md(text: string): string {
  return safeText(text, 'markdown');
}

function code(text: string): string {
  return `<code>${md(text)}</code>`;
}
