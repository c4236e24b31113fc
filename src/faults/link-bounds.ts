// How slow a link can get, worked out from its figures: what whoever waits on it has to allow for.
import type { DirectionProfile, LinkProfile, Loss, Outage } from './link-profile.ts';
import { lossStallMs, rareness } from './loss-stall.ts';

/** Linux: what the spread of round trips adds to a retransmission timeout at the least, and the longest timeout. */
const leastSpreadMs = 200;
const longestTimeoutMs = 120_000;

/** An outage that is over within this at the latest is a stall like others; a longer one is not waited for. */
const longestStallMs = 30_000;

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

/** Round trip that a segment exceeds once in ten thousand times: {@link calmRttMs}, and the longest stall of either direction. */
export function worstRttMs(profile: LinkProfile): number {
  return calmRttMs(profile) + stallMs(profile);
}

/** A short control packet with its headers. */
const smallPacketB = 128;

/** Round trip that is to be reckoned with when many are added up. */
export function usualRttMs(profile: LinkProfile): number {
  const { up, down, halfDuplex } = profile;
  const lostMs = (lossShare(up.loss) + lossShare(down.loss)) * timeoutsMs(profile)(0);
  const sentMs = transferMs(up, smallPacketB) + transferMs(down, smallPacketB) + 2 * (halfDuplex?.turnaroundMs ?? 0);
  return up.delayMs + down.delayMs + up.jitterMs + down.jitterMs + sentMs + lostMs;
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
 * How long loss and outages hold a segment up, save for one in ten thousand: a lost one waits for its retransmission
 * timeout, which doubles each time. Faster repair, by acknowledgements of what is behind it, is not counted on.
 */
export function stallMs(profile: LinkProfile): number {
  const { up, down, outages } = profile;
  const timeoutMs = timeoutsMs(profile);
  const lossMs = Math.max(...[up, down].map(({ loss }) => lossStallMs(loss, timeoutMs)));
  const outageMs = Math.max(0, ...outages.filter(isWaitedFor).map((it) => outageStallMs(it, timeoutMs(0))));
  return Math.max(lossMs, outageMs);
}

/**
 * How long a connection waits for its handshake, save for one in ten thousand: a round trip, and the SYNs or their
 * answers that are lost before, each for twice as long as the one before it (RFC 6298, section 2.1).
 */
export function connectMs(profile: LinkProfile): number {
  const lostMs = [profile.up, profile.down].map(({ loss }) => lossStallMs(loss, synTimeoutMs));
  return profile.connectDelayMs + calmRttMs(profile) + Math.max(...lostMs, stallMs(profile));
}

const synTimeoutMs = (n: number): number => 1000 * 2 ** n;

/** Whether an outage is over soon enough for a check to wait for its end. */
export function isWaitedFor(outage: Outage): boolean {
  return outageBoundMs(outage) <= longestStallMs;
}

/** How long an outage holds a segment up, save for one in ten thousand of all, those that meet none among them. */
export function outageBoundMs(outage: Outage): number {
  switch (outage.kind) {
    case 'schedule':
      return outage.lastsS * 1000;
    case 'renewal':
      return drawnMs(outage.meanDownS, outage.meanUpS);
    case 'fade':
      return drawnMs(outage.meanOutS, outage.meanClearS) + 2000 * outage.rampS;
    case 'handover':
      return outage.gapMs + (outage.burstLossPct > 0 ? outage.burstS * 1000 : 0);
  }
}

/** Of an exponentially distributed time, what is left of it for the segment that comes at any moment. */
function drawnMs(meanOutS: number, meanUpS: number): number {
  const share = meanOutS / (meanOutS + meanUpS);
  return 1000 * meanOutS * Math.max(0, Math.log(share / rareness));
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

/** What one segment in ten thousand is late by. */
function jitterBoundMs({ jitterMs, jitterDistribution }: DirectionProfile): number {
  switch (jitterDistribution) {
    case 'uniform':
      return jitterMs;
    case 'normal':
      return 3.72 * jitterMs; // All but one in ten thousand of the normal distribution lies below.
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
  const rttMs = up.delayMs + up.jitterMs + down.delayMs + down.jitterMs;
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
