// How a verdict stands with what was known before: with the baseline of a run, and with its waivers.

/**
 * `new`: fails the run, and did not in the baseline; `expired`: its waiver has run out; `known`: the baseline has it
 * too; `waived`: somebody has taken it upon himself; `better`: failed the baseline, and does not fail now; `unjudged`:
 * the baseline has a verdict on it, this run has none.
 */
export type Standing = 'new' | 'expired' | 'known' | 'waived' | 'better' | 'unjudged';

/** Whether it no longer counts against a run. */
export function isForgiven(standing: Standing | undefined): boolean {
  return standing === 'known' || standing === 'waived';
}
