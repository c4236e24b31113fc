// How long a run has to bear with a link: every wait of every check, worked out from the figures of the link alone.
import {
  calmRttMs,
  connectMs,
  isWaitedFor,
  longestQueueMs,
  rttSpreadMs,
  transferMs,
  usualRttMs,
  worstRttMs,
} from '../faults/link-bounds.ts';
import type { LinkProfile } from '../faults/link-profile.ts';
import type { RuleParameters } from '../judge/rule.ts';
import { plainPace, type Pace } from './pace.ts';

/** What a link changes in a run of checks. */
export interface LinkPatience {
  /** The link as it is played: each connection has it to itself, and outages that no check can wait for are left out. */
  readonly played: LinkProfile;
  /** Tolerances of the rules. */
  readonly judged: RuleParameters;
  /** How long checks wait: longer than the rules ask for by what is under way. */
  readonly waits: RuleParameters;
  readonly pace: Pace;
  /** Added to the bound on one check, and on all of them together. */
  readonly slackMs: number;
  /** All of this in words, a sentence each. */
  readonly words: readonly string[];
}

/** A large payload takes no longer than this each way. */
const largeTransferMs = 10_000;

/** What the longest check does one after the other, in round trips; and how many of the rarest delays it may meet. */
const roundTripsInARow = 150;
const worstInARow = 6;

/**
 * What a link asks of a run. It bears with all but one segment in ten thousand, see link-bounds.ts.
 * @param base tolerances of a run without a link
 */
export function patienceFor(profile: LinkProfile, base: RuleParameters): LinkPatience {
  const { sharedCapacity: _, failover: __, ...alone } = profile;
  const played = { ...alone, outages: profile.outages.filter(isWaitedFor) };
  const largeB = Math.floor(
    Math.min(plainPace.largeB, ...[played.up, played.down].map((it) => passesInB(it.rateBitPerS, largeTransferMs))),
  );
  const worstMs = Math.ceil(worstRttMs(played));
  const queueMs = Math.ceil(longestQueueMs(played, largeB));
  const pace = paceOf(played, worstMs, queueMs, largeB);
  const judged = judgedOver(played, base);
  const patience = {
    played,
    judged,
    waits: waitsOver(played, judged, pace),
    pace,
    slackMs: slackOf(played, pace, worstMs),
  };
  return { ...patience, words: inWords(profile, patience, { worstMs, queueMs }) };
}

const passesInB = (rateBitPerS: number | undefined, timeMs: number): number =>
  ((rateBitPerS ?? Infinity) * timeMs) / 8000;

function paceOf(played: LinkProfile, worstMs: number, queueMs: number, largeB: number): Pace {
  const keepAliveS = Math.max(plainPace.keepAliveS, Math.ceil((4 * worstMs + queueMs) / 1000));
  return {
    keepAliveS,
    // Its answer is waited for before the pause: together they stay below the keep alive.
    pingEveryMs: Math.round(keepAliveS * 800 - Math.min(worstMs, keepAliveS * 250)),
    roundTripMs: worstMs + queueMs,
    largeB,
    streamB: Math.min(plainPace.streamB, Math.floor(passesInB(slowestOf(played), largeTransferMs))),
    transferMs: (lengthB) => transferMs(played.up, lengthB) + transferMs(played.down, lengthB),
  };
}

const slowestOf = ({ up, down }: LinkProfile): number =>
  Math.min(up.rateBitPerS ?? Infinity, down.rateBitPerS ?? Infinity);

/** Rules look from the server's end, but for WebSocket: there the client's end is all that can be read. */
function judgedOver(played: LinkProfile, base: RuleParameters): RuleParameters {
  const moreMs = Math.ceil(calmRttMs(played));
  return {
    ...base,
    responseTimeoutMs: base.responseTimeoutMs + moreMs,
    closeTimeoutMs: base.closeTimeoutMs + moreMs,
    effectTimeoutMs: base.effectTimeoutMs + moreMs,
  };
}

/** Before its first packet is answered, a connection has its handshake behind it. */
function waitsOver(played: LinkProfile, judged: RuleParameters, { roundTripMs }: Pace): RuleParameters {
  const answerMs = Math.ceil(roundTripMs + connectMs(played));
  return {
    ...judged,
    responseTimeoutMs: judged.responseTimeoutMs + answerMs,
    closeTimeoutMs: judged.closeTimeoutMs + answerMs,
    effectTimeoutMs: judged.effectTimeoutMs + answerMs,
    keepAliveFailMs: judged.keepAliveFailMs + answerMs,
    redeliveryFailMs: judged.redeliveryFailMs + answerMs,
    // What comes behind a sentinel comes on the same connection, and in order: only its own delay can differ.
    quietMs: judged.quietMs + Math.ceil(rttSpreadMs(played)),
  };
}

function slackOf(played: LinkProfile, pace: Pace, worstMs: number): number {
  const inARowMs = roundTripsInARow * (usualRttMs(played) + played.connectDelayMs / 4) + worstInARow * worstMs;
  const keepAliveMs = 4000 * (pace.keepAliveS - plainPace.keepAliveS);
  // Once at each QoS, up and down again.
  const largeMs = 3 * pace.transferMs(pace.largeB);
  return Math.ceil(inARowMs + keepAliveMs + largeMs);
}

function inWords(
  profile: LinkProfile,
  { played, judged, waits, pace, slackMs }: Omit<LinkPatience, 'words'>,
  { worstMs, queueMs }: { readonly worstMs: number; readonly queueMs: number },
): readonly string[] {
  const left = profile.outages.filter((it) => !isWaitedFor(it)).map((it) => `${it.kind} (${it.mode})`);
  const isSized = pace.largeB < plainPace.largeB || pace.streamB < plainPace.streamB;
  return [
    'each connection has a link of its own',
    `worst round trip ${worstMs} ms: delays, jitter and stalls, save for one segment in ten thousand`,
    ...(queueMs > 0 ? [`longest queue ${queueMs} ms`] : []),
    `keep alive ${pace.keepAliveS} s`,
    `checks wait ${waits.responseTimeoutMs} ms for an answer and ${waits.closeTimeoutMs} ms for a close, and are quiet for ${waits.quietMs} ms; rules allow ${judged.responseTimeoutMs} ms and ${judged.closeTimeoutMs} ms`,
    ...(isSized ? [`a large payload is ${pace.largeB} B and a stream ${pace.streamB} B: what passes in 10 s`] : []),
    `the bounds of 60 s on a check and 52 s on all of them are longer by ${Math.ceil(slackMs / 1000)} s`,
    ...(profile.sharedCapacity === undefined ? [] : ['its shared capacity is not shared: nothing else is on it']),
    ...(profile.failover === undefined ? [] : ['its second interface is left out']),
    ...(left.length === 0
      ? []
      : [`outages that may last longer than a check can wait are left out: ${left.join(', ')}`]),
    ...(played.caution === undefined ? [] : [played.caution]),
  ];
}
