// results.json: the whole verdict as data that stands on its own, for machines.
import { writeFile } from 'node:fs/promises';
import type { Evidence, Measurement } from '../judge/finding.ts';
import type { Decision } from '../judge/gate/decision.ts';
import type { JudgedCheck, JudgedStatement, JudgedTarget } from '../judge/judged.ts';
import { findStatement } from '../spec/catalogue.ts';
import { describeDeed } from './describe-event.ts';
import type { ExcerptLine } from './excerpt.ts';
import { bytesOf } from './packet-bytes.ts';
import type { Problem } from './problems.ts';
import type { Material, Reporter } from './reporter.ts';
import type { Results } from './results-schema.ts';
import { titleOf } from './sections.ts';

type Target = Results['targets'][number];
type Line = Target['checks'][number]['evidence']['lines'][number];

/** Writes results.json; docs/schemas/results.schema.json says what it holds. */
export const resultsJson: Reporter = {
  output: 'results.json',
  write: (material, path) => writeFile(path, `${JSON.stringify(resultsOf(material), null, 2)}\n`),
};

/** results.json as a value. */
export function resultsOf(material: Material): Results {
  const { run } = material;
  return {
    schema: 1,
    fieldbench: run.run.fieldbench,
    run: runOf(material),
    verdict: run.verdict,
    suite: run.suite,
    exitCode: run.exitCode,
    ...(run.decision && { decision: decisionOf(run.decision) }),
    targets: run.targets.map((it) => targetOf(it, material)),
    warnings: [...run.warnings],
  };
}

function decisionOf({ gate, items, absent, idleWaivers }: Decision): NonNullable<Results['decision']> {
  const { today, failOn, baseline, waivers } = gate;
  return {
    today,
    failOn: [...failOn],
    ...(baseline && {
      baseline: {
        file: baseline.file,
        run: baseline.runId,
        startedAt: baseline.startedAt,
        fieldbench: baseline.fieldbench,
        targets: baseline.targets.map(({ name, version }) => ({ name, version })),
        absent,
      },
    }),
    items: items.flatMap(({ standing, waivers: own, ...it }) =>
      standing === undefined ? [] : [{ ...it, standing, waivers: [...own] }],
    ),
    ...(waivers && { waivers: { file: waivers.file, idle: idleWaivers.map((it) => it.waiver) } }),
  };
}

function runOf({ run }: Material): Results['run'] {
  const { runId, mode, seed, startedAt, command, scenario, link, parameters, provenance } = run.run;
  return {
    id: runId,
    mode,
    seed,
    startedAt,
    command,
    ...(scenario && { scenario: scenario.file }),
    ...(scenario?.set && { set: { ...scenario.set } }),
    ...(link && { link: { ...link, patience: [...link.patience] } }),
    ...(run.end && { durationMs: run.end.tMs }),
    ended: run.end?.how ?? 'killed',
    ...(run.end?.reason !== undefined && { reason: run.end.reason }),
    parameters: { ...parameters },
    provenance: { ...provenance },
  };
}

function targetOf(it: JudgedTarget, material: Material): Target {
  return {
    name: it.name,
    role: it.role,
    version: it.version,
    how: it.how,
    limits: it.limits.map((limit) => ({ ...limit })),
    statements: it.statements.map(statementOf),
    checks: it.checks.map((check) => checkOf(check, material)),
    findings: material.problems
      .filter((problem) => problem.target === it.name)
      .map((problem) => findingOf(problem, material)),
  };
}

function statementOf(it: JudgedStatement): Target['statements'][number] {
  return {
    id: it.id,
    section: findStatement(it.id)?.section ?? '',
    title: titleOf(it.id),
    verdict: it.verdict,
    checks: [...it.by],
    measured: it.measured.map(measurementOf),
    ...(it.standing && { standing: it.standing }),
  };
}

function checkOf(it: JudgedCheck, material: Material): Target['checks'][number] {
  return {
    id: it.id,
    title: it.title,
    kind: it.kind,
    statements: [...it.statements],
    verdict: it.verdict,
    expected: [...it.expected],
    actual: it.actual,
    durationMs: Math.max(0, it.durationMs),
    measured: it.measured.map(measurementOf),
    evidence: evidenceOf(it.evidence, material),
    repeat: it.repeat,
    ...(it.standing && { standing: it.standing }),
  };
}

function findingOf(it: Problem, material: Material): Target['findings'][number] {
  return {
    statements: [...it.statements],
    verdict: it.verdict,
    by: it.by,
    checks: it.checks.map((check) => check.id),
    expected: [...it.expected],
    actual: it.actual,
    count: it.count,
    measured: it.measured.map(measurementOf),
    evidence: evidenceOf(it.evidence, material),
    repeat: it.repeat,
    ...(it.standing && { standing: it.standing }),
    ...(it.waivedBy && { waivedBy: it.waivedBy }),
  };
}

function measurementOf(it: Measurement): Target['statements'][number]['measured'][number] {
  return {
    name: it.name,
    unit: it.unit,
    value: Number.isFinite(it.value) ? it.value : null,
    ...(it.limit && { limit: it.limit }),
  };
}

function evidenceOf(it: Evidence, { excerpts }: Material): Target['checks'][number]['evidence'] {
  const lines = excerpts.of(it);
  const offender = lines.find((line) => line.wrongBytes !== undefined);
  const hex = offender === undefined ? undefined : wrongHex(offender);
  return {
    events: [...it.events],
    ...(it.bytes !== undefined && hex !== undefined && { bytes: { ...it.bytes, hex } }),
    lines: lines.map(lineOf),
  };
}

function wrongHex({ event, wrongBytes }: ExcerptLine): string | undefined {
  if (event.kind !== 'packet' || wrongBytes === undefined) return undefined;
  const wrong = bytesOf(event, wrongBytes).filter((it) => it.kind === 'wrong');
  return wrong.map((it) => it.text).join(' ');
}

function lineOf({ event, offending }: ExcerptLine): Line {
  return {
    seq: event.seq,
    tMs: event.tMs,
    ...('seenAt' in event && { seenAt: event.seenAt }),
    ...('connection' in event && event.connection !== undefined && { connection: event.connection }),
    ...(event.kind === 'packet' && { direction: event.direction }),
    text: describeDeed(event),
    ...(event.kind === 'packet' && {
      bytesHex: bytesOf(event)
        .map((it) => it.text)
        .join(' '),
    }),
    ...(offending && { offending }),
  };
}
