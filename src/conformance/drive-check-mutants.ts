// Plays mutants of single checks beside their base in one run: the proof of checks that no numbered statement is behind.
import type { Bench, StartedBroker } from '../bench/bench.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { JudgedCheck, JudgedRun } from '../judge/judged.ts';
import type { Check } from './check.ts';
import { driveChecks, type DriveOptions } from './drive-checks.ts';
import { isMissing, lacksOf, placeOf, securedPlaceOf } from './driven-target.ts';
import { inLanes } from './in-lanes.ts';
import type { CheckMutant } from './mutant.ts';

/** How they are played. */
export type CheckMutantOptions = Omit<DriveOptions, 'history' | 'clock' | 'connectionIds' | 'prefix'>;

const sideBySide = 8;

/** Name under which a mutant is judged. */
const mutantTarget = (base: string, { id }: CheckMutant): string => `${base}+${id}`;

/**
 * Starts the base, drives on it every check that the mutants prove, then on each mutant its own.
 * @param word the target word of the base
 */
export async function driveCheckMutants(
  mutants: readonly CheckMutant[],
  word: string,
  bench: Bench,
  checks: readonly Check[],
  options: CheckMutantOptions,
): Promise<void> {
  const { clock, history } = bench.context;
  const { connectionIds } = bench;
  const driven = (prefix: string): DriveOptions => ({ ...options, history, clock, connectionIds, prefix });
  const base = await bench.startTarget(word, word);
  const start = bench.securedStart(word);
  const secured = start && (await start(`${word} secured`));
  const needed = checks.filter((check) => mutants.some((mutant) => mutant.check === check.id));
  const lacks = lacksOf(base);
  // It stands for as long as the mutants before it do.
  const startSecured = secured && (() => Promise.resolve({ ...securedPlaceOf(secured), [Symbol.asyncDispose]: leave }));
  await driveChecks(
    needed,
    { ...placeOf(base), name: word, lacks, ...(startSecured && { startSecured }) },
    driven('base'),
  );
  const behind = (check: Check): StartedBroker =>
    secured && check.needs.some((need) => isMissing(need, lacks)) ? secured : base;
  await inLanes(mutants, sideBySide, async (mutant, index) => {
    const name = mutantTarget(word, mutant);
    const mine = needed.filter((it) => it.id === mutant.check);
    const [check] = mine;
    if (check === undefined) return;
    const place = await bench.startMutant(name, behind(check), mutant);
    const target = { ...place, server: name, name, lacks: lacksOf({ ...place, isForeign: false }) };
    await driveChecks(mine, target, driven(`m${index.toString(36)}x`));
  });
}

const leave = (): Promise<void> => Promise.resolve();

/** What became of one mutant. */
export interface CheckKill {
  readonly mutant: CheckMutant;
  readonly onBase: Verdict;
  readonly onMutant: Verdict;
  /** What came on the mutant, in words. */
  readonly actual: string;
}

/** Reads the kills off a judged run of {@link driveCheckMutants}. */
export function checkKillsOf(mutants: readonly CheckMutant[], word: string, run: JudgedRun): readonly CheckKill[] {
  const judged = (target: string, check: string): JudgedCheck | undefined =>
    run.targets.find((it) => it.name === target)?.checks.find((it) => it.id === check);
  return mutants.map((mutant) => {
    const onMutant = judged(mutantTarget(word, mutant), mutant.check);
    return {
      mutant,
      onBase: judged(word, mutant.check)?.verdict ?? 'notExercised',
      onMutant: onMutant?.verdict ?? 'notExercised',
      actual: onMutant?.actual ?? 'it was not judged',
    };
  });
}
