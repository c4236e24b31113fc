// One problem as plain lines: the same words in the terminal, in JUnit, in Allure and on a job's page.
import type { ExcerptLine, Excerpts } from './excerpt.ts';
import { arrowOf, describeDeed } from './describe-event.ts';
import { clockText, limitText, valueText } from './figures.ts';
import { standingText } from './gate-words.ts';
import { bytesOf, bytesText } from './packet-bytes.ts';
import type { Problem } from './problems.ts';
import { safeText } from './safe-text.ts';
import { titleOf } from './sections.ts';
import { rules } from '../judge/rules.ts';
import type { Measurement } from '../judge/finding.ts';

/** A problem in words; every text is on one line and safe for a terminal. */
export interface ProblemText {
  /** Statement ids with the title of the first, or the title of the expectation. */
  readonly title: string;
  /** What judged it, and where it showed. */
  readonly by: string;
  readonly expected: readonly string[];
  readonly actual: string;
  readonly measured: readonly string[];
  readonly packets: readonly string[];
  /** The wrong bytes in brackets; empty where none are known. */
  readonly bytes: string;
  readonly repeat: string;
  /** How it stands with the baseline and the waivers; empty where that needs no word. */
  readonly standing: string;
}

/** Puts a problem into words. */
export function problemText(problem: Problem, excerpts: Excerpts): ProblemText {
  const lines = excerpts.of(problem.evidence);
  return {
    title: titleOfProblem(problem),
    by: plain(byText(problem)),
    expected: problem.expected.map(plain),
    actual: plain(problem.actual),
    measured: problem.measured.map((it) => plain(measurementText(it))),
    packets: lines.map(lineText),
    bytes: wrongBytesText(lines),
    repeat: plain(problem.repeat),
    standing: plain(standingText(problem.standing, problem.waivedBy)),
  };
}

/** All of it as lines, as they stand in a file. */
export function problemLines(it: ProblemText): readonly string[] {
  return [
    ...it.expected.map((text, index) => `${index === 0 ? 'expected: ' : '      or: '}${text}`),
    `came:     ${it.actual}`,
    ...it.measured.map((text) => `measured: ${text}`),
    `judged:   ${it.by}`,
    ...(it.standing === '' ? [] : [`stands:   ${it.standing}`]),
    ...(it.packets.length === 0
      ? []
      : ['packets (s, > marks the offending one):', ...it.packets.map((text) => `  ${text}`)]),
    ...(it.bytes === '' ? [] : [`bytes:    ${it.bytes}`]),
    `repeat:   ${it.repeat}`,
  ];
}

/** e.g. `MQTT-3.1.2-2 unknown level refused`, or the title of an expectation, or of a rule that remarks. */
export function titleOfProblem({ statements, checks, by }: Problem): string {
  const [first] = statements;
  if (first === undefined) return plain(checks[0]?.title ?? rules.find((it) => it.id === by)?.title ?? by);
  return plain(`${statements.join(', ')} ${titleOf(first)}`.trimEnd());
}

/** e.g. `by rule first-sending in check publish/dup, 3 times`. */
export function byText({ by, checks, count }: Problem): string {
  const names = checks.map((it) => it.id).filter((it) => it !== by);
  const kind = checks.find((it) => it.id === by)?.kind ?? 'rule';
  const where =
    names.length === 0
      ? ''
      : ` in ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  return `by ${kind} ${by}${where}${count > 1 ? `, ${count} times` : ''}`;
}

/** `rtt p99 12.3 ms (≤ 20 ms)`. */
export function measurementText(it: Measurement): string {
  const limit = limitText(it);
  return `${it.name} ${valueText(it)}${limit === '' ? '' : ` (${limit})`}`;
}

function lineText({ event, offending }: ExcerptLine): string {
  const arrow = event.kind === 'packet' ? arrowOf(event) : '';
  const connection = 'connection' in event && event.connection !== undefined ? event.connection : '';
  const columns = [
    offending ? '>' : ' ',
    clockText(event.tMs).padStart(9),
    plain(connection).padEnd(4),
    arrow.padEnd(8),
    describeDeed(event),
  ];
  return columns.join(' ');
}

function wrongBytesText(lines: readonly ExcerptLine[]): string {
  const line = lines.find((it) => it.wrongBytes !== undefined);
  return line?.event.kind === 'packet' ? bytesText(bytesOf(line.event, line.wrongBytes)) : '';
}

function plain(text: string): string {
  return safeText(text, 'terminal');
}
