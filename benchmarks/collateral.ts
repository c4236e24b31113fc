// Why some mutants break more than their own statement: the same packet, as several statements see it.

/** Mutants by id, and why each of them breaks more than three other statements. */
export const collateral: readonly (readonly [mutants: RegExp, why: string])[] = [];

/** The explanation for a mutant, where there is one. */
export const explanationOf = (mutant: string): string | undefined =>
  collateral.find(([mutants]) => mutants.test(mutant))?.[1];
