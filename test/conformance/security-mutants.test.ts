// The proof that every check of the security group can fail: each mutant must flip its check from pass on the base to fail.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checks } from '../../src/conformance/checks.ts';
import { checkKillsOf, driveCheckMutants, type CheckKill } from '../../src/conformance/drive-check-mutants.ts';
import type { CheckMutant } from '../../src/conformance/mutant.ts';
import { securityMutants } from '../../src/conformance/mutants/security.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { completeRun } from '../../src/run/complete-run.ts';
import { need } from '../support/needs.ts';

/** Only a close that a mutant keeps back is waited for to the end. */
const parameters = { ...defaultParameters, closeTimeoutMs: 1500 };

async function play(mutants: readonly CheckMutant[], word: string): Promise<readonly CheckKill[]> {
  const reportDir = await mkdtemp(join(tmpdir(), 'fieldbench-security-'));
  const { signal } = new AbortController();
  try {
    const { run, failure } = await completeRun(
      {
        bench: { mode: 'conform', seed: 1, command: 'a test', parameters },
        drive: (bench) => driveCheckMutants(mutants, word, bench, checks, { parameters, signal }),
      },
      { reportDir, signal },
    );
    if (failure !== undefined) throw failure;
    return checkKillsOf(mutants, word, run);
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
}

function everyMutantIsKilled(word: string, chosen: readonly CheckMutant[]): void {
  let kills: readonly CheckKill[] = [];
  beforeAll(async () => {
    kills = await play(chosen, word);
  }, 120_000);
  test.for(chosen)('$check $id: $summary', (mutant) => {
    const kill = kills.find((it) => it.mutant === mutant);
    expect(kill?.onBase, 'on the base').toBe('pass');
    expect(kill?.onMutant, `on the mutant: ${kill?.actual}`).toBe('fail');
  });
}

/** What Aedes itself breaks, and what it never shows: it has no session without a subscription. */
const unseenOnAedes = new Set(['login-forgets-exchanges', 'login-keeps-session']);

describe('mutants before Aedes', () => {
  everyMutantIsKilled(
    'embedded',
    securityMutants.filter((it) => !unseenOnAedes.has(it.id)),
  );
});

describe('mutants before Mosquitto, of what Aedes does not show', need('mosquitto'), () => {
  everyMutantIsKilled(
    'mosquitto',
    securityMutants.filter((it) => unseenOnAedes.has(it.id)),
  );
});

test('every check of the group has a mutant, and every mutant a check', () => {
  const group = checks.filter((it) => it.id.startsWith('security/')).map((it) => it.id);
  expect(new Set(securityMutants.map((it) => it.check))).toEqual(new Set(group));
});
