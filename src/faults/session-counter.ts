// Cuts traffic into the sessions that a network bills, as it passes.
import type { SessionUsage, Tariff } from './tariff.ts';

/** One thing that passed. */
export interface Passed {
  readonly tMs: number;
  readonly direction: 'up' | 'down';
  /** Bytes at the layer of the tariff; of a message where the tariff bills messages. */
  readonly bytes: number;
}

interface OpenSession {
  readonly startMs: number;
  lastMs: number;
  upB: number;
  downB: number;
  readonly upMessages: Map<number, number>;
  readonly downMessages: Map<number, number>;
}

/**
 * Counts what passes, in order of time, and gives each session when it is over. Its memory is that of one session; of
 * messages it keeps how many there were of each size.
 */
export class SessionCounter {
  readonly #tariff: Tariff;
  #open: OpenSession | undefined;

  constructor(tariff: Tariff) {
    this.#tariff = tariff;
  }

  /** The device joins the network: a session begins, even if nothing ever passes. */
  joined(tMs: number): readonly SessionUsage[] {
    const over = this.#endedBy(tMs);
    this.#open ??= opened(tMs);
    return over;
  }

  /** Something passes; the sessions that were over before it. */
  passed({ tMs, direction, bytes }: Passed): readonly SessionUsage[] {
    const over = this.#endedBy(tMs);
    const session = (this.#open ??= opened(tMs));
    session.lastMs = tMs;
    session[`${direction}B`] += bytes;
    if (this.#tariff.roundingPer === 'message') {
      const sizes = session[`${direction}Messages`];
      sizes.set(bytes, (sizes.get(bytes) ?? 0) + 1);
    }
    if (session.upB + session.downB < (this.#tariff.sessionMaxB ?? Number.POSITIVE_INFINITY)) return over;
    this.#open = undefined;
    return [...over, closed(session, tMs)];
  }

  /** The device leaves the network; the sessions that are over by then, at most the open one and what time has ended. */
  left(tMs: number): readonly SessionUsage[] {
    const over = this.#endedBy(tMs);
    const last = this.#open;
    this.#open = undefined;
    return last === undefined ? over : [...over, closed(last, tMs)];
  }

  /** What would be billed besides, if the device left now; nothing changes. */
  current(tMs: number): readonly SessionUsage[] {
    const twin = new SessionCounter(this.#tariff);
    twin.#open = this.#open && { ...this.#open };
    return twin.left(tMs);
  }

  /** Sessions that time has ended: one by silence, or as many as the longest session fits in. */
  #endedBy(tMs: number): readonly SessionUsage[] {
    const idleMs = (this.#tariff.sessionIdleEndS ?? Number.POSITIVE_INFINITY) * 1000;
    const longestMs = (this.#tariff.sessionMaxS ?? Number.POSITIVE_INFINITY) * 1000;
    const over: SessionUsage[] = [];
    for (let session = this.#open; session !== undefined; session = this.#open) {
      const silentMs = session.lastMs + idleMs;
      const fullMs = session.startMs + longestMs;
      if (Math.min(silentMs, fullMs) > tMs) break;
      const isSilent = silentMs <= fullMs;
      over.push(closed(session, isSilent ? silentMs : fullMs));
      // A session that is too long goes on as the next; it has been silent for as long as before.
      this.#open = isSilent ? undefined : { ...opened(fullMs), lastMs: session.lastMs };
    }
    return over;
  }
}

const opened = (tMs: number): OpenSession => ({
  startMs: tMs,
  lastMs: tMs,
  upB: 0,
  downB: 0,
  upMessages: new Map(),
  downMessages: new Map(),
});

const closed = (session: OpenSession, endMs: number): SessionUsage => {
  const { startMs, upB, downB, upMessages, downMessages } = session;
  return { startMs, endMs, upB, downB, upMessages, downMessages };
};
