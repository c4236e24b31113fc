// A contract for a link as data, what passed under it, and the bill: the terms that billing is done in.

/** A contract as data. What is absent does not apply. */
export interface Tariff {
  readonly name: string;
  readonly title: string;
  readonly currency: string;
  /** Price of `mbBytes` billed bytes from the device; none is billed for what `includedB` covers. */
  readonly perMbUp: number;
  /** The same for bytes to the device. */
  readonly perMbDown: number;
  /** What this contract calls a megabyte. */
  readonly mbBytes: 1_000_000 | 1_048_576;
  /** Where the volume is counted: IP packets, or the payload of messages. */
  readonly layer: 'ip' | 'app';
  /** What increments and minimums apply to: each direction of a session, both together, or each message. */
  readonly roundingPer: 'session' | 'direction' | 'message';
  /** Volumes count in whole increments. */
  readonly incrementB?: number;
  /** Least volume of a session. */
  readonly minSessionB?: number;
  /** Least volume per second of a session that lasts longer than `graceS`, from its first second on; then `minSessionB` does not apply. */
  readonly minPerSecondB?: number;
  readonly graceS?: number;
  /** Least volume of a message, also of one without a byte. */
  readonly minMessageB?: number;
  /** Messages count in whole increments; the minimum itself is not rounded. */
  readonly messageIncrementB?: number;
  /** A session ends after so long without traffic; else when the device leaves the network. */
  readonly sessionIdleEndS?: number;
  /** The network closes a session, and opens the next, after so long or so much. */
  readonly sessionMaxS?: number;
  readonly sessionMaxB?: number;
  /** Fee of a month of 30 days; a thirtieth for each day begun. Contracts take it whole: bill whole months to see that. */
  readonly monthly?: number;
  /** Billed bytes that the fee covers, shared out like the fee. */
  readonly includedB?: number;
  /** Where each figure is from: a citation, or `assumed`, with the reason if there is one. */
  readonly evidence: Readonly<Record<string, string>>;
}

/** Messages by size: bytes -> how many. */
export type MessageSizes = ReadonlyMap<number, number>;

/** One session as the network saw it. */
export interface SessionUsage {
  readonly startMs: number;
  readonly endMs: number;
  readonly upB: number;
  readonly downB: number;
  /** So many sessions like this one; default 1. */
  readonly times?: number;
  /** For tariffs that bill messages. */
  readonly upMessages?: MessageSizes;
  readonly downMessages?: MessageSizes;
}

/** What is billed. */
export interface Usage {
  /** Days of the contract that the sessions lie in; a begun one counts whole. */
  readonly days: number;
  readonly sessions: Iterable<SessionUsage>;
}

/** By which rule a volume came about. */
export type BillingRule = 'measured' | 'increment' | 'minSession' | 'minPerSecond' | 'minMessage' | 'messageIncrement';

/** How often a rule decided, and how many bytes it added to what was measured. */
export interface RuleShare {
  readonly times: number;
  readonly addedB: number;
}

/** A bill. All bytes are whole. */
export interface Bill {
  readonly tariff: string;
  readonly currency: string;
  readonly sessions: number;
  readonly messages: number;
  readonly measured: { readonly upB: number; readonly downB: number };
  /** `jointB`: what rounding and minimums of both directions together add, which belongs to neither. */
  readonly billed: { readonly upB: number; readonly downB: number; readonly jointB: number; readonly totalB: number };
  /** Of these, covered by the fee. */
  readonly includedB: number;
  readonly rules: Readonly<Partial<Record<BillingRule, RuleShare>>>;
  readonly cost: { readonly usage: number; readonly fee: number; readonly total: number };
  /** Figures of the tariff without a source, `field = value`. */
  readonly assumed: readonly string[];
  /** How each amount came about, in words. */
  readonly lines: readonly string[];
}
