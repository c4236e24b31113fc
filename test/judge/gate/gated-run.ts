// Judged targets made of a few words, so that a test of decisions shows nothing but what decides.
import type { RunGate, Waiver } from '../../../src/history/run-gate.ts';
import type { Finding } from '../../../src/judge/finding.ts';
import { foldFindings } from '../../../src/judge/fold.ts';
import { isAbout } from '../../../src/judge/gate/items.ts';
import type { JudgedCheck, JudgedTarget } from '../../../src/judge/judged.ts';
import { foldVerdicts, type Verdict } from '../../../src/judge/verdict.ts';
import type { StatementId } from '../../../src/spec/statement.ts';

/** What one judge found. */
export interface Found {
  readonly verdict: Verdict;
  /** Absent: a remark. */
  readonly statement?: StatementId;
  /** In whose traffic. */
  readonly check?: string;
  /** Default: the rule `r`. */
  readonly by?: string;
}

/** Checks by id, with the statements that each is about. */
export type Checks = Readonly<Record<string, readonly StatementId[]>>;

/** A target as judging would leave it. */
export function targetOf(found: readonly Found[], checks: Checks = {}, name = 'broker'): JudgedTarget {
  const findings = found.map((it): Finding => {
    return { by: 'r', expected: [], actual: '', evidence: { events: [] }, count: 1, target: name, ...it };
  });
  return {
    name,
    role: 'target',
    version: '1',
    how: '',
    limits: [],
    statements: foldFindings(findings).get(name) ?? [],
    checks: Object.entries(checks).map(([id, statements]) => checkOf(id, statements, findings)),
    findings,
  };
}

function checkOf(id: string, statements: readonly StatementId[], findings: readonly Finding[]): JudgedCheck {
  const own = findings.filter((it) => isAbout(it, { id, statements }));
  return {
    kind: 'check',
    id,
    title: '',
    statements,
    verdict: foldVerdicts(own.map((it) => it.verdict)),
    expected: [],
    actual: '',
    durationMs: 0,
    evidence: { events: [] },
    measured: [],
    repeat: '',
  };
}

const today = '2027-03-31';

/** A waiver that holds until tomorrow, of everything's `id`. */
export function waiverOf(id: string, fields: Partial<Waiver> = {}): Waiver {
  return { target: '*', id, reason: 'because', link: 'https://example.org/1', expires: '2027-04-01', ...fields };
}

/** A gate with these waivers, and a baseline with these verdicts on `broker`. */
export function gateOf(
  waivers: readonly Waiver[],
  before?: Readonly<Record<string, readonly string[]>>,
  failOn: RunGate['failOn'] = ['fail'],
): RunGate {
  const targets = before && [{ name: 'broker', version: '0', verdicts: before }];
  const baseline = targets && { file: 'old.json', runId: '1', startedAt: '', fieldbench: '0', targets };
  return { today, failOn, waivers: { file: 'waivers.yaml', entries: waivers }, ...(baseline && { baseline }) };
}
