// junit.xml: what CI systems read; a statement that only rules judged is a test case too.
import { writeFile } from 'node:fs/promises';
import type { JudgedCheck, JudgedStatement, JudgedTarget } from '../judge/judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import { problemLines, problemText, titleOfProblem } from './problem-text.ts';
import type { Problem } from './problems.ts';
import type { Material, Reporter } from './reporter.ts';
import { escapeMarkup, safeText } from './safe-text.ts';
import { sectionOf, titleOf } from './sections.ts';
import { verdictSentence } from './verdict-words.ts';

/** Writes junit.xml. */
export const junit: Reporter = {
  output: 'junit.xml',
  write: (material, path) => writeFile(path, junitText(material)),
};

/** One test case before it is XML. */
interface Case {
  readonly name: string;
  readonly group: string;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly actual: string;
  readonly problems: readonly Problem[];
}

/** The whole file. */
export function junitText(material: Material): string {
  const suites = material.run.targets.map((target) => suiteOf(target, material));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="fieldbench: ${text(verdictSentence(material.run))}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(target: JudgedTarget, material: Material): string {
  const { run } = material.run;
  const cases = casesOf(
    target,
    material.problems.filter((it) => it.target === target.name),
  );
  const count = (...verdicts: readonly Verdict[]): number => cases.filter((it) => verdicts.includes(it.verdict)).length;
  const properties = {
    version: target.version,
    how: target.how,
    seed: String(run.seed),
    command: run.command,
    ...run.provenance,
  };
  return [
    `<testsuite name="${text(target.name)}" tests="${cases.length}" failures="${count('fail')}" errors="${count('inconclusive')}"` +
      ` skipped="${count('skipped', 'notExercised', 'limit')}" time="${seconds(cases.reduce((sum, it) => sum + it.durationMs, 0))}"` +
      ` timestamp="${text(run.startedAt)}">`,
    '<properties>',
    ...Object.entries(properties).map(([name, value]) => `<property name="${text(name)}" value="${text(value)}"/>`),
    '</properties>',
    ...cases.map((it) => caseText(target, it, material)),
    ...(material.run.warnings.length === 0
      ? []
      : [`<system-out>${material.run.warnings.map(text).join('\n')}</system-out>`]),
    '</testsuite>',
  ].join('\n');
}

function casesOf(target: JudgedTarget, problems: readonly Problem[]): readonly Case[] {
  const checks = new Set(target.checks.map((it) => it.id));
  const byRulesOnly = target.statements.filter((it) => !it.by.some((id) => checks.has(id)));
  return [
    ...target.checks.map((it) => caseOfCheck(it, problems)),
    ...byRulesOnly.map((it) => caseOfStatement(it, problems)),
  ];
}

function caseOfCheck(it: JudgedCheck, problems: readonly Problem[]): Case {
  const [first] = it.statements;
  return {
    name: `${it.id}: ${it.title}`,
    group: first === undefined ? 'expectations' : sectionOf(first),
    durationMs: it.durationMs,
    verdict: it.verdict,
    actual: it.actual,
    problems: problems.filter(
      (problem) => problem.verdict === it.verdict && problem.checks.some((check) => check.id === it.id),
    ),
  };
}

function caseOfStatement(it: JudgedStatement, problems: readonly Problem[]): Case {
  return {
    name: `${it.id}: ${titleOf(it.id)}`,
    group: sectionOf(it.id),
    durationMs: 0,
    verdict: it.verdict,
    actual: `judged by ${it.by.join(', ')}`,
    problems: problems.filter((problem) => problem.verdict === it.verdict && problem.statements.includes(it.id)),
  };
}

function caseText(target: JudgedTarget, it: Case, material: Material): string {
  const head = `<testcase classname="${text(`${target.name}.${it.group}`)}" name="${text(it.name)}" time="${seconds(it.durationMs)}"`;
  const body = bodyOf(it, material);
  return body === '' ? `${head}/>` : `${head}>${body}</testcase>`;
}

function bodyOf(it: Case, material: Material): string {
  switch (it.verdict) {
    case 'pass':
      return '';
    case 'fail':
      return `<failure message="${text(it.actual)}">${details(it, material)}</failure>`;
    case 'inconclusive':
      return `<error message="${text(it.actual)}">${details(it, material)}</error>`;
    case 'warn':
      return `<system-out>warn: ${text(it.actual)}\n${details(it, material)}</system-out>`;
    case 'limit':
    case 'skipped':
    case 'notExercised':
      return `<skipped message="${text(`${it.verdict}: ${it.actual}`)}"/>`;
  }
}

function details(it: Case, { excerpts }: Material): string {
  const blocks = it.problems.map((problem) =>
    [titleOfProblem(problem), ...problemLines(problemText(problem, excerpts))].join('\n'),
  );
  return escapeMarkup(blocks.join('\n\n'));
}

function text(raw: string): string {
  return safeText(raw, 'xml');
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}
