// What can happen at a broker as its connections show it, and the bookkeeping that tells: one vocabulary for all routing rules.
import type {
  Flight,
  HeldFilter,
  Message,
  Moment,
  NetworkConnection,
  Session,
  Subscription,
} from '../session/state.ts';
import { newSessionBook } from '../session/sessions.ts';
import type { PriorState, SessionBook } from '../session/sessions.ts';
import { FilterIndex } from './filter-index.ts';
import { MessageBook } from './messages.ts';

/** A PUBLISH from the server to a client with a session. */
export interface Delivery {
  readonly session: Session;
  readonly connection: NetworkConnection;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly payloadKey: string;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
  readonly retain: boolean;
  readonly packetId?: number;
  /** The messages that it may be a copy of; none when nobody on the bench sent one like it. */
  readonly messages: readonly Message[];
  readonly flight?: Flight;
  /** It repeats an earlier delivery: same identifier, same content, not yet complete. */
  readonly again: boolean;
  /** What the flight that it repeats was like before. */
  readonly before?: { readonly stage: Flight['stage']; readonly connection: NetworkConnection };
  /** An incomplete delivery of other content whose identifier it took. */
  readonly clash?: Flight;
}

/** A happening without its moment. */
export type What =
  | {
      readonly what: 'connected';
      readonly connection: NetworkConnection;
      readonly session: Session;
      readonly prior: PriorState;
      /** The client id's session before this CONNECT, the same one if it is resumed. */
      readonly before: Session | undefined;
      /** A connection of the same client id that was still live. */
      readonly older: NetworkConnection | undefined;
      readonly sessionPresent: boolean;
    }
  | {
      readonly what: 'subscribing' | 'subscribed';
      readonly session: Session;
      readonly connection: NetworkConnection;
      readonly subscriptions: readonly Subscription[];
    }
  | { readonly what: 'unsubscribing'; readonly session: Session; readonly filters: readonly string[] }
  | {
      readonly what: 'unsubscribed';
      readonly session: Session;
      readonly filters: readonly string[];
      readonly subscriptions: readonly Subscription[];
    }
  | { readonly what: 'published' | 'accepted'; readonly message: Message }
  | { readonly what: 'delivered'; readonly delivery: Delivery }
  | {
      readonly what: 'acknowledged';
      readonly session: Session;
      readonly connection: NetworkConnection;
      readonly flight: Flight;
    }
  | {
      readonly what: 'released';
      readonly session: Session;
      readonly connection: NetworkConnection;
      readonly packetId: number;
      readonly flight: Flight | undefined;
    }
  | { readonly what: 'disconnecting'; readonly connection: NetworkConnection }
  | { readonly what: 'ended'; readonly connection: NetworkConnection }
  /** The broker stopped or started: nothing is expected across that, and nothing is known any more. */
  | { readonly what: 'restarted' };

/** One thing that happened at the broker, as far as its ends of the connections show it. */
export type Happening = Moment & What;

/** All that is remembered of one broker since its last start. */
export interface Traffic {
  readonly connections: Map<string, NetworkConnection>;
  readonly sessions: SessionBook;
  readonly index: FilterIndex<HeldFilter>;
  readonly messages: MessageBook;
}

/** Bookkeeping of a broker that nothing is known of. */
export function newTraffic(): Traffic {
  return {
    connections: new Map(),
    sessions: newSessionBook(),
    index: new FilterIndex(),
    messages: new MessageBook(),
  };
}

/** Takes a session that is over out of the index. */
export function dropFilters(traffic: Traffic, session: Session): void {
  for (const [filter, held] of session.filters) traffic.index.remove(filter, held);
}
