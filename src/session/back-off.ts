// How long to wait before the next connection: exponential with full jitter, so that a fleet does not return as one.

/** Bounds of the waiting time. */
export interface BackOff {
  /** Upper bound of the first wait. */
  readonly baseMs: number;
  /** Upper bound of every wait. */
  readonly capMs: number;
}

/**
 * Full jitter: anywhere between 0 and `min(capMs, baseMs * 2^attempt)`
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 * @param attempt failed or lost connections in a row before this wait, from 0
 * @param draw from a seeded source, in [0, 1)
 */
export function backOffMs(bounds: BackOff, attempt: number, draw: number): number {
  return draw * Math.min(bounds.capMs, bounds.baseMs * 2 ** attempt);
}
