// Counts what happened to a fleet, and measures how long it took.
import type { ClientSession } from '../session/client-session.ts';
import type { Delivery, SessionEvent } from '../session/session-output.ts';
import { noCounts, type CountName, type Counts } from './counts.ts';
import { readPayload } from './payload.ts';
import { Times } from './times.ts';
import { BIRTH, UNTIMED } from './tokens.ts';

type EventOf<K extends SessionEvent['kind']> = Extract<SessionEvent, { readonly kind: K }>;

const lossCounts = {
  transport: 'lostTransport',
  'connect-timeout': 'connectTimeouts',
  refused: 'lostRefused',
  'no-pingresp': 'lostNoPingresp',
  violation: 'lostViolation',
} as const satisfies Record<string, CountName>;

const dropCounts = {
  offline: 'droppedOffline',
  'queue-full': 'droppedQueueFull',
  'session-ended': 'droppedSessionEnded',
} as const satisfies Record<string, CountName>;

/** The counts, times and failures of a fleet since its beginning. */
export class Tally {
  readonly counts: Counts = noCounts();
  /** Failures by what they were, e.g. `dial ECONNREFUSED`. */
  readonly failures = new Map<string, number>();
  readonly times = new Times();
  /** Messages that are queued or in flight, births too. */
  unfinished = 0;
  readonly #run: number;

  /** @param run what stands in payloads of this run */
  constructor(run: number) {
    this.#run = run;
  }

  fail(what: string): void {
    this.failures.set(what, (this.failures.get(what) ?? 0) + 1);
  }

  connected({ sessionPresent }: EventOf<'connected'>, tookMs: number): void {
    this.counts.connected += 1;
    if (sessionPresent) this.counts.sessionsPresent += 1;
    this.times.connect.recordMs(tookMs);
  }

  refused({ final, returnCode }: EventOf<'refused'>): void {
    this.counts.refused += 1;
    if (final) this.counts.refusedForGood += 1;
    this.fail(`CONNACK ${returnCode}`);
  }

  /** A connection that never stood was not lost: it is counted as one that did not come about. */
  lost({ why }: EventOf<'lost'>, wasOnline: boolean): void {
    if (why !== 'transport' || wasOnline) this.counts[lossCounts[why]] += 1;
  }

  /** A socket is closed; `code` is that of the error, empty after a FIN. */
  closed(phase: ClientSession['phase'], code: string): void {
    const how = code === '' ? 'FIN' : code;
    if (phase === 'connected') this.fail(`lost ${how}`);
    else if (phase === 'opening') this.fail(`dial ${how}`);
    else if (phase === 'connecting') this.fail(`CONNECT ${how}`);
  }

  /** @returns whether it was a planned message */
  published({ token }: EventOf<'published'>, nowMs: number): boolean {
    this.unfinished -= 1;
    if (token === BIRTH) {
      this.counts.births += 1;
      return false;
    }
    this.counts.published += 1;
    if (token !== UNTIMED) this.times.acknowledged.recordMs(nowMs - token);
    return true;
  }

  /** @returns whether it was a planned message */
  dropped({ token, why }: EventOf<'dropped'>): boolean {
    this.unfinished -= 1;
    if (token === BIRTH) return false;
    this.counts[dropCounts[why]] += 1;
    return true;
  }

  subscribed({ returnCodes }: EventOf<'subscribed'>): void {
    for (const code of returnCodes) this.counts[code === 0x80 ? 'subscriptionsRefused' : 'subscribed'] += 1;
  }

  delivered({ payload, dup, retain }: Delivery, nowMs: number): void {
    const { counts } = this;
    counts.received += 1;
    if (dup) counts.receivedDup += 1;
    if (retain) counts.receivedRetained += 1;
    const identity = readPayload(payload, this.#run);
    if (!identity) return;
    counts.receivedOwn += 1;
    // A retained message is as old as its topic is quiet, which says nothing of the way.
    if (!retain) this.times.delivery.recordMs(nowMs - identity.intendedMs);
  }
}
