// What a verdict becomes as a test: the messages that people read, and the list of known failures that must stay true.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { assertCase, assertStatements, outcomeOf, type Outcome } from '../src/run/assert-run.ts';
import { runConformance } from '../src/run/complete-run.ts';
import { KnownFailures } from '../src/run/known-failures.ts';
import type { Verdict } from '../src/judge/verdict.ts';
import { conformanceTests } from '../src/vitest.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-vitest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const broken = 'connect/level-refused';
const kept = 'publish/order';
let outcome: Outcome;

beforeAll(async () => {
  const reportDir = join(folder, 'whole');
  const signal = AbortSignal.timeout(60_000);
  outcome = outcomeOf(await runConformance({ targets: ['embedded'], select: `${broken},${kept}`, reportDir, signal }));
});

describe('a check that passed', () => {
  test('passes without a word', async () => {
    expect(await told(kept)).toEqual({ notes: [] });
  });

  test('fails when it is listed as a known failure', async () => {
    const { message } = await told(kept, { why: 'it was once' });
    expect(message).toContain(
      'publish/order is listed as a known failure (it was once), and did not fail here: take it from the list',
    );
  });

  test('passes when it is listed as failing at times', async () => {
    expect(await told(kept, { why: 'a race', sometimes: true })).toEqual({ notes: [] });
  });
});

describe('a check that failed', () => {
  test('fails with what was expected, what came, the packets around it and the command that repeats it', async () => {
    const { message = '' } = await told(broken);
    expect(message.split('\n')).toEqual([
      expect.stringMatching(/^fail: MQTT-3\.1\.2-2 /),
      expect.stringMatching(/^expected: CONNACK with code 1/),
      'came:     no CONNACK, then a close by the server',
      `judged:   by check ${broken}`,
      'packets (s, > marks the offending one):',
      expect.stringMatching(/ opened: refused → embedded$/),
      expect.stringMatching(/ illegal on purpose: /),
      expect.stringMatching(/→ server CONNECT .*level/),
      expect.stringMatching(/^ {2}> .* ended by the server/),
      `repeat:   fieldbench conform --target embedded --select ${broken} --seed 1`,
    ]);
  });

  test.each([false, true])('passes when it is listed, and says why (sometimes: %s)', async (sometimes) => {
    expect(await told(broken, { why: 'no code 1', sometimes })).toEqual({ notes: ['known failure: no code 1'] });
  });
});

describe('the other verdicts', () => {
  test('warn passes with a note', async () => {
    const { message, notes } = await told(kept, undefined, judgedAs('warn'));
    expect(message).toBeUndefined();
    expect(notes).toEqual([expect.stringContaining('warn: publish/order')]);
  });

  test('inconclusive fails', async () => {
    expect((await told(kept, undefined, judgedAs('inconclusive'))).message).toContain('inconclusive: publish/order');
  });

  test.each<Verdict>(['limit', 'skipped', 'notExercised'])('%s is skipped with its reason', async (verdict) => {
    const { skipped, message } = await told(kept, undefined, judgedAs(verdict));
    expect(message).toBeUndefined();
    expect(skipped).toContain(outcome.cases.get('embedded')?.find((it) => it.id === kept)?.actual);
  });

  test('a check that the run never came to fails with the reason', async () => {
    const cut = await cutShort();
    expect((await told(kept, undefined, cut)).message).toBe('publish/order was not judged: the time is over');
    expect((await toldOfStatements({}, cut)).message).toBe('the time is over');
  });
});

describe('statements beside those of the checks', () => {
  test('pass when none is broken', async () => {
    expect(await toldOfStatements({})).toEqual({ notes: [] });
  });

  test('fail when one is listed that is not broken', async () => {
    const { message } = await toldOfStatements({ 'MQTT-2.3.1-1': 'never seen' });
    expect(message).toContain('MQTT-2.3.1-1 is listed as a known failure (never seen)');
  });
});

describe('conformanceTests', () => {
  test('says while tests are collected that nothing is selected', () => {
    expect(() => conformanceTests({ select: 'no/such' })).toThrow('no check fits the selection "no/such"');
  });

  test('says while tests are collected that there is no such target', () => {
    expect(() => conformanceTests({ target: 'mosquito' })).toThrow('there is no target "mosquito"');
  });
});

interface Told {
  readonly message?: string;
  readonly skipped?: string;
  readonly notes: readonly string[];
}

async function told(
  id: string,
  known?: { readonly why: string; readonly sometimes?: boolean },
  from = outcome,
): Promise<Told> {
  const listed = known && { why: known.why, sometimes: known.sometimes ?? false };
  return listenedTo((context) => assertCase(from, { target: 'embedded', id, known: listed }, context));
}

async function toldOfStatements(list: Readonly<Record<string, string>>, from = outcome): Promise<Told> {
  const known = new KnownFailures(list, [broken, kept]).statements;
  return listenedTo((context) => assertStatements(from, { target: 'embedded', known }, context));
}

class Skipped extends Error {}

/** Calls with a context that only listens. */
async function listenedTo(call: (context: TestContext) => Promise<void>): Promise<Told> {
  const notes: string[] = [];
  const context = {
    annotate: (note: string) => Promise.resolve(notes.push(note)),
    skip: (why: string) => {
      throw new Skipped(why);
    },
  };
  try {
    await call(context as unknown as TestContext);
    return { notes };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error instanceof Skipped ? { skipped: error.message, notes } : { message: error.message, notes };
  }
}

function judgedAs(verdict: Verdict): Outcome {
  const cases = (outcome.cases.get('embedded') ?? []).map((it) => ({ ...it, verdict }));
  return { ...outcome, cases: new Map([['embedded', cases]]) };
}

async function cutShort(): Promise<Outcome> {
  const signal = AbortSignal.abort(new Error('the time is over'));
  return outcomeOf(await runConformance({ targets: ['embedded'], reportDir: join(folder, 'cut'), signal }));
}
