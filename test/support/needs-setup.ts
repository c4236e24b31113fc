// Looks once per run at what the machine has, so that no test file starts probes of its own.
import type { TestProject } from 'vitest/node';
import { probeAll, probes } from '../../src/bench/probes.ts';
import type { Needs } from './needs.ts';

const probingMs = 10_000;

/** Tests that take longer than `npm test` may: whole suites on further brokers, in other conduct or over links, and containers. */
function theTime(): Needs[string] {
  const present = process.env['FIELDBENCH_REQUIRE'] === 'all' || process.env['FIELDBENCH_LONG'] === '1';
  return { present, detail: present ? 'asked for' : 'minutes more', fix: 'FIELDBENCH_LONG=1 npm test' };
}

/** vitest calls this before the first test. */
export default async function provideNeeds(project: TestProject): Promise<void> {
  const found = await probeAll(AbortSignal.timeout(probingMs));
  const known = probes.map(({ id, fix }) => [id, { fix, present: false, detail: 'not probed', ...found.get(id) }]);
  project.provide('needs', { ...Object.fromEntries(known), long: theTime() } as Needs);
}
