// What happens to datagrams between the two ends of a relay: everything passes, unless a link's model says otherwise.
import type { ConnectionId } from '../history/event.ts';

/** What a passage can do with datagrams: hand on each whole, later, twice, or not at all. */
export interface DatagramEnds {
  readonly connection: ConnectionId;
  toServer(datagram: Uint8Array): void;
  toClient(datagram: Uint8Array): void;
}

/** What a passage is told. Datagrams may be kept, never changed. */
export interface DatagramPassage {
  fromClient(datagram: Uint8Array): void;
  fromServer(datagram: Uint8Array): void;
  /** The client has been silent for long, or the relay is gone: let go of timers. */
  over?(): void;
}

/** Makes the passage of one client, before its first datagram. */
export type CreateDatagramPassage = (ends: DatagramEnds) => DatagramPassage;

/** Hands everything on at once and as it came. */
export const transparentDatagrams: CreateDatagramPassage = (ends) => ({
  fromClient: (datagram) => ends.toServer(datagram),
  fromServer: (datagram) => ends.toClient(datagram),
});
