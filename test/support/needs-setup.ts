// Looks once per run at what the machine has, so that no test file starts probes of its own.
import type { TestProject } from 'vitest/node';
import { probeAll, probes } from '../../src/bench/probes.ts';
import type { Needs } from './needs.ts';

const probingMs = 10_000;

/** vitest calls this before the first test. */
export default async function provideNeeds(project: TestProject): Promise<void> {
  const found = await probeAll(AbortSignal.timeout(probingMs));
  const needs = probes.map(({ id, fix }) => [id, { fix, present: false, detail: 'not probed', ...found.get(id) }]);
  project.provide('needs', Object.fromEntries(needs) as Needs);
}
