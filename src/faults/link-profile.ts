// What a link is, as data: a named piece of the real world in figures, each with its unit in its name.

/** How the delay of single segments spreads around `delayMs`. Order is kept all the same. */
export type JitterDistribution = 'uniform' | 'normal' | 'pareto';

/**
 * How segments are lost on the way.
 *
 * - `bernoulli`: each for itself.
 * - `gilbert-elliott`: in spells. The states last so long on average in seconds, and not so many packets: a sensor that
 *   speaks once a minute meets the same spells as one that speaks all the time.
 * - `nth`: every nth segment of each connection and direction, counted from 1.
 * - `script`: exactly these segments of each connection and direction, counted from 1.
 */
export type Loss =
  | { readonly model: 'none' }
  | { readonly model: 'bernoulli'; readonly lossPct: number }
  | {
      readonly model: 'gilbert-elliott';
      readonly meanGoodS: number;
      readonly meanBadS: number;
      readonly lossGoodPct: number;
      readonly lossBadPct: number;
    }
  | { readonly model: 'nth'; readonly every: number }
  | { readonly model: 'script'; readonly segments: readonly number[] };

/** One direction of a link. */
export interface DirectionProfile {
  /** One way, from the first tap to the last, for a segment that meets no queue. */
  readonly delayMs: number;
  /** `uniform`: evenly in `delayMs` +/- this; `normal`: its standard deviation; `pareto`: its mean, and never early. */
  readonly jitterMs: number;
  readonly jitterDistribution: JitterDistribution;
  /** Absent: no bound. */
  readonly rateBitPerS?: number;
  /** What may wait for its turn where there is a rate; the nearer bound counts. */
  readonly queue?: { readonly maxB?: number; readonly maxMs?: number };
  /** What one packet of the network layer takes on the air: rounded up to whole cells, and at least so much. */
  readonly framing?: { readonly overheadB: number; readonly minB: number; readonly cellB: number };
  readonly loss: Loss;
}

/** Which way nothing passes, and what becomes of what was under way. */
export type OutageMode =
  /** It vanishes; TCP sends it again when its timer says so. */
  | 'drop'
  /** It waits in the network and comes out when the outage is over. */
  | 'freeze'
  /** It vanishes on the way to the server; the way back is open. */
  | 'half-open-up'
  /** It vanishes on the way to the client. */
  | 'half-open-down';

/** A reason for which the link is out, or bad, at times. All times count from the start of the link. */
export type Outage =
  /** At this time, and every `everyS` again where that is given. */
  | {
      readonly kind: 'schedule';
      readonly atS: number;
      readonly lastsS: number;
      readonly everyS?: number;
      readonly mode: OutageMode;
    }
  /** Up and down in turn, each for an exponentially distributed time. */
  | { readonly kind: 'renewal'; readonly meanUpS: number; readonly meanDownS: number; readonly mode: OutageMode }
  /** Rain: the rate falls in steps down to `floorPct` of itself, then the link is out, then the rate comes back. */
  | {
      readonly kind: 'fade';
      readonly meanClearS: number;
      readonly rampS: number;
      readonly meanOutS: number;
      readonly floorPct: number;
      readonly mode: OutageMode;
    }
  /** Every so often the path changes: a gap, then for a while more delay and more loss. */
  | {
      readonly kind: 'handover';
      readonly everyS: number;
      readonly gapMs: number;
      readonly extraDelayMs: number;
      readonly burstS: number;
      readonly burstLossPct: number;
      readonly mode: OutageMode;
    };

/** What a link does to what passes it. */
export interface LinkProfile {
  readonly name: string;
  /** What it is in the real world, in one line. */
  readonly title: string;
  /** `messages`: a store-and-forward service for datagrams, over which no TCP connection can be had. */
  readonly carries: 'streams' | 'messages';
  /** Why one should think twice about MQTT over TCP on it; printed before a run. */
  readonly caution?: string;
  readonly up: DirectionProfile;
  readonly down: DirectionProfile;
  /** Largest IP packet; where messages are carried, the larger of the two in `message`. */
  readonly mtuB: number;
  /** Where it carries messages: the longest one each way, and how long a sender waits between the starts of two. */
  readonly message?: { readonly maxUpB: number; readonly maxDownB: number; readonly spacingMs: number };
  /** Time before the first handshake packet goes out, on top of the round trip that the handshake itself takes. */
  readonly connectDelayMs: number;
  /** Both directions take turns on one medium; the change of direction costs this. */
  readonly halfDuplex?: { readonly turnaroundMs: number };
  /** After so long without traffic the next packet waits so much longer: a modem that has gone to sleep. */
  readonly idleWake?: { readonly afterS: number; readonly extraMs: number };
  /** A translator on the way forgets a mapping that was not used for so long: `silent` then drops, `rst` answers. */
  readonly nat?: { readonly tcpIdleS?: number; readonly udpIdleS?: number; readonly onExpiry: 'silent' | 'rst' };
  readonly outages: readonly Outage[];
  /** A beam or channel whose capacity all links with this id share; each link's own rate still bounds it. */
  readonly sharedCapacity?: { readonly id: string; readonly upBitPerS: number; readonly downBitPerS: number };
  /** A second interface that takes over when this one has been out for `afterS`, and gives back `backAfterS` after its return. */
  readonly failover?: {
    readonly to: LinkProfile;
    readonly afterS: number;
    readonly backAfterS: number;
    /** What becomes of standing connections when the address changes. */
    readonly connections: 'survive' | 'silent' | 'rst';
  };
  /** Name of a tariff, for the bill. */
  readonly tariff?: string;
}

const calm: DirectionProfile = { delayMs: 0, jitterMs: 0, jitterDistribution: 'uniform', loss: { model: 'none' } };

/** A link that does nothing: no delay, no bound, no loss. */
export const plainProfile: LinkProfile = {
  name: 'plain',
  title: 'a wire of no length',
  carries: 'streams',
  up: calm,
  down: calm,
  mtuB: 1500,
  connectDelayMs: 0,
  outages: [],
};

/** A link with the same delay and jitter both ways, and nothing else. */
export function evenProfile({ delayMs = 0, jitterMs = 0 }: { delayMs?: number; jitterMs?: number }): LinkProfile {
  const direction = { ...calm, delayMs, jitterMs };
  return { ...plainProfile, name: 'even', title: 'the same both ways', up: direction, down: direction };
}
