// How long a new connection waits before it goes through: the handshake takes a round trip, and its packets can be lost.
import type { CancelTimer, Clock } from '../../net/clock.ts';
import type { Admission } from '../../net/relay.ts';
import type { Channel } from './channel.ts';
import type { LinkState } from './link-state.ts';

/** What a client's SYN waits for before it is sent again: 1 s, then twice as long each time (RFC 6298, section 2.1). */
const firstWaitMs = 1000;

/** A SYN with the options that everybody sends. */
const synB = 60;

/** SYNs are named before the first byte of the stream. */
const beforeTheStream = -1;

/** The gate of one link. Disposing lets nobody wait any longer. */
export class Gate implements Disposable {
  readonly #clock: Clock;
  readonly #state: LinkState;
  readonly #channel: Channel;
  readonly #waits = new Set<CancelTimer>();

  constructor(clock: Clock, state: LinkState, channel: Channel) {
    this.#clock = clock;
    this.#state = state;
    this.#channel = channel;
  }

  /**
   * What happens to the `ordinal`-th connection of the link, dialled now. It goes through one round trip (and what the
   * profile adds) after the first SYN that gets through, and whose answer does.
   */
  admit(ordinal: number): Admission | Promise<Admission> {
    if (this.#state.resets) return 'reset';
    if (this.#channel.isTransparent && this.#state.profile.connectDelayMs === 0) return 'dial';
    return this.#through(ordinal);
  }

  [Symbol.dispose](): void {
    for (const cancel of this.#waits) cancel();
  }

  async #through(ordinal: number): Promise<Admission> {
    const beganMs = this.#clock.nowMs() + this.#state.profile.connectDelayMs;
    await this.#until(beganMs);
    for (let sent = 0; ; sent++) {
      if (this.#state.resets) return 'reset';
      const isOpen = this.#state.isOpen;
      const nowMs = this.#clock.nowMs();
      if (isOpen && !this.#isLost(ordinal, sent, nowMs)) break;
      const dropped = isOpen || (['toServer', 'toClient'] as const).some((it) => this.#state.passing(it) === 'drop');
      const nextMs = beganMs + firstWaitMs * (2 ** (sent + 1) - 1);
      if (dropped) await this.#until(nextMs);
      else await this.#state.change;
    }
    const outMs = this.#channel.carry('toServer', synB, this.#clock.nowMs());
    await this.#until(outMs + this.#channel.rttMs);
    return this.#state.resets ? 'reset' : 'dial';
  }

  #isLost(connection: number, attempt: number, tMs: number): boolean {
    const syn = { connection, direction: 'toServer', n: beforeTheStream, ordinal: 0, attempt } as const;
    return this.#channel.isLost(syn, tMs) || this.#channel.isAckLost(syn, tMs);
  }

  /** Waits until then, or until connections are reset. */
  async #until(atMs: number): Promise<void> {
    const waitMs = atMs - this.#clock.nowMs();
    if (waitMs <= 0 || this.#state.resets) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancelTimer = this.#clock.after(waitMs, resolve);
    const unfollow = this.#state.follow(() => this.#state.resets && resolve());
    const cancel = (): void => {
      cancelTimer();
      unfollow();
    };
    this.#waits.add(cancel);
    await promise;
    this.#waits.delete(cancel);
    cancel();
  }
}
