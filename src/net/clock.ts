// The one clock of a run: everything that waits or stamps gets it passed in.
import { performance } from 'node:perf_hooks'; // The global one is a getter, and this is called for every packet.

/** Cancels a timer; calling it twice does nothing. */
export type CancelTimer = () => void;

/** Monotonic time and timers of one run. */
export interface Clock {
  /** Name of the clock domain, written into the journal's header. */
  readonly domain: string;
  /** Milliseconds since the run began; never goes back. */
  nowMs(): number;
  /** Calls `fire` once after `delayMs`, never before: a quiet window that is too short proves nothing. */
  after(delayMs: number, fire: () => void): CancelTimer;
}

/** The machine's monotonic clock, zero at the moment of this call. */
export function machineClock(): Clock {
  return clockFrom(performance.now());
}

/** The machine's monotonic clock with a zero that other processes of the same machine can have too: {@link zeroNsOf}. */
export function sharedClock(zeroNs: bigint): Clock {
  return clockFrom(performance.now() - Number(process.hrtime.bigint() - zeroNs) / 1e6);
}

/** When a clock of this process was zero, in nanoseconds of the machine's monotonic time. */
export function zeroNsOf(clock: Clock): bigint {
  return process.hrtime.bigint() - BigInt(Math.round(clock.nowMs() * 1e6));
}

function clockFrom(zero: number): Clock {
  const nowMs = (): number => performance.now() - zero;
  return {
    domain: 'machine-monotonic',
    nowMs,
    after(delayMs, fire) {
      const dueMs = nowMs() + delayMs;
      // Node counts from the start of its event loop's turn, which may lie some milliseconds back.
      const ring = (): void => {
        const leftMs = dueMs - nowMs();
        if (leftMs > 0) timer = setTimeout(ring, leftMs);
        else fire();
      };
      let timer = setTimeout(ring, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

/** The machine's date and time as ISO text, in UTC: for people to read, and for the day on which a waiver expires. */
export function wallTime(): string {
  return new Date().toISOString();
}

/**
 * Waits on the clock.
 * @throws the signal's reason when aborted.
 */
export async function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}
