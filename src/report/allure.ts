// allure-results/: the same verdicts as tests of Allure, written by Allure's own library.
import { createHash } from 'node:crypto';
import { LabelName, Severity, Stage, Status } from 'allure-js-commons';
import type { Label, StatusDetails, StepResult, TestResult } from 'allure-js-commons';
import { createStepResult, createTestResult, FileSystemWriter, md5 } from 'allure-js-commons/sdk/reporter';
import type { JudgedTarget } from '../judge/judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import { findStatement } from '../spec/catalogue.ts';
import { casesOf } from './cases.ts';
import type { Case } from './cases.ts';
import { gatedText } from './gate-words.ts';
import { measurementText, problemLines, problemText, titleOfProblem } from './problem-text.ts';
import type { Material, Reporter } from './reporter.ts';
import { safeText } from './safe-text.ts';
import { isWebAddress } from './web-address.ts';

/** Writes one result for every test case; file names come from the run's id, never from the wire. */
export const allure: Reporter = {
  output: 'allure-results',
  // eslint-disable-next-line typescript/require-await -- Allure's writer is synchronous
  write: async (material, path) => {
    const writer = new FileSystemWriter({ resultsDir: path });
    const begunMs = beginnings(material);
    for (const target of material.run.targets) {
      for (const it of casesOf(target, material)) {
        writeCase(writer, target, it, material, begunMs.get(caseKey(target.name, it.id)) ?? 0);
      }
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

function writeCase(
  writer: FileSystemWriter,
  target: JudgedTarget,
  it: Case,
  material: Material,
  begunMs: number,
): void {
  const uuid = uuidOf(`${material.run.run.runId}\n${target.name}\n${it.id}`);
  const evidence = it.problems.map((problem) =>
    [titleOfProblem(problem), ...problemLines(problemText(problem, material.excerpts))].join('\n'),
  );
  const source = `${uuid}-attachment.txt`;
  if (evidence.length > 0) writer.writeAttachment(source, Buffer.from(evidence.join('\n\n')));
  const attachments = evidence.length === 0 ? [] : [{ name: 'evidence', type: 'text/plain', source }];
  const startedAt = Date.parse(material.run.run.startedAt);
  const start = Math.round((Number.isNaN(startedAt) ? 0 : startedAt) + begunMs);
  writer.writeResult({ ...resultOf(uuid, target, it), start, stop: start + Math.max(0, it.durationMs), attachments });
}

function resultOf(uuid: string, target: JudgedTarget, it: Case): TestResult {
  const fullName = plain(`${target.name}/${it.id}`);
  return {
    ...createTestResult(uuid, md5(fullName)),
    name: plain(`${it.id}: ${it.title}`),
    fullName,
    testCaseId: md5(fullName),
    status: it.fails ? Status.FAILED : statusOf[it.verdict],
    statusDetails: detailsOf(it),
    stage: Stage.FINISHED,
    parameters: [{ name: 'repeat', value: plain(it.repeat), excluded: true }],
    labels: [{ name: LabelName.FRAMEWORK, value: 'fieldbench' }, ...allureLabels(target.name, it), ...standingTag(it)],
    links: (it.gated?.waivers ?? [])
      .filter(({ link }) => isWebAddress(link))
      .map(({ link, reason }) => ({ type: 'issue', name: plain(reason), url: plain(link) })),
    steps: stepsOf(it),
  };
}

/** Allure marks what is known or muted; its library has no names for that. */
type Details = StatusDetails & { readonly known?: true; readonly muted?: true };

function detailsOf(it: Case): Details {
  if (it.verdict === 'pass') return {};
  const { standing } = it.gated ?? {};
  const stands = it.gated === undefined ? '' : gatedText(it.gated);
  const message = plain(`${it.verdict}: ${it.actual}${stands === '' ? '' : ` (${stands})`}`);
  const details: Details = {
    message,
    ...(standing === 'known' && { known: true }),
    ...(standing === 'waived' && { known: true, muted: true }),
  };
  if (it.verdict !== 'fail') return details;
  return { ...details, expected: it.expected.map(plain).join('\nor: '), actual: plain(it.actual) };
}

/** So that a report can be filtered by it. */
function standingTag({ gated }: Case): Label[] {
  return gated?.standing === undefined ? [] : [{ name: LabelName.TAG, value: gated.standing }];
}

/** What a test of ours is filed under in Allure, whoever reports it: `it.group` is its suite, its statements are tags. */
export function allureLabels(target: string, it: Pick<Case, 'group' | 'statements'>): Label[] {
  return [
    { name: LabelName.PARENT_SUITE, value: plain(target) },
    { name: LabelName.SUITE, value: it.group },
    { name: LabelName.SEVERITY, value: severityOf(it) },
    ...it.statements.map((id) => ({ name: LabelName.TAG, value: id })),
  ];
}

/** A MUST weighs more than a SHOULD; an expectation is what the user asked for. */
function severityOf({ statements }: Pick<Case, 'statements'>): Severity {
  if (statements.length === 0) return Severity.NORMAL;
  return statements.some((id) => findStatement(id)?.level.includes('MUST')) ? Severity.CRITICAL : Severity.MINOR;
}

function stepsOf(it: Case): StepResult[] {
  const status = statusOf[it.verdict];
  return [
    ...it.expected.map((text, index) => step(`${index === 0 ? 'expected' : 'or'}: ${text}`, Status.PASSED)),
    step(`came: ${it.actual}`, status),
    ...it.measured.map((figure) => step(`measured: ${measurementText(figure)}`, status)),
  ];
}

function step(name: string, status: Status): StepResult {
  return { ...createStepResult(), name: plain(name), status, stage: Stage.FINISHED };
}

/** When each check began. */
function beginnings({ events }: Material): ReadonlyMap<string, number> {
  const begun = events.flatMap((it) => (it.kind === 'check' && it.phase === 'begun' ? [it] : []));
  return new Map(begun.map((it) => [caseKey(it.target, it.check), it.tMs]));
}

function caseKey(target: string, id: string): string {
  return `${target}\n${id}`;
}

function environmentOf({ run }: Material): Record<string, string> {
  const { fieldbench, seed, command, provenance } = run.run;
  const all: readonly (readonly [string, string])[] = [
    ['fieldbench', fieldbench],
    ['seed', String(seed)],
    ['command', command],
    ...run.targets.map((it) => [`target.${it.name}`, it.version] as const),
    ...Object.entries(provenance),
  ];
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
