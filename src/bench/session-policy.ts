// What a session of a plan comes to for a device of ours.
import type { PlannedSession } from './planned-device.ts';

/** A device gives a silent broker up after one keep alive period, so that both sides notice a dead link alike. */
export function policyOf({ keepAliveS, cleanSession, backOff }: PlannedSession) {
  return { keepAliveS, cleanSession, backOff, pingTimeoutMs: keepAliveS === 0 ? 10_000 : keepAliveS * 1000 };
}
