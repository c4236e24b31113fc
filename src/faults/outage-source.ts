// One outage as weather: when it is out, how it comes and goes, and in which words.
import { draw, type DrawName } from './draw.ts';
import { notNegative, percentOf, positiveMs } from './figure-checks.ts';
import type { Outage } from './link-profile.ts';
import { exponentialMs, Spells } from './spells.ts';
import type { Weather } from './weather.ts';

/** The weather that one outage makes at a moment from 0 up. */
export type WeatherSource = (tMs: number) => Weather;

/** Whose outage it is, for its draws. */
export interface OutageName {
  readonly seed: number;
  readonly link: string;
  /** Which outage of its kind on its link, from 1. */
  readonly ordinal: number;
}

/** Steps of one ramp of a fade. */
const rampSteps = 10;

/**
 * The weather that one outage makes.
 * @throws FieldbenchError `FB_LINK_FIGURES` when a figure makes no sense
 */
export function outageSource(outage: Outage, name: OutageName): WeatherSource {
  switch (outage.kind) {
    case 'schedule':
      return schedule(outage);
    case 'renewal':
      return renewal(outage, name);
    case 'fade':
      return fade(outage, name);
    case 'handover':
      return handover(outage);
  }
}

type Kind<K extends Outage['kind']> = Extract<Outage, { kind: K }>;
type Stretch = Pick<Weather, 'fromMs' | 'untilMs'>;

/** Weather in which nothing is wrong but what is given. */
function piece({ fromMs, untilMs }: Stretch, wrong: Partial<Weather> = {}): Weather {
  return { state: 'up', rateShare: 1, extraDelayMs: 0, extraLossPct: 0, cause: '', ...wrong, fromMs, untilMs };
}

function schedule(outage: Kind<'schedule'>): WeatherSource {
  const firstMs = notNegative('atS', outage.atS) * 1000;
  const everyMs = outage.everyS === undefined ? Infinity : positiveMs('everyS', outage.everyS);
  const lastsMs = notNegative('lastsS', outage.lastsS) * 1000;
  return (tMs) => {
    const { sinceMs, nextMs } = lastRound(tMs, firstMs, everyMs);
    if (sinceMs === undefined) return piece({ fromMs: 0, untilMs: nextMs });
    const overMs = Math.min(sinceMs + lastsMs, nextMs);
    if (tMs >= overMs) return piece({ fromMs: overMs, untilMs: nextMs });
    return piece({ fromMs: sinceMs, untilMs: overMs }, { state: outage.mode, cause: 'scheduled outage' });
  };
}

/** Up comes first. */
const isDown = (n: number): boolean => n % 2 === 1;

function renewal(outage: Kind<'renewal'>, name: OutageName): WeatherSource {
  const upMs = positiveMs('meanUpS', outage.meanUpS);
  const downMs = positiveMs('meanDownS', outage.meanDownS);
  const spells = new Spells((n) => drawnMs('renewal', name, n, isDown(n) ? downMs : upMs));
  return (tMs) => {
    const spell = spells.at(tMs);
    return piece(spell, isDown(spell.n) ? { state: outage.mode, cause: 'outage' } : {});
  };
}

/** Clear, the ramp down, out, the ramp up. */
const fadeSpells = 2 * rampSteps + 2;
const fadeOut = rampSteps + 1;

function fade(outage: Kind<'fade'>, name: OutageName): WeatherSource {
  const clearMs = positiveMs('meanClearS', outage.meanClearS);
  const outMs = positiveMs('meanOutS', outage.meanOutS);
  const stepMs = (notNegative('rampS', outage.rampS) * 1000) / rampSteps;
  const lostShare = 1 - percentOf('floorPct', outage.floorPct) / 100;
  const spells = new Spells((n) => {
    const phase = n % fadeSpells;
    if (phase !== 0 && phase !== fadeOut) return stepMs;
    return drawnMs('fade', name, n, phase === 0 ? clearMs : outMs);
  });
  return (tMs) => {
    const spell = spells.at(tMs);
    const phase = spell.n % fadeSpells;
    if (phase === 0) return piece(spell);
    if (phase === fadeOut) return piece(spell, { state: outage.mode, cause: 'fade: out' });
    const step = phase < fadeOut ? phase : fadeSpells - phase;
    const rateShare = 1 - (lostShare * step) / rampSteps;
    return piece(spell, { rateShare, cause: `fade: ${Math.round(rateShare * 100)} % of the rate` });
  };
}

function handover(outage: Kind<'handover'>): WeatherSource {
  const everyMs = positiveMs('everyS', outage.everyS);
  const gapMs = notNegative('gapMs', outage.gapMs);
  const burstMs = notNegative('burstS', outage.burstS) * 1000;
  const burst = {
    extraDelayMs: notNegative('extraDelayMs', outage.extraDelayMs),
    extraLossPct: percentOf('burstLossPct', outage.burstLossPct),
    cause: 'behind a handover',
  };
  return (tMs) => {
    const { sinceMs, nextMs } = lastRound(tMs, everyMs, everyMs);
    if (sinceMs === undefined) return piece({ fromMs: 0, untilMs: nextMs });
    const gapOverMs = Math.min(sinceMs + gapMs, nextMs);
    const burstOverMs = Math.min(gapOverMs + burstMs, nextMs);
    if (tMs < gapOverMs) {
      return piece({ fromMs: sinceMs, untilMs: gapOverMs }, { state: outage.mode, cause: 'handover' });
    }
    if (tMs < burstOverMs) return piece({ fromMs: gapOverMs, untilMs: burstOverMs }, burst);
    return piece({ fromMs: burstOverMs, untilMs: nextMs });
  };
}

/** The last of the moments `firstMs`, `firstMs + everyMs`, ... that is not after `tMs`, if any, and the one behind it. */
function lastRound(tMs: number, firstMs: number, everyMs: number): { sinceMs: number | undefined; nextMs: number } {
  if (tMs < firstMs) return { sinceMs: undefined, nextMs: firstMs };
  if (everyMs === Infinity) return { sinceMs: firstMs, nextMs: Infinity };
  const roundMs = (n: number): number => firstMs + n * everyMs;
  // The quotient may be off by one where `tMs` is as good as a border; the borders themselves are always the same.
  const guess = Math.floor((tMs - firstMs) / everyMs);
  const n = roundMs(guess) > tMs ? guess - 1 : roundMs(guess + 1) <= tMs ? guess + 1 : guess;
  return { sinceMs: roundMs(n), nextMs: roundMs(n + 1) };
}

/** Kinds of outages whose times are drawn. */
type DrawnKind = Extract<DrawName['purpose'], Outage['kind']>;

/** An outage belongs to the link and not to a connection: its ordinal stands where a connection's would. */
function drawnMs(kind: DrawnKind, { seed, link, ordinal }: OutageName, n: number, meanMs: number): number {
  return exponentialMs(meanMs, draw({ seed, link, connection: ordinal, direction: 'toServer', purpose: kind, n }));
}
