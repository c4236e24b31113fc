// A link profile in words: for plans, for what is printed before a run, and for the page of shipped profiles.
import type { DirectionProfile, LinkProfile, Loss, Outage, OutageMode } from './link-profile.ts';

/** A length of time as people say it, `650 ms`, `1.5 s`, `10 min`, `2 h`. */
export function timeInWords(ms: number): string {
  if (ms < 1000) return `${rounded(ms)} ms`;
  if (ms < 60_000) return `${rounded(ms / 1000)} s`;
  if (ms < 7_200_000) return `${rounded(ms / 60_000)} min`;
  return `${rounded(ms / 3_600_000)} h`;
}

/** A bit rate as people say it, `9600 bit/s`, `88 kbit/s`, `4 Mbit/s`. */
export function rateInWords(bitPerS: number): string {
  if (bitPerS < 10_000) return `${rounded(bitPerS)} bit/s`;
  if (bitPerS < 1e6) return `${rounded(bitPerS / 1e3)} kbit/s`;
  if (bitPerS < 1e9) return `${rounded(bitPerS / 1e6)} Mbit/s`;
  return `${rounded(bitPerS / 1e9)} Gbit/s`;
}

const rounded = (value: number): number => Number(value.toPrecision(3));

/** Delay, jitter, rate and loss in one line. */
export function figuresInWords(profile: LinkProfile): string {
  const { up, down, carries, mtuB } = profile;
  const delay =
    carries === 'messages'
      ? `delivered after ${bothWays(up, down, (it) => timeInWords(it.delayMs))}`
      : `RTT ${timeInWords(up.delayMs + down.delayMs)}`;
  return [
    delay,
    `jitter ${bothWays(up, down, jitterInWords)}`,
    bothWays(up, down, (it) => (it.rateBitPerS === undefined ? 'any rate' : rateInWords(it.rateBitPerS))),
    `loss ${bothWays(up, down, ({ loss }) => lossInWords(loss))}`,
    ...(carries === 'messages' ? messagesInWords(profile) : [`MTU ${mtuB} B`]),
  ].join(', ');
}

/** What else there is to it: outages, sleep, translators, shared capacity. One line each. */
export function conductInWords(profile: LinkProfile): readonly string[] {
  const { halfDuplex, idleWake, nat, connectDelayMs, outages, sharedCapacity, failover } = profile;
  return [
    ...(connectDelayMs === 0 ? [] : [`a connection sets out after ${timeInWords(connectDelayMs)}`]),
    ...ifAny(halfDuplex, (it) => `half duplex, ${timeInWords(it.turnaroundMs)} to turn round`),
    ...ifAny(idleWake, (it) => `after ${secondsInWords(it.afterS)} of silence ${timeInWords(it.extraMs)} to wake up`),
    ...ifAny(nat, natInWords),
    ...outages.map(outageInWords),
    ...ifAny(
      sharedCapacity,
      (it) => `shares ${rateInWords(it.upBitPerS)} up and ${rateInWords(it.downBitPerS)} down with all on "${it.id}"`,
    ),
    ...ifAny(
      failover,
      (it) => `when it is out for ${secondsInWords(it.afterS)}, ${it.to.name} takes over (${it.to.title})`,
    ),
  ];
}

const secondsInWords = (s: number): string => timeInWords(s * 1000);

function ifAny<T>(it: T | undefined, words: (it: T) => string): string[] {
  return it === undefined ? [] : [words(it)];
}

/** One of both directions, or both where they differ. */
function bothWays(up: DirectionProfile, down: DirectionProfile, words: (it: DirectionProfile) => string): string {
  const [upwards, downwards] = [words(up), words(down)];
  return upwards === downwards ? upwards : `${upwards} up and ${downwards} down`;
}

function jitterInWords({ jitterMs, jitterDistribution }: DirectionProfile): string {
  const isUsual = jitterMs === 0 || jitterDistribution === 'uniform';
  return `${timeInWords(jitterMs)}${isUsual ? '' : ` (${jitterDistribution})`}`;
}

function lossInWords(loss: Loss): string {
  switch (loss.model) {
    case 'none':
      return 'none';
    case 'bernoulli':
      return `${loss.lossPct} %`;
    case 'gilbert-elliott': {
      const { meanGoodS, meanBadS, lossGoodPct, lossBadPct } = loss;
      const spells = `${lossBadPct} % in spells of ${secondsInWords(meanBadS)} after ${secondsInWords(meanGoodS)} on average`;
      return lossGoodPct === 0 ? spells : `${lossGoodPct} %, and ${spells}`;
    }
    case 'nth':
      return `every ${loss.every}th packet`;
    case 'script':
      return `of packets ${loss.segments.join(', ')}`;
  }
}

function messagesInWords({ message }: LinkProfile): string[] {
  if (message === undefined) return [];
  const { maxUpB, maxDownB, spacingMs } = message;
  return [`messages of ${maxUpB} B up and ${maxDownB} B down at most, one every ${timeInWords(spacingMs)}`];
}

function natInWords({ tcpIdleS, udpIdleS, onExpiry }: NonNullable<LinkProfile['nat']>): string {
  const kept = [
    ...(tcpIdleS === undefined ? [] : [`TCP after ${secondsInWords(tcpIdleS)}`]),
    ...(udpIdleS === undefined ? [] : [`UDP after ${secondsInWords(udpIdleS)}`]),
  ];
  const how = onExpiry === 'silent' ? 'and drops what comes then' : 'and answers what comes then with RST';
  return `a NAT forgets ${kept.join(' and ')} of silence, ${how}`;
}

const modes: Readonly<Record<OutageMode, string>> = {
  drop: 'packets vanish',
  freeze: 'packets wait',
  'half-open-up': 'nothing passes up',
  'half-open-down': 'nothing passes down',
};

function outageInWords(it: Outage): string {
  switch (it.kind) {
    case 'schedule': {
      const again = it.everyS === undefined ? '' : ` and every ${secondsInWords(it.everyS)} again`;
      return `out at ${secondsInWords(it.atS)}${again} for ${secondsInWords(it.lastsS)} (${modes[it.mode]})`;
    }
    case 'renewal':
      return `out for ${secondsInWords(it.meanDownS)} after ${secondsInWords(it.meanUpS)}, on average (${modes[it.mode]})`;
    case 'fade':
      return (
        `fades after ${secondsInWords(it.meanClearS)} on average: ${secondsInWords(it.rampS)} down to ${it.floorPct} % of its rate, ` +
        `out for ${secondsInWords(it.meanOutS)} on average (${modes[it.mode]}), ${secondsInWords(it.rampS)} up again`
      );
    case 'handover': {
      const burst = it.burstS === 0 ? '' : `, then ${it.burstLossPct} % loss for ${secondsInWords(it.burstS)}`;
      const delay = it.extraDelayMs === 0 ? '' : ` with ${it.extraDelayMs} ms more delay`;
      return `hand-over every ${secondsInWords(it.everyS)}: a gap of ${timeInWords(it.gapMs)} (${modes[it.mode]})${burst}${delay}`;
    }
  }
}
