// Decides when something missing may be called missing: the connection stood long enough, in full view, and the broker was alive.
import type { NetworkConnection } from '../session/state.ts';

/** Until when a connection could have carried what is missing. */
export function openUntilMs(connection: NetworkConnection, nowMs: number): number {
  return Math.min(connection.disconnect?.tMs ?? nowMs, connection.ended?.tMs ?? nowMs);
}

/** Whether the connection was in full view, undisturbed, for so long from a time on. */
export function stoodFor(connection: NetworkConnection, fromMs: number, nowMs: number, waitMs: number): boolean {
  if (connection.impaired || connection.tainted !== undefined || connection.accepted === undefined) return false;
  return openUntilMs(connection, nowMs) - Math.max(fromMs, connection.accepted.tMs) >= waitMs;
}

/**
 * Whether the broker spoke, on any connection, from a time on and before this one was left. A broker that was frozen
 * meanwhile answers everything once it wakes: what it says then does not tell that it held anything back.
 */
export function wasBrokerAlive(connection: NetworkConnection, fromMs: number): boolean {
  return (connection.lastSignMs ?? connection.view.party.lastPacketMs) >= fromMs;
}
