// The verdict in a terminal: the sentence first, what is not pass expanded, failures again at the end, the path last.
import { join } from 'node:path';
import { limitLine, type HistoryEvent } from '../history/event.ts';
import type { JudgedCheck, JudgedRun, JudgedStatement, JudgedTarget } from '../judge/judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { GatedItem } from '../judge/gate/decision.ts';
import { isForgiven } from '../judge/gate/standing.ts';
import { Excerpts } from './excerpt.ts';
import {
  baselineLines,
  changeText,
  decisionSentence,
  isUrgent,
  standings,
  standingTitles,
  titleOfItem,
  waiverText,
} from './gate-words.ts';
import { labelled, wrapped } from './layout.ts';
import { paintFor } from './paint.ts';
import type { Paint } from './paint.ts';
import { measurementText, problemText } from './problem-text.ts';
import { problemsOf } from './problems.ts';
import { hasTimeline } from './reporter.ts';
import type { Problem } from './problems.ts';
import { safeText } from './safe-text.ts';
import { seriesLine } from './series/series-words.ts';
import { seriesOf } from './series/series.ts';
import { bySection, titleOf } from './sections.ts';
import type { Section } from './sections.ts';
import { countVerdicts, linkWords, runLine, verdictSentence, verdictWords } from './verdict-words.ts';

/** How the terminal is. */
export interface TerminalOptions {
  readonly colour: boolean;
  /** Folder of the reports; its page is named in the last line. */
  readonly folder?: string;
  /** Columns; 100 where not known. */
  readonly width?: number;
  /** The run's history; without it failures come without their packets. */
  readonly events?: readonly HistoryEvent[];
}

interface Screen {
  readonly paint: Paint;
  readonly width: number;
}

/** The report as lines without line ends. */
export function terminalReport(run: JudgedRun, options: TerminalOptions): readonly string[] {
  const screen: Screen = { paint: paintFor(options.colour), width: Math.max(40, options.width ?? 100) };
  const problems = problemsOf(run);
  const excerpts = new Excerpts(options.events ?? []);
  return [
    ...headline(run, screen),
    ...seriesLines(run, options, screen),
    ...run.targets.flatMap((it) => ['', ...targetLines(it, screen)]),
    ...problemsLines(
      'Failures',
      problems.filter((it) => isUrgent(it, run)),
      excerpts,
      screen,
    ),
    ...problemsLines(
      'Remarks',
      problems.filter((it) => !isUrgent(it, run) && !isForgiven(it.standing)),
      excerpts,
      screen,
    ),
    ...decisionLists(run, screen),
    ...(options.folder === undefined ? [] : ['', `report  ${plain(join(options.folder, 'report.html'))}`]),
  ];
}

function headline(run: JudgedRun, { paint, width }: Screen): readonly string[] {
  const { sign, word } = verdictWords[run.verdict];
  const [first = '', ...rest] = labelled(`${sign} ${word}  `, plain(verdictSentence(run)), width);
  return [
    ...[first, ...rest].map((line) => paint.bold(paint.verdict(run.verdict, line))),
    ...decisionLines(run, { paint, width }),
    paint.dim(plain(runLine(run))),
    ...linkLines(run, width).map(paint.dim),
    ...run.warnings.flatMap((it) => labelled('! ', plain(it), width)).map((line) => paint.verdict('warn', line)),
  ];
}

/** What happened over time in one line; the page draws it. */
function seriesLines(run: JudgedRun, { events }: TerminalOptions, { paint, width }: Screen): readonly string[] {
  if (events === undefined || !hasTimeline(run.run)) return [];
  return labelled('', plain(seriesLine(seriesOf(events))), width).map(paint.dim);
}

/** What it comes to beside the baseline and the waivers. */
function decisionLines(run: JudgedRun, { paint, width }: Screen): readonly string[] {
  const sentence = decisionSentence(run);
  if (sentence === undefined) return [];
  const told = labelled('decided  ', plain(sentence), width);
  const colour: Verdict = run.exitCode === 0 ? 'pass' : run.exitCode === 1 ? 'fail' : 'inconclusive';
  return [
    ...told.map((line) => paint.bold(paint.verdict(colour, line))),
    ...baselineLines(run).flatMap((it) => labelled('         ', plain(it), width).map(paint.dim)),
  ];
}

/** What is other than it was, and what is forgiven, a line each: their packets are in the page. */
function decisionLists(run: JudgedRun, { paint, width }: Screen): readonly string[] {
  const items = run.decision?.items ?? [];
  return standings.flatMap((standing) => {
    const own = items.filter((it) => it.standing === standing);
    if (own.length === 0) return [];
    return [
      '',
      paint.bold(`${standingTitles[standing]} (${own.length})`),
      ...own.flatMap((it) => itemLines(run, it, width)),
    ];
  });
}

function itemLines(run: JudgedRun, it: GatedItem, width: number): readonly string[] {
  const change = plain(`${changeText(it)}  ${titleOfItem(run, it)}  (${it.target})`);
  return [
    ...labelled(`  ${verdictWords[it.verdict].sign} `, change, width),
    ...it.waivers.flatMap((waiver) => labelled('      ', plain(waiverText(waiver, it.standing)), width)),
  ];
}

function linkLines(run: JudgedRun, width: number): readonly string[] {
  const link = linkWords(run);
  if (link === undefined) return [];
  return [...labelled('', plain(link.over), width), ...link.patience.flatMap((it) => labelled('  ', plain(it), width))];
}

function targetLines(target: JudgedTarget, screen: Screen): readonly string[] {
  const { paint, width } = screen;
  const sections = bySection(target.statements);
  const checks = target.checks.filter((it) => it.kind === 'check');
  const expectations = target.checks.filter((it) => it.kind === 'expectation');
  return [
    `${paint.bold(plain(`${target.name} ${target.version}`))}  ${paint.dim(plain(target.how))}`,
    ...target.limits.flatMap((it) => labelled('  ◇ declared limit: ', plain(limitLine(it)), width)),
    ...(sections.length === 0 ? [] : [heading('statements', target.statements, screen)]),
    ...(isQuiet(target) ? [] : sections).flatMap((it, index) =>
      sectionLines(it, index === sections.length - 1, screen),
    ),
    ...(checks.length === 0 ? [] : [heading('checks', checks, screen)]),
    ...checks
      .filter((it) => isExpanded(it.verdict) && it.verdict !== 'skipped')
      .flatMap((it) => checkLines(it, screen)),
    ...skippedGroups(checks).flatMap((it) => skippedLines(it, screen)),
    ...(expectations.length === 0 ? [] : [heading('expectations', expectations, screen)]),
    ...expectations.flatMap((it) => checkLines(it, screen)),
  ];
}

/** A simulated device that did everything right is one line: the run is about something else. */
function isQuiet(target: JudgedTarget): boolean {
  return target.role === 'device' && ![...target.statements, ...target.findings].some((it) => isExpanded(it.verdict));
}

function heading(title: string, of: readonly { readonly verdict: Verdict }[], screen: Screen): string {
  return `  ${screen.paint.bold(title)}  ${counts(of, screen)}`;
}

/** One branch of the tree: the counts of a section, below it what did not pass. */
function sectionLines(section: Section<JudgedStatement>, last: boolean, screen: Screen): readonly string[] {
  const stem = last ? '   ' : '  │';
  return [
    `  ${last ? '└' : '├'} ${section.title.padEnd(26)} ${counts(section.items, screen)}`,
    ...section.items
      .filter((it) => isExpanded(it.verdict))
      .flatMap((it) => {
        const measured = it.measured.map((figure) => `, ${measurementText(figure)}`).join('');
        return [`${stem}   ${mark(it.verdict, screen)}  ${it.id}  ${plain(titleOf(it.id) + measured)}`];
      }),
  ];
}

function checkLines(check: JudgedCheck, screen: Screen): readonly string[] {
  const came = check.verdict === 'pass' ? [] : labelled('      came: ', plain(check.actual), screen.width);
  return [
    `    ${mark(check.verdict, screen)}  ${plain(check.id)}  ${plain(check.title)}`,
    ...came.map(screen.paint.dim),
    ...(check.measured.length === 0
      ? []
      : labelled('      ', plain(check.measured.map(measurementText).join(', ')), screen.width)),
  ];
}

/** Checks that were skipped for one reason, told together: a reason is no news the second time. */
function skippedGroups(checks: readonly JudgedCheck[]): readonly (readonly JudgedCheck[])[] {
  return [
    ...Map.groupBy(
      checks.filter((it) => it.verdict === 'skipped'),
      (it) => it.actual,
    ).values(),
  ];
}

function skippedLines(checks: readonly JudgedCheck[], screen: Screen): readonly string[] {
  const [first] = checks;
  if (first === undefined) return [];
  if (checks.length === 1) return checkLines(first, screen);
  const names = plain(checks.map((it) => it.id).join(', '));
  return [
    `    ${mark('skipped', screen)}  ${checks.length} checks`,
    ...labelled('      came: ', plain(first.actual), screen.width).map(screen.paint.dim),
    ...labelled('      ', names, screen.width).map(screen.paint.dim),
  ];
}

function problemsLines(
  title: string,
  shown: readonly Problem[],
  excerpts: Excerpts,
  screen: Screen,
): readonly string[] {
  if (shown.length === 0) return [];
  return [
    '',
    screen.paint.bold(`${title} (${shown.length})`),
    ...shown.flatMap((it) => problemBlock(it, excerpts, screen)),
  ];
}

function problemBlock(problem: Problem, excerpts: Excerpts, { paint, width }: Screen): readonly string[] {
  const it = problemText(problem, excerpts);
  const { sign, word } = verdictWords[problem.verdict];
  return [
    '',
    ...wrapped(`${sign} ${word}  ${it.title}  (${plain(problem.target)})`, width).map((line) =>
      paint.verdict(problem.verdict, line),
    ),
    ...it.expected.flatMap((text, index) => labelled(index === 0 ? '  expected  ' : '        or  ', text, width)),
    ...labelled('  came      ', it.actual, width),
    ...it.measured.flatMap((text) => labelled('  measured  ', text, width)),
    ...labelled('  judged    ', it.by, width).map(paint.dim),
    ...(it.standing === '' ? [] : labelled('  stands    ', it.standing, width)),
    ...it.packets.map((line) => (line.startsWith('>') ? paint.verdict(problem.verdict, `  ${line}`) : `  ${line}`)),
    ...(it.bytes === '' ? [] : labelled('  bytes     ', it.bytes, width)),
    `  repeat    ${it.repeat}`, // Not wrapped: it is there to be copied.
  ];
}

function counts(of: readonly { readonly verdict: Verdict }[], { paint }: Screen): string {
  return countVerdicts(of)
    .map(([verdict, count]) =>
      paint.verdict(verdict, `${verdictWords[verdict].sign} ${count} ${verdictWords[verdict].word}`),
    )
    .join('  ');
}

function mark(verdict: Verdict, { paint }: Screen): string {
  return paint.verdict(verdict, `${verdictWords[verdict].sign} ${verdictWords[verdict].word}`);
}

/** What never arose is counted: a list of it would bury what did. */
function isExpanded(verdict: Verdict): boolean {
  return verdict !== 'pass' && verdict !== 'notExercised';
}

function plain(text: string): string {
  return safeText(text, 'terminal');
}
