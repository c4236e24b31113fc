// Whether a program that the bench cannot ask is online: the tap before it sees its CONNACK, and what its SUBACK grants.
import type { HistoryEvent, PacketSeen } from '../../history/event.ts';
import type { LiveHistory } from '../../history/live-history.ts';
import { frameOf } from '../../history/packet-of.ts';

/** What is told of it, at most once each. */
export interface PresenceEvents {
  /** CONNACK 0 and, where it subscribes, every filter granted. */
  online(): void;
  /** SUBACK with these return codes, one of which is a refusal. */
  notGranted(returnCodes: readonly number[]): void;
}

/**
 * Watches the connections that `client` opens from now on, until it is disposed of.
 * @param filters how many it subscribes to
 */
export function watchPresence(
  history: LiveHistory,
  client: string,
  filters: number,
  events: PresenceEvents,
): Disposable {
  const own = new Set<string>();
  /** Filters granted so far, by connection. */
  const granted = new Map<string, number>();
  const isConnected = (event: PacketSeen): boolean => granted.has(event.connection);
  const look = (event: HistoryEvent): void => {
    if (event.kind === 'opened' && event.client === client) own.add(event.connection);
    if (event.kind !== 'packet' || event.direction !== 'toClient' || event.seenAt === 'serverEnd') return;
    if (!own.has(event.connection)) return;
    const { packet } = frameOf(event);
    if (packet?.type === 'CONNACK' && packet.returnCode === 0) granted.set(event.connection, 0);
    if (packet?.type === 'SUBACK') {
      if (packet.returnCodes.some((code) => code > 2)) return end(() => events.notGranted(packet.returnCodes));
      granted.set(event.connection, (granted.get(event.connection) ?? 0) + packet.returnCodes.length);
    }
    if (isConnected(event) && (granted.get(event.connection) ?? 0) >= filters) end(() => events.online());
  };
  const unwatch = history.watch(look);
  function end(tell: () => void): void {
    unwatch();
    tell();
  }
  return { [Symbol.dispose]: unwatch };
}
