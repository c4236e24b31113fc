// junit.xml: what CI systems read; a statement that only rules judged is a test case too.
import { writeFile } from 'node:fs/promises';
import type { JudgedTarget } from '../judge/judged.ts';
import { isForgiven } from '../judge/gate/standing.ts';
import { casesOf } from './cases.ts';
import type { Case } from './cases.ts';
import { gatedText } from './gate-words.ts';
import { problemLines, problemText, titleOfProblem } from './problem-text.ts';
import type { Material, Reporter } from './reporter.ts';
import { escapeMarkup, safeText } from './safe-text.ts';
import { verdictSentence, verdictWords } from './verdict-words.ts';

/** Writes junit.xml. */
export const junit: Reporter = {
  output: 'junit.xml',
  write: (material, path) => writeFile(path, junitText(material)),
};

/** The whole file. */
export function junitText(material: Material): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${text(`fieldbench: ${verdictSentence(material.run)}`)}">`,
    ...material.run.targets.map((target) => suiteOf(target, material)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(target: JudgedTarget, material: Material): string {
  const { run, warnings } = material.run;
  const cases = casesOf(target, material);
  const count = (outcome: Outcome): number => cases.filter((it) => outcomeOf(it) === outcome).length;
  const head = {
    name: target.name,
    tests: String(cases.length),
    failures: String(count('failure')),
    errors: String(count('error')),
    skipped: String(count('skipped')),
    time: seconds(cases.reduce((sum, it) => sum + it.durationMs, 0)),
    timestamp: run.startedAt,
  };
  const properties = {
    ...run.provenance,
    version: target.version,
    how: target.how,
    seed: String(run.seed),
    command: run.command,
  };
  return [
    `<testsuite ${attributes(head)}>`,
    '<properties>',
    ...Object.entries(properties).map(([name, value]) => `<property ${attributes({ name, value })}/>`),
    '</properties>',
    ...cases.map((it) => caseText(target, it, material)),
    ...(warnings.length === 0 ? [] : [`<system-out>${warnings.map(text).join('\n')}</system-out>`]),
    '</testsuite>',
  ].join('\n');
}

function caseText(target: JudgedTarget, it: Case, material: Material): string {
  const classname = `${target.name}.${it.group}`;
  const head = `testcase ${attributes({ classname, name: `${it.id}: ${it.title}`, time: seconds(it.durationMs) })}`;
  const body = bodyOf(it, material);
  return body === '' ? `<${head}/>` : `<${head}>${body}</testcase>`;
}

/** What JUnit has a word for. */
type Outcome = 'passed' | 'remark' | 'failure' | 'error' | 'skipped';

/** What is known or waived is there to be seen, and must not make a job red: the exit code does not either. */
function outcomeOf({ verdict, gated, fails }: Case): Outcome {
  if (fails) return 'failure';
  if (isForgiven(gated?.standing)) return 'skipped';
  switch (verdict) {
    case 'pass':
      return 'passed';
    case 'warn':
      return 'remark';
    case 'inconclusive':
      return 'error';
    default:
      return 'skipped';
  }
}

function bodyOf(it: Case, material: Material): string {
  const standing = it.gated === undefined ? '' : gatedText(it.gated);
  const stands = standing === '' ? '' : ` (${standing})`;
  const { word } = verdictWords[it.verdict];
  const outcome = outcomeOf(it);
  switch (outcome) {
    case 'passed':
      return standing === '' ? '' : `<system-out>${text(standing)}</system-out>`;
    case 'remark':
      return `<system-out>${text(`warn: ${it.actual}${stands}`)}\n${details(it, material)}</system-out>`;
    case 'failure':
    case 'error':
      return `<${outcome} ${attributes({ message: `${it.actual}${stands}` })}>${details(it, material)}</${outcome}>`;
    case 'skipped':
      return `<skipped ${attributes({ message: `${word}: ${it.actual}${stands}` })}/>`;
  }
}

function details(it: Case, { excerpts }: Material): string {
  const blocks = it.problems.map((problem) =>
    [titleOfProblem(problem), ...problemLines(problemText(problem, excerpts))].join('\n'),
  );
  return escapeMarkup(blocks.join('\n\n'));
}

function attributes(all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .map(([name, value]) => `${name}="${text(value)}"`)
    .join(' ');
}

function text(raw: string): string {
  return safeText(raw, 'xml');
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}
