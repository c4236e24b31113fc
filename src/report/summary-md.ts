// summary.md: the verdict on the page of a CI job, in a size that such pages accept.
import { writeFile } from 'node:fs/promises';
import { isForgiven } from '../judge/gate/standing.ts';
import type { Standing } from '../judge/gate/standing.ts';
import type { JudgedRun, JudgedTarget } from '../judge/judged.ts';
import {
  baselineLines,
  changeText,
  decisionSentence,
  isUrgent,
  openStandings,
  standings,
  standingTitles,
  titleOfItem,
  waiverText,
} from './gate-words.ts';
import { measurementText, problemLines, problemText, titleOfProblem } from './problem-text.ts';
import type { Problem } from './problems.ts';
import type { Material, Reporter } from './reporter.ts';
import { escapeMarkup, safeText } from './safe-text.ts';
import { seriesLine } from './series/series-words.ts';
import { countsText, linkWords, runLine, verdictSentence, verdictWords } from './verdict-words.ts';

/** Writes summary.md. */
export const summaryMd: Reporter = {
  output: 'summary.md',
  write: (material, path) => writeFile(path, summaryText(material)),
};

/** Job pages end at about 1 MiB; a problem takes about 2 KiB. */
const mostProblems = 50;
/** Rows of a table that a reader opens; results.json holds them all. */
const mostRows = 100;

/** The whole file: what counts first, what is only to be looked up folded away. Nothing from the wire is markup in it. */
export function summaryText(material: Material): string {
  const { run, problems } = material;
  const urgent = problems.filter((it) => isUrgent(it, run));
  const remarks = problems.filter((it) => !isUrgent(it, run) && !isForgiven(it.standing));
  const shown = urgent.slice(0, mostProblems);
  const further = remarks.slice(0, mostProblems - shown.length);
  const left = urgent.length - shown.length + remarks.length - further.length;
  return [
    ...headline(run),
    `${md(runLine(run))}<br>repeat: ${code(run.run.command)}`,
    ...linkBlock(run),
    ...(material.series === undefined ? [] : [`${md(seriesLine(material.series))}.`]),
    ...(run.warnings.length === 0 ? [] : [run.warnings.map((it) => `- ${md(it)}`).join('\n')]),
    ...openStandings.flatMap((it) => standingBlock(run, it)),
    ...(shown.length === 0
      ? []
      : [`### Failures (${urgent.length})`, ...shown.map((it) => problemBlock(it, material))]),
    ...standings.filter((it) => !openStandings.includes(it)).flatMap((it) => standingBlock(run, it)),
    '### Targets',
    targetsTable(run.targets),
    ...run.targets.flatMap(expectationsTable),
    ...(further.length === 0
      ? []
      : folded(
          `Remarks (${remarks.length})`,
          further.map((it) => problemBlock(it, material)),
        )),
    ...(left > 0 ? [`${left} more are in report.html and results.json.`] : []),
    '',
  ].join('\n\n');
}

/** The first line says what the job's colour says. */
function headline(run: JudgedRun): readonly string[] {
  const { sign, word } = verdictWords[run.verdict];
  const verdict = `${sign} ${word}: ${md(verdictSentence(run))}`;
  const decision = decisionSentence(run);
  if (decision === undefined) return [`## ${verdict}`];
  const lines = [verdict, ...baselineLines(run).map(md)];
  return [`## ${run.exitCode === 0 ? '✓' : run.exitCode === 1 ? '✗' : '?'} ${md(decision)}`, lines.join('<br>')];
}

/** Things of one standing, what fails the run open and all else folded away. */
function standingBlock(run: JudgedRun, standing: Standing): readonly string[] {
  const items = run.decision?.items.filter((it) => it.standing === standing) ?? [];
  if (items.length === 0) return [];
  const title = `${standingTitles[standing]} (${items.length})`;
  const hasWaivers = items.some((it) => it.waivers.length > 0);
  const rows = items.slice(0, mostRows).map((it) => {
    const why = hasWaivers ? ` ${it.waivers.map((waiver) => md(waiverText(waiver, standing))).join('<br>')} |` : '';
    return `| ${md(changeText(it))} | ${md(titleOfItem(run, it))} | ${md(it.target)} |${why}`;
  });
  const more = items.length > rows.length ? [`${items.length - rows.length} more are in results.json.`] : [];
  const table = [
    hasWaivers ? '| verdict | what | target | waiver |' : '| verdict | what | target |',
    hasWaivers ? '| --- | --- | --- | --- |' : '| --- | --- | --- |',
    ...rows,
  ].join('\n');
  return openStandings.includes(standing) ? [`### ${title}`, table, ...more] : folded(title, [table, ...more]);
}

/** Markdown is read inside a block of HTML where a blank line stands before it. */
function folded(title: string, blocks: readonly string[]): readonly string[] {
  return [`<details><summary>${title}</summary>`, ...blocks, '</details>'];
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
