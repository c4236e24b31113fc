// What the judge knows of each connection at each party's end: kept here once, so that no rule keeps it for itself.
import type { ConnectionOpened, Vantage } from '../history/event.ts';
import type { Role } from '../spec/statement.ts';
import type { Frame } from '../wire/frame.ts';
import type { ConnectionView, PartyView } from './rule.ts';
import type { RuleRun } from './rule-run.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A rule whose connection is over, waiting for a sign of life of the party before it judges absences. */
export interface Waiting {
  readonly run: RuleRun;
  readonly endMs: number;
}

/** A party with everything that depends on its being alive. */
export interface Party extends Mutable<PartyView> {
  readonly open: Set<Watched>;
  waiting: Waiting[];
}

/** One connection at one party's end, with the rules at work on it. */
export interface Watched {
  readonly view: Mutable<ConnectionView>;
  readonly role: Role;
  readonly party: Party;
  /** Address of the client, where it is known. */
  readonly peer: string | undefined;
  runs: readonly RuleRun[];
  /** The client has sent DISCONNECT: nothing may come from it any more. */
  disconnected: boolean;
}

/** Whether a tap is the one nearest to a party. On an edge with a link both ends are tapped; without one they are one. */
export function isNearest(role: Role, seenAt: Vantage, hasLink: boolean): boolean {
  if (!hasLink || seenAt === 'wire') return true;
  return seenAt === (role === 'server' ? 'serverEnd' : 'clientEnd');
}

/** A party that has not been heard of yet. */
export function newParty(name: string): Party {
  const never = Number.NEGATIVE_INFINITY;
  return {
    name,
    lastPacketMs: never,
    previousPacketMs: never,
    isGone: false,
    isForeign: false,
    open: new Set(),
    waiting: [],
  };
}

/** Begins to watch a connection at one party's end. */
export function watch(event: ConnectionOpened, role: Role, party: Party): Watched {
  const view: Mutable<ConnectionView> = {
    id: event.connection,
    party,
    vantage: event.seenAt,
    client: event.client,
    server: event.server,
    ...(event.target === undefined ? {} : { target: event.target }),
    ...(event.check === undefined ? {} : { check: event.check }),
    tainted: false,
    complete: true,
    takenOver: false,
  };
  return { view, role, party, peer: event.peer, runs: [], disconnected: false };
}

/**
 * Whether the peer of the judged party breaks the standard with this packet: from then on the judged party may close,
 * and is not to blame. Bytes count where the standard numbers the fault; so does a client that begins without
 * CONNECT, sends a second one (MQTT-3.1.0-1, MQTT-3.1.0-2), or goes on after DISCONNECT (MQTT-3.14.4-2).
 */
export function peerOffends(watched: Watched, frame: Frame): boolean {
  if (frame.deviations.some((it) => it.statement !== undefined)) return true;
  if (watched.role === 'client') return false;
  const isConnect = frame.packet?.type === 'CONNECT';
  return watched.disconnected || isConnect === (watched.view.connect !== undefined);
}
