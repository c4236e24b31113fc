// Keep alive: a PINGREQ before the line was idle for too long, and a dead line when no PINGRESP comes.

/** Never later than this before the keep alive runs out: a late timer must not break MQTT-3.1.2-23. */
const LONGEST_MARGIN_MS = 1000;

/** Times of one connection, in the driver's clock. */
export interface KeepAlive {
  lastSentMs: number;
  lastReceivedMs: number;
  /** When the PINGREQ went out that has no answer yet; NaN: none is open. */
  pingSentMs: number;
}

/** Figures of the keep alive. */
export interface KeepAlivePolicy {
  /** Seconds, as in CONNECT; 0 turns the keep alive off. */
  readonly keepAliveS: number;
  /** Longest wait for a PINGRESP; no more than the keep alive itself counts. */
  readonly pingTimeoutMs: number;
}

/** Starts the times of a new connection. */
export function startKeepAlive(state: KeepAlive, nowMs: number): void {
  state.lastSentMs = nowMs;
  state.lastReceivedMs = nowMs;
  state.pingSentMs = Number.NaN;
}

/** When to look again; Infinity with the keep alive off. */
export function keepAliveDueMs(state: KeepAlive, policy: KeepAlivePolicy): number {
  const idleMs = idleLimitMs(policy);
  if (!Number.isNaN(state.pingSentMs)) return state.pingSentMs + Math.min(policy.pingTimeoutMs, idleMs);
  // Receiving counts too: a client that only sends QoS 0 over a half-open line would never learn that it is dead.
  return Math.min(state.lastSentMs, state.lastReceivedMs) + idleMs;
}

/** What is due now: nothing, a PINGREQ (MQTT-3.1.2-23), or the end of a connection whose PINGRESP did not come. */
export function keepAliveAction(state: KeepAlive, policy: KeepAlivePolicy, nowMs: number): 'none' | 'ping' | 'lost' {
  if (nowMs < keepAliveDueMs(state, policy)) return 'none';
  return Number.isNaN(state.pingSentMs) ? 'ping' : 'lost';
}

function idleLimitMs(policy: KeepAlivePolicy): number {
  if (policy.keepAliveS === 0) return Infinity;
  const keepAliveMs = policy.keepAliveS * 1000;
  return keepAliveMs - Math.min(LONGEST_MARGIN_MS, keepAliveMs / 4);
}
