// Turns the words of a file into a profile, and what a scenario changes into a changed one: units and defaults, no more.
import {
  plainProfile,
  type DirectionProfile,
  type LinkProfile,
  type Loss,
  type Outage,
} from '../faults/link-profile.ts';
import type { WrittenFigures, WrittenLink, WrittenLoss, WrittenNat, WrittenOutage } from './link-schema.ts';

const usualMtuB = 1500;

/**
 * The profile that a file describes.
 * @param second the profile that `failover.to` names
 */
export function profileOf(name: string, link: WrittenLink, second?: LinkProfile): LinkProfile {
  const { title, carries, caution, halfDuplex, idleWake, sharedCapacity, tariff } = link;
  return {
    ...changedProfile({ ...plainProfile, name, title }, link),
    carries,
    ...(caution !== undefined && { caution: caution.trim().replaceAll(/\s+/g, ' ') }),
    ...sizesOf(link),
    connectDelayMs: link.connectDelay,
    ...(halfDuplex && { halfDuplex: { turnaroundMs: halfDuplex.turnaround } }),
    ...(idleWake && { idleWake: { afterS: idleWake.after / 1000, extraMs: idleWake.extra } }),
    ...natOf(link),
    outages: link.outages.map(outageOf),
    ...(sharedCapacity && {
      sharedCapacity: {
        id: sharedCapacity.id,
        upBitPerS: sharedCapacity.up,
        downBitPerS: sharedCapacity.down,
      },
    }),
    ...failoverOf(link, second),
    ...(tariff !== undefined && { tariff }),
  };
}

/** The profile with these figures instead of its own; what is not said stays. */
export function changedProfile(profile: LinkProfile, figures: WrittenFigures): LinkProfile {
  return {
    ...profile,
    up: changedDirection(profile.up, figures, 'up'),
    down: changedDirection(profile.down, figures, 'down'),
  };
}

function changedDirection(base: DirectionProfile, figures: WrittenFigures, side: 'up' | 'down'): DirectionProfile {
  const { rtt, delay, jitter, jitterDistribution, rate, queue, framing, loss } = { ...figures, ...figures[side] };
  return {
    ...base,
    delayMs: delay ?? (rtt === undefined ? base.delayMs : rtt / 2),
    jitterMs: jitter ?? base.jitterMs,
    jitterDistribution: jitterDistribution ?? base.jitterDistribution,
    ...(rate !== undefined && { rateBitPerS: rate }),
    ...(queue && {
      queue: {
        ...(queue.size !== undefined && { maxB: queue.size }),
        ...(queue.time !== undefined && { maxMs: queue.time }),
      },
    }),
    ...(framing && { framing: { overheadB: framing.overhead, minB: framing.least, cellB: framing.cell } }),
    ...(loss !== undefined && { loss: lossOf(loss) }),
  };
}

function lossOf(loss: WrittenLoss): Loss {
  if (typeof loss === 'number') return loss === 0 ? { model: 'none' } : { model: 'bernoulli', lossPct: loss };
  if ('every' in loss) return { model: 'nth', every: loss.every };
  if ('segments' in loss) return { model: 'script', segments: loss.segments };
  return {
    model: 'gilbert-elliott',
    meanGoodS: loss.meanGood / 1000,
    meanBadS: loss.meanBad / 1000,
    lossGoodPct: loss.lossGood,
    lossBadPct: loss.lossBad,
  };
}

function sizesOf({ mtu, message }: WrittenLink): Pick<LinkProfile, 'mtuB' | 'message'> {
  if (message === undefined) return { mtuB: mtu ?? usualMtuB };
  const { up, down, spacing } = message;
  return { mtuB: Math.max(up, down), message: { maxUpB: up, maxDownB: down, spacingMs: spacing } };
}

/** The translator, where one is described. */
export function natOf({ nat }: { readonly nat?: WrittenNat | undefined }): Pick<LinkProfile, 'nat'> {
  if (nat === undefined) return {};
  const { tcpIdle, udpIdle, onExpiry } = nat;
  return {
    nat: {
      ...(tcpIdle !== undefined && { tcpIdleS: tcpIdle / 1000 }),
      ...(udpIdle !== undefined && { udpIdleS: udpIdle / 1000 }),
      onExpiry,
    },
  };
}

function outageOf(it: WrittenOutage): Outage {
  const { kind, mode } = it;
  switch (kind) {
    case 'schedule': {
      const every = it.every === undefined ? {} : { everyS: it.every / 1000 };
      return { kind, atS: it.at / 1000, lastsS: it.lasts / 1000, ...every, mode };
    }
    case 'renewal':
      return { kind, meanUpS: it.meanUp / 1000, meanDownS: it.meanDown / 1000, mode };
    case 'fade':
      return {
        kind,
        meanClearS: it.meanClear / 1000,
        rampS: it.ramp / 1000,
        meanOutS: it.meanOut / 1000,
        floorPct: it.floor,
        mode,
      };
    case 'handover':
      return {
        kind,
        everyS: it.every / 1000,
        gapMs: it.gap,
        extraDelayMs: it.extraDelay,
        burstS: it.burst / 1000,
        burstLossPct: it.burstLoss,
        mode,
      };
  }
}

function failoverOf({ failover }: WrittenLink, second: LinkProfile | undefined): Pick<LinkProfile, 'failover'> {
  if (failover === undefined || second === undefined) return {};
  const { after, backAfter, connections } = failover;
  return { failover: { to: second, afterS: after / 1000, backAfterS: backAfter / 1000, connections } };
}
