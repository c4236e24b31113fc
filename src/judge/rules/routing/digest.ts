// Turns the packets of all connections to one broker into what happened there: sessions, subscriptions, messages, deliveries.
import type { ConnectionView, RuleEvent, SeenPacket } from '../../rule.ts';
import { leaveSession, noteConnect, noteUnanswered } from '../session/sessions.ts';
import type { Moment, NetworkConnection } from '../session/state.ts';
import { fromClient } from './from-client.ts';
import { fromServer } from './from-server.ts';
import { dropFilters, newTraffic } from './traffic.ts';
import type { Happening, Traffic, What } from './traffic.ts';

/** What is known of one broker. Every rule that follows it asks, and each event is taken in once; rules only read. */
export class Broker {
  /** Replaced when the broker restarts. */
  traffic: Traffic = newTraffic();
  #event: RuleEvent | undefined;
  #happenings: readonly Happening[] | undefined;

  /** Takes an event into the bookkeeping and says what it means; the same event again only says it again. */
  take(event: RuleEvent): readonly Happening[] {
    if (event !== this.#event) {
      this.#event = event;
      this.#happenings = undefined; // Stays so when this event is more than the bookkeeping can bear.
      this.#happenings = digest(this, event);
    }
    if (this.#happenings === undefined) throw new Error(`event ${event.seq} could not be taken in`);
    return this.#happenings;
  }
}

/** For {@link Shared.of}. */
export const newBroker = (): Broker => new Broker();

function digest(state: Broker, event: RuleEvent): readonly Happening[] {
  const at: Moment = { seq: event.seq, tMs: event.tMs };
  if (event.kind === 'other') return other(state, event.event, at);
  const { traffic } = state;
  if (event.kind === 'packet') {
    const connection = connectionOf(traffic, event.seen.connection, at);
    return packet(traffic, connection, event.seen, at).map((it) => ({ ...at, ...it }));
  }
  const connection = connectionOf(traffic, event.connection, at);
  if (event.event.kind === 'opened') {
    if (event.event.link !== undefined) connection.link = event.event.link;
    return [];
  }
  return ended(traffic, connection, { ...at, by: event.event.by, how: event.event.how });
}

function connectionOf(traffic: Traffic, view: ConnectionView, at: Moment): NetworkConnection {
  const known = traffic.connections.get(view.id);
  const connection: NetworkConnection = known ?? {
    view,
    contested: false,
    impaired: false,
    ahead: [],
    asking: new Map(),
    leaving: new Map(),
  };
  if (known === undefined) traffic.connections.set(view.id, connection);
  connection.view = view;
  if (view.tainted) connection.tainted ??= at;
  if (!view.complete) connection.impaired = true;
  return connection;
}

function packet(traffic: Traffic, connection: NetworkConnection, seen: SeenPacket, at: Moment): readonly What[] {
  if (seen.packet === undefined) return [];
  if (seen.direction === 'toClient') {
    const what = fromServer(traffic, connection, seen, seen.packet, at);
    return connection.accepted === undefined ? what : [...what, ...takeAhead(traffic, connection, at)];
  }
  if (seen.packet.type === 'CONNECT' && connection.connect === undefined) {
    connection.connect = at;
    connection.heard = at;
    noteConnect(traffic.sessions, connection, seen.packet.clientId);
    return [];
  }
  const what = fromClient(traffic, connection, seen, seen.packet, at);
  connection.heard = at;
  return what;
}

/** What came ahead of CONNACK was on its way since it was seen, but the server owes it nothing before it has accepted. */
function takeAhead(traffic: Traffic, connection: NetworkConnection, accepted: Moment): readonly What[] {
  return connection.ahead
    .splice(0)
    .flatMap(({ seen, packet: sent, at }) =>
      fromClient(traffic, connection, seen, sent, { seq: at.seq, tMs: accepted.tMs }),
    );
}

function ended(
  traffic: Traffic,
  connection: NetworkConnection,
  how: NonNullable<NetworkConnection['ended']>,
): readonly Happening[] {
  connection.ended = how;
  connection.lastSignMs ??= connection.view.party.lastPacketMs;
  traffic.connections.delete(connection.view.id);
  if (connection.accepted === undefined) noteUnanswered(traffic.sessions, connection);
  leaveSession(connection, how);
  if (connection.session?.over === true) dropFilters(traffic, connection.session);
  if (connection.will !== undefined) traffic.messages.release(connection.will);
  return [{ seq: how.seq, tMs: how.tMs, what: 'ended', connection }];
}

function other(state: Broker, event: Extract<RuleEvent, { kind: 'other' }>['event'], at: Moment): readonly Happening[] {
  const all = [...state.traffic.connections.values()];
  if (event.kind === 'part' && isBrokerChange(event, all)) {
    state.traffic = newTraffic();
    return [{ ...at, what: 'restarted' }];
  }
  if (event.kind === 'link' && event.state !== 'up') {
    for (const it of all) if (it.link === event.link) it.impaired = true;
  }
  if (event.kind === 'taint') {
    const connection = state.traffic.connections.get(event.connection);
    if (connection !== undefined) connection.tainted ??= at;
  }
  if (event.kind === 'gap' || event.kind === 'truncated') {
    const blind = event.connection === undefined ? all : all.filter((it) => it.view.id === event.connection);
    for (const it of blind) loseSight(it);
  }
  return [];
}

/** A broker's own change; its name is the part that the connections dialled. */
function isBrokerChange(
  event: Extract<RuleEvent, { kind: 'other' }>['event'] & { kind: 'part' },
  connections: readonly NetworkConnection[],
): boolean {
  if (event.role !== 'broker' || event.state === 'ready') return false;
  const [first] = connections;
  return first === undefined || first.view.server === event.part || first.view.target === event.part;
}

function loseSight(connection: NetworkConnection): void {
  connection.impaired = true;
  if (connection.session !== undefined) connection.session.known = false;
}
