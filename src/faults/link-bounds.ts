// How slow a link can get, worked out from its figures: what whoever waits on it has to allow for.
import type { DirectionProfile, LinkProfile, Loss, Outage } from './link-profile.ts';
import { lossStallMs, rareness } from './loss-stall.ts';

/** Linux: what the spread of round trips adds to a retransmission timeout at the least, and the longest timeout. */
const leastSpreadMs = 200;
const longestTimeoutMs = 120_000;

/** An outage that is over within this at the latest is a stall like others; a longer one is not waited for. */
export const longestStallMs = 30_000;

/** Round trip of a segment that is neither lost nor queued: delays, spread, the modem's waking, turns on the medium. */
export function calmRttMs(profile: LinkProfile): number {
  const { up, down } = profile;
  return base(profile, up) + base(profile, down) + jitterBoundMs(up) + jitterBoundMs(down);
}

/** What the round trips of single segments differ by, losses apart. */
export function rttSpreadMs(profile: LinkProfile): number {
  const { up, down, idleWake } = profile;
  const early = [up, down].map((it) =>
    it.jitterDistribution === 'pareto' ? 0 : Math.min(it.delayMs, jitterBoundMs(it)),
  );
  return jitterBoundMs(up) + jitterBoundMs(down) + early.reduce((a, b) => a + b, 0) + (idleWake?.extraMs ?? 0);
}

/** Round trip that a segment exceeds once in a million: {@link calmRttMs}, and the longest stall of either direction. */
export function worstRttMs(profile: LinkProfile): number {
  return calmRttMs(profile) + stallMs(profile);
}

/** Round trip that is to be reckoned with when many are added up. */
export function usualRttMs(profile: LinkProfile): number {
  const { up, down } = profile;
  const lost = (lossShare(up.loss) + lossShare(down.loss)) * timeoutsMs(profile)(0);
  return base(profile, up) + base(profile, down) + up.jitterMs + down.jitterMs + lost;
}

/** What may wait for its turn ahead of a packet, both ways together; 0 where no rate is a bound. */
export function longestQueueMs(profile: LinkProfile, mostB = Infinity): number {
  return queueMs(profile.up, mostB) + queueMs(profile.down, mostB);
}

/** How long so many bytes take each way, headers apart; 0 where no rate is a bound. */
export function transferMs(direction: DirectionProfile, lengthB: number): number {
  return direction.rateBitPerS === undefined ? 0 : (lengthB * 8000) / direction.rateBitPerS;
}

/**
 * How long loss and outages hold a segment up, save for one in a million: a lost one waits for its retransmission
 * timeout, which doubles each time. Faster repair, by acknowledgements of what is behind it, is not counted on.
 */
export function stallMs(profile: LinkProfile): number {
  const { up, down, outages } = profile;
  const timeoutMs = timeoutsMs(profile);
  const lossMs = Math.max(...[up, down].map(({ loss }) => lossStallMs(loss, timeoutMs)));
  const outageMs = Math.max(0, ...outages.filter(isWaitedFor).map((it) => outageStallMs(it, timeoutMs(0))));
  return Math.max(lossMs, outageMs);
}

/** Whether an outage is over soon enough for a check to wait for its end. */
export function isWaitedFor(outage: Outage): boolean {
  return outageBoundMs(outage) <= longestStallMs;
}

/** What an outage lasts, save for one in a million. */
export function outageBoundMs(outage: Outage): number {
  const drawn = (meanS: number): number => -Math.log(rareness) * meanS * 1000;
  switch (outage.kind) {
    case 'schedule':
      return outage.lastsS * 1000;
    case 'renewal':
      return drawn(outage.meanDownS);
    case 'fade':
      return drawn(outage.meanOutS) + 2000 * outage.rampS;
    case 'handover':
      return outage.gapMs + (outage.burstLossPct > 0 ? outage.burstS * 1000 : 0);
  }
}

/** What is sent into an outage that drops comes out at the first timeout after it: at most as long again. */
function outageStallMs(outage: Outage, firstTimeoutMs: number): number {
  const lastsMs = outageBoundMs(outage) + (outage.kind === 'handover' ? outage.extraDelayMs : 0);
  return outage.mode === 'freeze' ? lastsMs : 2 * lastsMs + firstTimeoutMs;
}

/** A full packet each way takes its time on the medium too. */
function base({ mtuB, idleWake, halfDuplex }: LinkProfile, direction: DirectionProfile): number {
  return (
    direction.delayMs +
    transferMs(direction, mtuB) +
    (halfDuplex?.turnaroundMs ?? 0) +
    // Either way may find it asleep, and the way back never does.
    (idleWake?.extraMs ?? 0) / 2
  );
}

/** What one segment in a million is late by. */
function jitterBoundMs({ jitterMs, jitterDistribution }: DirectionProfile): number {
  switch (jitterDistribution) {
    case 'uniform':
      return jitterMs;
    case 'normal':
      return 4.75 * jitterMs; // 1 - 1e-6 of the normal distribution lies below.
    case 'pareto':
      return 2 * (rareness ** (-1 / 3) - 1) * jitterMs; // A Lomax distribution of shape 3.
  }
}

function queueMs({ queue, rateBitPerS }: DirectionProfile, mostB: number): number {
  if (rateBitPerS === undefined) return 0;
  const { maxMs = Infinity, maxB = Infinity } = queue ?? {};
  return Math.min(maxMs, (Math.min(maxB, mostB) * 8000) / rateBitPerS);
}

/** The nth retransmission timeout of a connection that has seen few round trips: RFC 6298 with the bounds of Linux. */
function timeoutsMs(profile: LinkProfile): (n: number) => number {
  const { up, down } = profile;
  const rttMs = base(profile, up) + base(profile, down) + up.jitterMs + down.jitterMs;
  const onceMs = rttMs + Math.max(leastSpreadMs, 2 * rttMs);
  return (n) => Math.min(longestTimeoutMs, onceMs * 2 ** n);
}

function lossShare(loss: Loss): number {
  switch (loss.model) {
    case 'none':
      return 0;
    case 'bernoulli':
      return loss.lossPct / 100;
    case 'gilbert-elliott': {
      const { meanGoodS, meanBadS, lossGoodPct, lossBadPct } = loss;
      return (meanGoodS * lossGoodPct + meanBadS * lossBadPct) / (meanGoodS + meanBadS) / 100;
    }
    case 'nth':
      return 1 / loss.every;
    case 'script':
      return 0;
  }
}
