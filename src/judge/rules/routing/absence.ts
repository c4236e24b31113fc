// Decides when something missing may be called missing: the connection stood long enough, in full view, and the broker was alive.
import { isOpen, type NetworkConnection, type Session } from '../session/state.ts';

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

/**
 * Whether a server may hold something back, from a time on, because the client owes it acknowledgements. It is free to
 * send where none is owed for `waitMs`; what it sends after that, instead of what is due, is no excuse.
 */
export function mayHoldBack(session: Session, fromMs: number, waitMs: number): boolean {
  let freeMs = fromMs;
  for (const flight of [...session.flights.values()].toSorted((a, b) => a.order - b.order)) {
    if (flight.firstSent.tMs > freeMs + waitMs) return false;
    if (isOpen(flight)) return true;
    freeMs = Math.max(freeMs, flight.done?.tMs ?? freeMs);
  }
  return false;
}
