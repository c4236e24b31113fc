// Plays variants beside their base in one run: the proof that no allowed conduct changes a verdict.
import type { Bench } from '../bench/bench.ts';
import type { JudgedRun, JudgedTarget } from '../judge/judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { StatementId } from '../spec/statement.ts';
import type { Check } from './check.ts';
import { driveChecks, type DriveOptions } from './drive-checks.ts';
import { lacksOf, placeOf } from './driven-target.ts';
import { inLanes } from './in-lanes.ts';
import type { Variant } from './variant.ts';

const variantTarget = (base: string, variant: Variant): string => `${base}+${variant.id}`;

/**
 * Starts the base and drives the checks on it, and on each variant before a base of its own.
 * @param word the target word of the base
 * @param width how many variants run side by side
 */
export async function driveVariants(
  variants: readonly Variant[],
  word: string,
  bench: Bench,
  checks: readonly Check[],
  options: Omit<DriveOptions, 'history' | 'clock' | 'connectionIds' | 'prefix'>,
  width = 4,
): Promise<void> {
  const { clock, history } = bench.context;
  const driven = (prefix: string): DriveOptions => ({
    ...options,
    history,
    clock,
    connectionIds: bench.connectionIds,
    prefix,
  });
  const base = await bench.startTarget(word, word);
  // A broker that restarts would take the variants before it along.
  const inPlace = checks.filter((it) => !it.needs.includes('restart'));
  await driveChecks(inPlace, { ...placeOf(base), name: word, lacks: lacksOf(base) }, driven('base'));
  await inLanes(variants, width, async (variant, index) => {
    const name = variantTarget(word, variant);
    // Checks that subscribe to everything would see the other variants' traffic on a shared base.
    await using behind = await bench.startAnother(`${word} behind ${variant.id}`, word);
    const place = await bench.startMutant(name, behind, variant);
    await driveChecks(inPlace, { ...place, server: name, name, lacks: lacksOf(behind) }, driven(`v${index}x`));
  });
}

/** A statement that a variant's conduct moved. */
export interface Flip {
  readonly variant: Variant;
  readonly statement: StatementId;
  readonly onBase: Verdict;
  readonly onVariant: Verdict;
}

/**
 * Reads off a judged run of {@link driveVariants} what the variants are accused of and the base is not, and what only the
 * base is credited with; pass and warn are one. A statement that the base breaks is no flip: conduct may mend it.
 */
export function flipsOf(variants: readonly Variant[], word: string, run: JudgedRun): readonly Flip[] {
  const target = (name: string): JudgedTarget | undefined => run.targets.find((it) => it.name === name);
  const base = target(word);
  return variants.flatMap((variant) => {
    const varied = target(variantTarget(word, variant));
    const ids = new Set([base, varied].flatMap((it) => it?.statements.map(({ id }) => id) ?? []));
    return [...ids]
      .map((statement) => ({
        variant,
        statement,
        onBase: verdictOn(base, statement),
        onVariant: verdictOn(varied, statement),
      }))
      .filter(isMoved);
  });
}

function isMoved({ onBase, onVariant }: Flip): boolean {
  if (folded(onBase) === 'pass') return folded(onVariant) !== 'pass';
  return onVariant === 'fail' && onBase !== 'fail';
}

const folded = (verdict: Verdict): Verdict => (verdict === 'warn' ? 'pass' : verdict);

function verdictOn(target: JudgedTarget | undefined, id: StatementId): Verdict {
  return target?.statements.find((it) => it.id === id)?.verdict ?? 'notExercised';
}
