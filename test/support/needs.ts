// What tests need beyond Node: a test says it once, and is run, left out or failed by the same rule everywhere.
import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import type { Probed } from '../../src/bench/probes.ts';

/** What the machine has, looked up once per run (needs-setup.ts). */
export type Needs = Readonly<Record<string, Probed & { readonly fix: string }>>;

declare module 'vitest' {
  interface ProvidedContext {
    needs: Needs;
  }
  interface TaskMeta {
    needs?: readonly string[];
  }
}

/** Whether the machine has this, e.g. `has('docker')`. */
export function has(id: string): boolean {
  return look(id).present;
}

/** Where it was found, e.g. the path of `chromium`; for tests that said they need it. */
export function whereIs(id: string): string {
  return look(id).detail;
}

/**
 * Options for a test or a group that needs something: `describe('...', need('docker'), () => {})`.
 * Without it the test is left out and the reporter says how to get it; with FIELDBENCH_REQUIRE=all that fails the run.
 */
export function need(...ids: readonly string[]): { skip: boolean; meta: { needs: readonly string[] } } {
  return { skip: !ids.every(has), meta: { needs: ids } };
}

function look(id: string): Needs[string] {
  const found = inject('needs')[id];
  if (found === undefined) throw new Error(`no probe "${id}" in src/bench/probes.ts`);
  return found;
}

/** A need that the machine running .ci/run cannot meet, with the evidence. */
export interface Unavailable {
  readonly need: string;
  readonly command: string;
  readonly error: string;
}

/** Reads `.ci/unavailable`: one need, command and error per line, separated by tabs. */
export function parseUnavailable(text: string): Unavailable[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [id, command, error] = line.split('\t');
    if (!id || !command || !error) throw new Error(`.ci/unavailable: need, command and error expected, came: ${line}`);
    return { need: id, command, error };
  });
}

/** What the machine that runs .ci/run is known to lack. */
export function readUnavailable(): Unavailable[] {
  return parseUnavailable(readFileSync(new URL('../../.ci/unavailable', import.meta.url), 'utf8'));
}
