// `npm run trials -- scenarios`: every shipped scenario on three brokers, as it is shipped; writes docs/trials/scenarios.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JudgedCheck, JudgedTarget } from '../../src/judge/judged.ts';
import { runScenario } from '../../src/run/complete-run.ts';
import { shippedScenarios } from '../../src/run/shipped.ts';
import { writeTrial } from '../trial-record.ts';

const targets = ['embedded', 'mosquitto', 'hivemq'];
const chosen = process.argv.slice(2);

/** One scenario on one broker. */
interface Played {
  readonly scenario: string;
  readonly target: string;
  readonly version: string;
  readonly verdict: string;
  readonly expectations: readonly JudgedCheck[];
  readonly broken: readonly string[];
  readonly seconds: number;
}

const isKept = (it: JudgedCheck): boolean => it.verdict === 'pass';

async function play(scenario: string, target: string): Promise<Played> {
  const reportDir = mkdtempSync(join(tmpdir(), 'fieldbench-trial-'));
  const { signal } = new AbortController();
  const begin = performance.now();
  const { run, failure } = await runScenario({ scenario, target, reportDir, signal });
  rmSync(reportDir, { recursive: true });
  if (failure !== undefined) throw failure;
  const brokers = run.targets.filter((it) => it.role === 'target');
  return {
    scenario,
    target,
    version: brokers[0]?.version ?? '',
    verdict: run.verdict,
    expectations: brokers.flatMap((it) => it.checks),
    broken: [...new Set(brokers.flatMap(brokenBy))].toSorted(),
    seconds: (performance.now() - begin) / 1000,
  };
}

function brokenBy({ statements }: JudgedTarget): readonly string[] {
  return statements.filter((it) => it.verdict === 'fail').map((it) => it.id.replace('MQTT-', ''));
}

function rowOf({ scenario, target, version, verdict, expectations, broken, seconds }: Played): string {
  const kept = `${expectations.filter(isKept).length} of ${expectations.length}`;
  return `| \`${scenario}\` | ${target} ${version} | ${verdict} | ${kept} | ${broken.join(', ')} | ${seconds.toFixed(0)} |`;
}

function missedBy({ scenario, target, expectations }: Played): readonly string[] {
  const missed = expectations.filter((it) => !isKept(it));
  return missed.map((it) => `- \`${scenario}\` on ${target}, \`${it.id}\`: ${it.verdict}; ${it.actual}`);
}

const names = chosen.length > 0 ? chosen : await shippedScenarios();
const begin = performance.now();
const played: Played[] = [];
for (const name of names) {
  // They mostly wait: the brokers take their turn side by side.
  for (const it of await Promise.all(targets.map((target) => play(name, target)))) {
    played.push(it);
    console.log([rowOf(it), ...missedBy(it)].join('\n'));
  }
}

const missed = played.flatMap(missedBy);
const table = [
  '| scenario | broker | verdict | expectations kept | statements broken | seconds |',
  '| --- | --- | --- | ---: | --- | ---: |',
  ...played.map(rowOf),
];
if (chosen.length === 0) {
  writeTrial({
    name: 'scenarios',
    about:
      'Every shipped scenario, as it is shipped, on three brokers. What a scenario asks, and why a broker misses an expectation of it, says [scenarios-shipped.md](../scenarios-shipped.md); the broken statements are defended in [findings](../findings/README.md).',
    figures: {
      seed: '1',
      Node: process.version,
      seconds: ((performance.now() - begin) / 1000).toFixed(0),
    },
    body: [...table, ...(missed.length === 0 ? [] : ['', '## Expectations that were missed', '', ...missed])].join(
      '\n',
    ),
  });
}
