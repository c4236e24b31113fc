// Plays mutants beside their base in one run: the proof that every check can fail.
import type { Bench, StartedBroker } from '../bench/bench.ts';
import { targetOf } from '../bench/target/target.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { JudgedRun, JudgedTarget } from '../judge/judged.ts';
import type { RuleParameters } from '../judge/rule.ts';
import type { StatementId } from '../spec/statement.ts';
import type { Check } from './check.ts';
import { driveChecks, type DriveOptions } from './drive-checks.ts';
import { lacksOf, limitsOf, placeOf, type DrivenTarget } from './driven-target.ts';
import { inLanes } from './in-lanes.ts';
import type { Mutant } from './mutant.ts';

/**
 * Tolerances for mutants: they run on loopback before a broker that answers in milliseconds, and most of a kill's
 * time is the wait for what never comes. Rules and checks are the same; only their patience is shorter.
 */
export const mutantParameters: Partial<RuleParameters> = {
  responseTimeoutMs: 1000,
  closeTimeoutMs: 1500,
  effectTimeoutMs: 400,
  quietMs: 150,
  redeliveryFailMs: 2000,
};

/** Name under which a mutant is judged. */
const mutantTarget = (base: string, mutant: Mutant): string => `${base}+${mutant.id}`;

/** The checks that bring a statement to judgement. */
function checksFor(statement: StatementId, checks: readonly Check[]): readonly Check[] {
  return checks.filter((it) => it.statements.includes(statement));
}

/** How mutants are played. */
export interface MutantOptions extends Omit<DriveOptions, 'history' | 'clock' | 'connectionIds' | 'prefix'> {
  /** How many mutants run side by side; default 8. */
  readonly mutantsAtOnce?: number;
  /** Each mutant gets every check instead of those of its own statement: what else it breaks then shows too. */
  readonly whole?: boolean;
}

/**
 * Starts the base, drives on it every check that the mutants need, then on each mutant its own.
 * @param word the target word of the base
 */
export async function driveMutants(
  mutants: readonly Mutant[],
  word: string,
  bench: Bench,
  checks: readonly Check[],
  { mutantsAtOnce = 8, whole = false, ...options }: MutantOptions,
): Promise<void> {
  const { clock, history } = bench.context;
  const { connectionIds } = bench;
  const driven = (prefix: string): DriveOptions => ({ ...options, history, clock, connectionIds, prefix });
  // A broker that restarts would take the mutants before it along; its checks judge no statement.
  const inPlace = checks.filter((it) => !it.needs.includes('restart'));
  const checksOf = (mutant: Mutant): readonly Check[] => (whole ? inPlace : checksFor(mutant.statement, inPlace));
  const described = targetOf(word);
  const base = await bench.startTarget(word, described);
  const lacks = (it: StartedBroker): DrivenTarget['lacks'] => new Map([...lacksOf(it), ...limitsOf(described)]);
  const needed = inPlace.filter((check) => mutants.some((mutant) => checksOf(mutant).includes(check)));
  await driveChecks(needed, { ...placeOf(base), name: word, lacks: lacks(base) }, driven('base'));
  await inLanes(mutants, mutantsAtOnce, async (mutant, index) => {
    const name = mutantTarget(word, mutant);
    const mine = checksOf(mutant);
    await using another = mine.every((it) => it.group === 'parallel') ? undefined : await baseOf(name, word, bench);
    const behind = another ?? base;
    const place = await bench.startMutant(name, behind, mutant);
    const target = { ...place, server: name, name, lacks: lacks(behind) };
    await driveChecks(mine, target, driven(`m${index.toString(36)}x`));
  });
}

/** Checks that subscribe to everything would see the traffic of the other mutants on a shared base. */
const baseOf = (mutant: string, word: string, bench: Bench): Promise<StartedBroker> =>
  bench.startAnother(`base of ${mutant}`, word);

/** What became of one mutant. */
export interface Kill {
  readonly mutant: Mutant;
  readonly onBase: Verdict;
  readonly onMutant: Verdict;
  /** Pass on the base, fail on the mutant: the check can fail. */
  readonly isKilled: boolean;
  /** Other statements that failed on the mutant and did not on the base. */
  readonly collateral: readonly StatementId[];
}

/** Reads the kills off a judged run of {@link driveMutants}. */
export function killsOf(mutants: readonly Mutant[], word: string, run: JudgedRun): readonly Kill[] {
  const target = (name: string): JudgedTarget | undefined => run.targets.find((it) => it.name === name);
  const base = target(word);
  return mutants.map((mutant) => {
    const mutated = target(mutantTarget(word, mutant));
    const onBase = verdictOn(base, mutant.statement);
    const onMutant = verdictOn(mutated, mutant.statement);
    const failed = (mutated?.statements ?? []).filter((it) => it.verdict === 'fail' && it.id !== mutant.statement);
    return {
      mutant,
      onBase,
      onMutant,
      isKilled: (onBase === 'pass' || onBase === 'warn') && onMutant === 'fail',
      collateral: failed.filter((it) => verdictOn(base, it.id) !== 'fail').map((it) => it.id),
    };
  });
}

function verdictOn(target: JudgedTarget | undefined, id: StatementId): Verdict {
  return target?.statements.find((it) => it.id === id)?.verdict ?? 'notExercised';
}
