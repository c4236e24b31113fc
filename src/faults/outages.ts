// The weather over a link: what its outages come to together, from moment to moment.
import type { Outage } from './link-profile.ts';
import { outageSource, type WeatherSource } from './outage-source.ts';
import type { Weather } from './weather.ts';

/** Fair weather that does not end. */
const fair: Weather = {
  fromMs: 0,
  untilMs: Infinity,
  state: 'up',
  rateShare: 1,
  extraDelayMs: 0,
  extraLossPct: 0,
  cause: '',
};

/**
 * The weather that these outages make. A function of the moment alone: asking never changes it, and any moment may be
 * asked for. Moments in order are cheap, also where they lie a little back (see {@link Spells}).
 *
 * Outages act together: the worst state wins, what is left of the rate multiplies, delays add up, and losses are
 * independent of each other. `drop` is worse than `freeze`, `freeze` worse than half-open, and two that are half-open in
 * different directions are a `drop`. A piece ends where any of the outages changes, even where that makes no difference.
 *
 * What is drawn is named by an outage's kind and its place among those of its kind: to add an outage at the end, or one of
 * another kind anywhere, moves none of the others.
 *
 * @throws FieldbenchError `FB_LINK_FIGURES` when an outage has a figure that makes no sense
 */
export function weatherOf(
  outages: readonly Outage[],
  name: { readonly seed: number; readonly link: string },
): { at(tMs: number): Weather } {
  const sources = outages.map((outage, index): WeatherSource => {
    const ordinal = outages.slice(0, index + 1).filter((it) => it.kind === outage.kind).length;
    return outageSource(outage, { ...name, ordinal });
  });
  return { at: (tMs) => sources.map((source) => source(Math.max(0, tMs))).reduce(together, fair) };
}

function together(one: Weather, other: Weather): Weather {
  return {
    fromMs: Math.max(one.fromMs, other.fromMs),
    untilMs: Math.min(one.untilMs, other.untilMs),
    state: worse(one.state, other.state),
    rateShare: one.rateShare * other.rateShare,
    extraDelayMs: one.extraDelayMs + other.extraDelayMs,
    extraLossPct: one.extraLossPct + other.extraLossPct - (one.extraLossPct * other.extraLossPct) / 100,
    cause: [one.cause, other.cause].filter((it) => it !== '').join(', '),
  };
}

const badness = { up: 0, 'half-open-up': 1, 'half-open-down': 1, freeze: 2, drop: 3 };

function worse(one: Weather['state'], other: Weather['state']): Weather['state'] {
  if (badness[one] === 1 && badness[other] === 1 && one !== other) return 'drop';
  return badness[other] > badness[one] ? other : one;
}
