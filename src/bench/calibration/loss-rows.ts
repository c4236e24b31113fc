// Whether a link loses as often, and in spells as long, as it says.
import type { PartContext } from '../../parts/part.ts';
import { probe, type LinkProbe } from './probes-on-link.ts';
import type { CalibrationRow } from './row.ts';
import { binomialInterval, criticalDistance, distanceFrom, mean } from './statistics.ts';

/** What is asked for. */
export const lossPct = 5;
/** How often a link that is right is called wrong. */
const alpha = 0.01;
const probing = { connections: 200, perConnection: 20, everyMs: 2000 };

/** A row on how often. Without loss nothing may come late: else the machine itself was too busy for the other rows. */
export async function lossRow(askedPct: number, context: PartContext): Promise<CalibrationRow> {
  return lossRowOf(askedPct, await probe({ model: 'bernoulli', lossPct: askedPct }, probing, context));
}

/** A link that loses half as often as it was told to must be seen. */
export async function lossControl(askedPct: number, context: PartContext): Promise<CalibrationRow> {
  return lossControlOf(askedPct, await probe({ model: 'bernoulli', lossPct: askedPct / 2 }, probing, context));
}

/** What the probes met, judged. */
export function lossRowOf(askedPct: number, probes: readonly LinkProbe[]): CalibrationRow {
  const { isWithin, ...said } = counted(askedPct, probes);
  return {
    id: `loss/embedded/${askedPct}`,
    asked: `embedded: ${askedPct} % of segments, each for itself`,
    verdict: isWithin ? 'ok' : 'off',
    isControl: false,
    ...said,
  };
}

/** Flagged: outside, and with what was planted inside its own interval; a link that loses nothing is wrong otherwise. */
export function lossControlOf(askedPct: number, probes: readonly LinkProbe[]): CalibrationRow {
  const { isWithin, ...said } = counted(askedPct, probes);
  const isFlagged = !isWithin && counted(askedPct / 2, probes).isWithin;
  return {
    id: `control/loss/${askedPct}`,
    asked: `embedded: ${askedPct} % of segments, and half of it planted`,
    verdict: isFlagged ? 'ok' : 'off',
    isControl: true,
    ...said,
    tolerance: `outside ${said.tolerance}`,
  };
}

function counted(
  askedPct: number,
  probes: readonly LinkProbe[],
): Pick<CalibrationRow, 'measured' | 'tolerance' | 'figures'> & { readonly isWithin: boolean } {
  const late = probes.filter((it) => it.isLate).length;
  const n = probes.length;
  const { low, high } = binomialInterval(n, askedPct / 100, alpha);
  return {
    isWithin: late >= low && late <= high,
    measured: `${late} of ${n} lone messages came late, ${((100 * late) / n).toFixed(2)} %`,
    tolerance: `${low} to ${high} (binomial, alpha ${alpha})`,
    figures: { n, late, low, high },
  };
}

const spells = { meanGoodS: 0.4, meanBadS: 0.1 } as const;
const spellProbing = { connections: 200, perConnection: 30, everyMs: 1000 };
/** Fewer tell nothing about a distribution. */
const leastSpells = 20;

/** A row on how long: the states of a Gilbert-Elliott link that loses everything while it is bad, and else nothing. */
export async function spellRow(context: PartContext): Promise<CalibrationRow> {
  const loss = { model: 'gilbert-elliott', ...spells, lossGoodPct: 0, lossBadPct: 100 } as const;
  return spellRowOf(badSpellsMs(await probe(loss, spellProbing, context)));
}

/** Lengths of bad spells, judged against the exponential distribution that they should have. */
export function spellRowOf(lengthsMs: readonly number[]): CalibrationRow {
  const meanMs = spells.meanBadS * 1000;
  const distance = distanceFrom(lengthsMs, (ms) => 1 - Math.exp(-ms / meanMs));
  const critical = criticalDistance(lengthsMs.length, alpha);
  const seenMs = mean(lengthsMs);
  return {
    id: 'spells/embedded',
    asked: `embedded: Gilbert-Elliott, bad spells of ${meanMs} ms on average, exponential`,
    measured: `${lengthsMs.length} spells of ${seenMs.toFixed(0)} ms on average, KS distance ${distance.toFixed(3)}`,
    tolerance: `KS distance ${critical.toFixed(3)} (alpha ${alpha}), at least ${leastSpells} spells`,
    verdict: lengthsMs.length >= leastSpells && distance <= critical ? 'ok' : 'off',
    isControl: false,
    figures: { spells: lengthsMs.length, meanMs: seenMs, distance, critical },
  };
}

/**
 * Lengths of runs of late probes, from half way after the probe before to half way before the probe after. What was
 * under way at the beginning or the end is left out: nobody saw all of it.
 */
export function badSpellsMs(probes: readonly LinkProbe[]): readonly number[] {
  const lengths: number[] = [];
  let beganMs: number | undefined;
  for (const [i, { sentMs, isLate }] of probes.entries()) {
    const before = probes[i - 1];
    if (before === undefined || before.isLate === isLate) continue;
    const middleMs = (before.sentMs + sentMs) / 2;
    if (!isLate && beganMs !== undefined) lengths.push(middleMs - beganMs);
    beganMs = isLate ? middleMs : undefined;
  }
  return lengths;
}
