// A declared limit: one finding, and no check judged that needs what is lacking; without the declaration the target fails there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { selectChecks } from '../../src/conformance/select-checks.ts';
import type { RunGate } from '../../src/history/run-gate.ts';
import type { JudgedRun, JudgedTarget } from '../../src/judge/judged.ts';
import { runConformance } from '../../src/run/complete-run.ts';
import { need } from '../support/needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-limits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const shipped = readFileSync(new URL('../../scenarios/targets/nats.yaml', import.meta.url), 'utf8');
const undeclared = join(folder, 'undeclared.yaml');
writeFileSync(undeclared, shipped.replace(/^limits:\n(?: .*\n)+/m, ''));

const select = 'publish/*,connect/accepted';
const ids = (isLimited: boolean): readonly string[] =>
  selectChecks(select).flatMap((it) => (it.needs.includes('qos2') === isLimited ? [it.id] : []));

async function judged(target: string, name: string, more: { select?: string; gate?: RunGate } = {}) {
  const { run } = await runConformance({
    targets: [target],
    select,
    ...more,
    reportDir: join(folder, name),
    signal: new AbortController().signal,
  });
  const [only] = run.targets;
  if (only === undefined) throw new Error(`the target did not come up: ${run.end?.reason}`);
  return { run, target: only };
}

const withVerdict = (target: JudgedTarget, verdict: string): readonly string[] =>
  target.checks.filter((it) => it.verdict === verdict).map((it) => it.id);
const limitFindings = ({ targets }: JudgedRun): readonly string[] =>
  targets.flatMap((it) => it.findings.filter(({ verdict }) => verdict === 'limit').map(({ actual }) => actual));

describe(
  'NATS, whose vendor says that it has no QoS 2,',
  { concurrent: true, timeout: 60_000, ...need('nats') },
  () => {
    test('has one limit, and all checks that need QoS 2 are skipped, and no others', async () => {
      const { run, target } = await judged('nats', 'declared');
      expect(limitFindings(run)).toEqual([expect.stringMatching(/^QoS 2 is not supported \(https:\/\/\S+\)$/)]);
      expect(withVerdict(target, 'skipped')).toEqual(ids(true));
      const reasons = new Set(target.checks.flatMap((it) => (it.verdict === 'skipped' ? [it.actual] : [])));
      expect([...reasons]).toEqual([`declared limit: ${limitFindings(run)[0]}`]);
      expect(target.checks.map((it) => it.id)).toEqual(expect.arrayContaining([...ids(false)]));
    });

    test('fails where the declaration is left out', async () => {
      const { run, target } = await judged(undeclared, 'undeclared');
      expect(limitFindings(run)).toEqual([]);
      expect(withVerdict(target, 'skipped')).toEqual([]);
      const failed = withVerdict(target, 'fail').filter((it) => ids(true).includes(it));
      expect(failed).toContain('publish/qos2-taken');
      expect(run.exitCode).toBe(1);
    });

    test.each([
      ['failures', 0, ['fail']],
      ['failures and limits', 1, ['fail', 'limit']],
    ] as const)('a run without a failure that fails on %s ends with %i', async (_, exitCode, failOn) => {
      const gate = { today: '2026-11-28', failOn };
      const { run } = await judged('nats', `fails-on-${failOn.length}`, { select: 'connect/accepted', gate });
      expect({ verdict: run.verdict, exitCode: run.exitCode }).toEqual({ verdict: 'pass', exitCode });
    });
  },
);
