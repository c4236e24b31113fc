// allure-results/: the same verdicts as tests of Allure, written by Allure's own library.
import { createHash } from 'node:crypto';
import { LabelName, Severity, Stage, Status } from 'allure-js-commons';
import type { Label, StatusDetails, StepResult, TestResult } from 'allure-js-commons';
import { createStepResult, createTestResult, FileSystemWriter, md5 } from 'allure-js-commons/sdk/reporter';
import type { CheckPhase } from '../history/event.ts';
import type { JudgedCheck, JudgedTarget } from '../judge/judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import { findStatement } from '../spec/catalogue.ts';
import type { StatementId } from '../spec/statement.ts';
import { measurementText, problemLines, problemText, titleOfProblem } from './problem-text.ts';
import type { Problem } from './problems.ts';
import type { Material, Reporter } from './reporter.ts';
import { safeText } from './safe-text.ts';
import { sectionOf } from './sections.ts';

/** Writes one result for every check and expectation; file names come from the run's id, never from the wire. */
export const allure: Reporter = {
  output: 'allure-results',
  write: async (material, path) => {
    const writer = new FileSystemWriter({ resultsDir: path });
    for (const target of material.run.targets) {
      for (const check of target.checks) writeCheck(writer, target, check, material);
    }
    writer.writeEnvironmentInfo(environmentOf(material));
  },
};

const statusOf: Readonly<Record<Verdict, Status>> = {
  pass: Status.PASSED,
  warn: Status.PASSED,
  fail: Status.FAILED,
  inconclusive: Status.BROKEN,
  limit: Status.SKIPPED,
  skipped: Status.SKIPPED,
  notExercised: Status.SKIPPED,
};

function writeCheck(writer: FileSystemWriter, target: JudgedTarget, check: JudgedCheck, material: Material): void {
  const uuid = uuidOf(`${material.run.run.runId}\n${target.name}\n${check.id}`);
  const problems = material.problems.filter((it) => it.target === target.name && it.checks.includes(check));
  const evidence = problems.map((it) => evidenceText(it, material)).join('\n\n');
  const source = `${uuid}-attachment.txt`;
  if (evidence !== '') writer.writeAttachment(source, Buffer.from(evidence));
  const attachments = evidence === '' ? [] : [{ name: 'evidence', type: 'text/plain', source }];
  writer.writeResult({ ...resultOf(uuid, target, check, material), attachments });
}

function resultOf(uuid: string, target: JudgedTarget, check: JudgedCheck, material: Material): TestResult {
  const fullName = plain(`${target.name}/${check.id}`);
  const start = startOf(target, check, material);
  return {
    ...createTestResult(uuid, md5(fullName)),
    name: plain(`${check.id}: ${check.title}`),
    fullName,
    testCaseId: md5(fullName),
    status: statusOf[check.verdict],
    statusDetails: detailsOf(check),
    stage: Stage.FINISHED,
    description: plain(`Repeat: ${check.repeat}`),
    start,
    stop: start + Math.max(0, check.durationMs),
    labels: labelsOf(target, check),
    steps: stepsOf(check),
  };
}

function detailsOf(check: JudgedCheck): StatusDetails {
  const expected = check.expected.map(plain).join('\nor: ');
  const message = check.verdict === 'pass' ? {} : { message: plain(`${check.verdict}: ${check.actual}`) };
  return check.verdict === 'fail' ? { ...message, expected, actual: plain(check.actual) } : message;
}

function labelsOf(target: JudgedTarget, check: JudgedCheck): Label[] {
  const [first] = check.statements;
  return [
    { name: LabelName.FRAMEWORK, value: 'fieldbench' },
    { name: LabelName.PARENT_SUITE, value: plain(target.name) },
    { name: LabelName.SUITE, value: first === undefined ? 'expectations' : sectionOf(first) },
    { name: LabelName.SEVERITY, value: severityOf(check.statements) },
    ...check.statements.map((it) => ({ name: LabelName.TAG, value: it })),
  ];
}

/** A MUST weighs more than a SHOULD; an expectation is what the user asked for. */
function severityOf(statements: readonly StatementId[]): Severity {
  if (statements.length === 0) return Severity.NORMAL;
  return statements.some((it) => findStatement(it)?.level.includes('MUST')) ? Severity.CRITICAL : Severity.MINOR;
}

function stepsOf(check: JudgedCheck): StepResult[] {
  return [
    ...check.expected.map((it, index) => step(`${index === 0 ? 'expected' : 'or'}: ${it}`, Status.PASSED)),
    step(`came: ${check.actual}`, statusOf[check.verdict]),
    ...check.measured.map((it) => step(`measured: ${measurementText(it)}`, statusOf[check.verdict])),
  ];
}

function step(name: string, status: Status): StepResult {
  return { ...createStepResult(), name: plain(name), status, stage: Stage.FINISHED };
}

function evidenceText(problem: Problem, { excerpts }: Material): string {
  return [titleOfProblem(problem), ...problemLines(problemText(problem, excerpts))].join('\n');
}

function startOf(target: JudgedTarget, check: JudgedCheck, { run, events }: Material): number {
  const isBegin = (it: CheckPhase): boolean =>
    it.check === check.id && it.target === target.name && it.phase === 'begun';
  const begun = events.find((it) => it.kind === 'check' && isBegin(it));
  const startedAt = Date.parse(run.run.startedAt);
  return Math.round((Number.isNaN(startedAt) ? 0 : startedAt) + (begun?.tMs ?? 0));
}

function environmentOf({ run }: Material): Record<string, string> {
  const targets = run.targets.map((it) => [`target.${it.name}`, it.version] as const);
  const all = [
    ['fieldbench', run.run.fieldbench],
    ['seed', String(run.run.seed)],
    ['command', run.run.command],
    ...targets,
    ...Object.entries(run.run.provenance),
  ] as const;
  return Object.fromEntries(all.map(([name, value]) => [plain(name), plain(value)]));
}

/** The same run reported again overwrites its own files and leaves those of others alone. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function plain(text: string): string {
  return safeText(text, 'terminal');
}
