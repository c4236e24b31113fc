// Judges that a message which the server took over reaches every session with a matching subscription, online or not.
import type { StatementId } from '../../../spec/statement.ts';
import type { Report, RoutingRule, RuleParameters } from '../../rule.ts';
import { isOpen } from '../session/state.ts';
import type { HeldFilter, Message, Moment, NetworkConnection, Session, Subscription } from '../session/state.ts';
import { stoodFor, wasBrokerAlive } from './absence.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import { isSimilar } from './similar-filters.ts';
import { isGranted, isOrdinaryFilter, surelyApplies } from './subscriptions.ts';
import type { Delivery, Happening } from './traffic.ts';
import { messageText, sessionText } from './words.ts';

/** Messages outstanding for one session beyond which servers may reach their queue limits (MQTT311-NN-12). */
const modestQueue = 100;
/** Copies of equal messages that are remembered for one session. */
const spentMost = 100;

interface Expectation {
  readonly message: Message;
  readonly held: readonly HeldFilter[];
  readonly statements: ReadonlySet<StatementId>;
  /** A later message of the same publisher, topic and QoS came before it: nothing can bring it in order any more. */
  overtaken?: { readonly at: Moment; readonly connection: NetworkConnection };
  /** It did not come while this connection stood long enough. */
  suspect?: { readonly connection: NetworkConnection; readonly isAlive: boolean };
}

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  readonly pending: Map<Session, Expectation[]>;
  /** Sessions with more outstanding than any server must keep. */
  readonly swamped: Set<Session>;
  /** Subscriptions that an UNSUBSCRIBE of a similar filter had to leave alone. */
  readonly spared: WeakSet<Subscription>;
  /** Equal messages of which one came, noted for one that was not acknowledged then: it may have been another one. */
  readonly spent: WeakMap<Session, readonly Message[]>;
  /** Longest delay of a delivery on each connection: a busy path earns patience. */
  readonly lagMs: WeakMap<NetworkConnection, number>;
}

/** MQTT-4.5.0-1 and what follows from it in special situations. */
export const delivery: RoutingRule<State> = {
  id: 'routing/delivery',
  title: 'A message that the server took over is delivered to every session with a matching subscription.',
  scope: 'routing',
  judges: 'server',
  statements: [
    'MQTT-4.5.0-1',
    'MQTT-3.1.2-4',
    'MQTT-3.1.2-5',
    'MQTT-3.3.1-10',
    'MQTT-3.8.4-3',
    'MQTT-3.10.4-1',
    'MQTT-4.1.0-1',
    'MQTT-4.3.2-2',
  ],
  start: (parameters, shared) => ({
    broker: shared.of(newBroker),
    parameters,
    pending: new Map(),
    swamped: new Set(),
    spared: new WeakSet(),
    spent: new WeakMap(),
    lagMs: new WeakMap(),
  }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) happened(state, it, report);
  },
  end(state, tMs, report) {
    for (const [session, pending] of state.pending) {
      if (session.connection !== undefined) suspectAll(state, session, session.connection, tMs);
      for (const it of pending) accuse(state, session, it, report);
    }
  },
};

function happened(state: State, it: Happening, report: Report): void {
  switch (it.what) {
    case 'published':
      expect(state, it.message);
      break;
    case 'delivered':
      arrived(state, it.delivery, it, report);
      break;
    case 'unsubscribing':
      forget(state, it.session, (e) => e.held.some((held) => it.filters.includes(held.filter)));
      break;
    case 'unsubscribed':
      if (it.subscriptions.length === 0) for (const filter of it.filters) spare(state, it.session, filter);
      break;
    case 'connected':
      if (it.before !== undefined && it.before !== it.session) leave(state, it.before, report);
      break;
    case 'ended':
      ended(state, it.connection, it.tMs, report);
      break;
    case 'restarted':
      state.pending.clear();
      state.swamped.clear();
      break;
    default:
  }
}

function expect(state: State, message: Message): void {
  if (message.qos === 0 || message.topic.startsWith('$') || message.publisher.tainted !== undefined) return;
  // A session that the bench does not know may have taken the first sending over already.
  if (message.dup && message.publisher.session?.known === false) return;
  const bySession = new Map<Session, Subscription[]>();
  for (const held of state.broker.traffic.index.matching(message.topic)) {
    const { session } = held;
    const gone = session.connection === undefined || session.connection.disconnect !== undefined;
    const it = held.subscriptions.findLast((subscription) => isInForce(subscription, message));
    if (it === undefined || session.over || (session.clean && gone) || !isOrdinaryFilter(held.filter)) continue;
    bySession.set(session, [...(bySession.get(session) ?? []), it]);
  }
  for (const [session, subscriptions] of bySession) {
    if (state.swamped.has(session)) continue;
    const pending = state.pending.get(session) ?? [];
    const held = subscriptions.flatMap((it) => session.filters.get(it.filter) ?? []);
    pending.push({ message, held, statements: statementsFor(state, message, session, subscriptions) });
    state.pending.set(session, pending);
    if (pending.length <= modestQueue) continue;
    state.swamped.add(session);
    state.pending.delete(session);
  }
}

/** In force for sure, or about to be replaced by one for the same filter, which must not interrupt the flow (MQTT-3.8.4-3). */
function isInForce(it: Subscription, message: Message): boolean {
  if (it.granted !== 1 && it.granted !== 2) return false;
  if (surelyApplies(it, message)) return true;
  return isBeingReplaced(it) && it.answered !== undefined && it.answered.seq < message.seen.seq;
}

function isBeingReplaced(it: Subscription): boolean {
  return it.endAsked?.how === 'replaced' && it.ended === undefined;
}

function statementsFor(
  state: State,
  message: Message,
  session: Session,
  subscriptions: readonly Subscription[],
): ReadonlySet<StatementId> {
  const statements = new Set<StatementId>(['MQTT-4.5.0-1']);
  if (session.connection === undefined) statements.add('MQTT-3.1.2-5');
  // What clears a retained message is delivered as any other.
  if (message.retain && message.lengthB === 0) statements.add('MQTT-3.3.1-10');
  if (message.idReused && message.dup) statements.add('MQTT-4.3.2-2');
  if (subscriptions.every((it) => isBeingReplaced(it))) statements.add('MQTT-3.8.4-3');
  if (subscriptions.every((it) => state.spared.has(it))) statements.add('MQTT-3.10.4-1');
  if (session.connection !== undefined && subscriptions.every((it) => it.connection !== session.connection)) {
    statements.add('MQTT-4.1.0-1').add('MQTT-3.1.2-4');
  }
  return statements;
}

function arrived(state: State, it: Delivery, at: Moment, report: Report): void {
  const pending = state.pending.get(it.session);
  // A server may deliver under another topic that the filter matches (section 3.3.2.1): known by its payload alone.
  const isIt = (e: Expectation): boolean =>
    it.messages.length === 0 ? e.message.payloadKey === it.payloadKey : it.messages.includes(e.message);
  const found = pending?.findIndex(isIt) ?? -1;
  const expectation = pending?.[found];
  if (pending === undefined || expectation === undefined) return;
  pending.splice(found, 1);
  if (it.messages.length === 0) return;
  const { message } = expectation;
  const lagMs = at.tMs - Math.max(message.seen.tMs, it.connection.accepted?.tMs ?? 0);
  state.lagMs.set(it.connection, Math.max(lagMs, state.lagMs.get(it.connection) ?? 0));
  for (const statement of expectation.statements) {
    report.pass(statement, { events: [message.seen.seq, at.seq], connection: it.connection.view });
  }
  if (it.messages.length > 1) return spend(state, it.session, message);
  // A copy at QoS 0, for another subscription, does not wait for room in the in-flight window.
  if (it.qos === 0) return;
  for (const other of pending) {
    if (precedes(other.message, message)) other.overtaken ??= { at, connection: it.connection };
  }
}

/** A copy of one of several equal messages came; it is counted for this one as long as this one is not acknowledged. */
function spend(state: State, session: Session, message: Message): void {
  if (message.accepted !== undefined) return;
  const unsure = (state.spent.get(session) ?? []).filter((it) => it.accepted === undefined);
  state.spent.set(session, [...unsure.slice(1 - spentMost), message]);
}

/** Whether the copy that was counted for an equal message, which the server never acknowledged, was of this one. */
function isExcused(state: State, session: Session, message: Message): boolean {
  const spent = state.spent.get(session) ?? [];
  const other = spent.find(
    (it) => it.accepted === undefined && it.topic === message.topic && it.payloadKey === message.payloadKey,
  );
  if (other === undefined) return false;
  state.spent.set(
    session,
    spent.filter((it) => it !== other),
  );
  return true;
}

/** Whether the standard orders the first before the second (MQTT-4.6.0-6). */
function precedes(first: Message, second: Message): boolean {
  if (first.publisher !== second.publisher || first.topic !== second.topic || first.qos !== second.qos) return false;
  if (first.sends > 1 || first.seen.seq >= second.seen.seq) return false;
  if (first.qos < 2) return true;
  return first.released !== undefined && first.released.seq < (second.released?.seq ?? Infinity);
}

/** An UNSUBSCRIBE of a filter that is not held: similar ones are held on to (MQTT-3.10.4-1). */
function spare(state: State, session: Session, filter: string): void {
  for (const held of session.filters.values()) {
    const it = held.subscriptions.at(-1);
    if (it !== undefined && it.endAsked === undefined && isGranted(it) && isSimilar(filter, held.filter)) {
      state.spared.add(it);
    }
  }
}

function ended(state: State, connection: NetworkConnection, tMs: number, report: Report): void {
  const { session } = connection;
  if (session === undefined || session.connection !== undefined) return;
  suspectAll(state, session, connection, tMs);
  if (session.over) leave(state, session, report);
  state.swamped.delete(session);
}

/** The session is over: what has not come by now never will. */
function leave(state: State, session: Session, report: Report): void {
  for (const it of state.pending.get(session) ?? []) accuse(state, session, it, report);
  state.pending.delete(session);
  state.swamped.delete(session);
}

function forget(state: State, session: Session, which: (it: Expectation) => boolean): void {
  const pending = state.pending.get(session);
  if (pending !== undefined)
    state.pending.set(
      session,
      pending.filter((it) => !which(it)),
    );
}

function suspectAll(state: State, session: Session, connection: NetworkConnection, nowMs: number): void {
  for (const it of state.pending.get(session) ?? []) {
    if (it.message.accepted === undefined) continue;
    if (it.overtaken !== undefined && it.overtaken.connection === connection) {
      const quiet = stoodFor(connection, it.overtaken.at.tMs, nowMs, state.parameters.quietMs);
      if (quiet) it.suspect = { connection, isAlive: true };
      continue;
    }
    if (it.suspect?.isAlive === true) continue;
    // A broker that was slow to acknowledge, or to deliver anything else here, is given the time for more of that.
    const lagMs = Math.max(state.lagMs.get(connection) ?? 0, it.message.accepted.tMs - it.message.seen.tMs);
    const waitMs = Math.max(state.parameters.effectTimeoutMs, 5 * lagMs);
    const fromMs = freeFromMs(session, Math.max(it.message.accepted.tMs, connection.accepted?.tMs ?? Infinity));
    if (!stoodFor(connection, fromMs, nowMs, waitMs)) continue;
    it.suspect = { connection, isAlive: wasBrokerAlive(connection, fromMs + waitMs) };
  }
}

/**
 * When the client owed no acknowledgement any more, from a time on; never for one that still does. Until then the
 * server may hold further messages back (its in-flight window).
 */
function freeFromMs(session: Session, fromMs: number): number {
  const flights = [...session.flights.values()];
  if (flights.some(isOpen)) return Infinity;
  let freeMs = fromMs;
  for (const { firstSent, done } of flights.toSorted((a, b) => a.order - b.order)) {
    if (done !== undefined && firstSent.tMs <= freeMs) freeMs = Math.max(freeMs, done.tMs);
  }
  return freeMs;
}

function accuse(state: State, session: Session, it: Expectation, report: Report): void {
  const { suspect, message } = it;
  if (suspect === undefined || !it.held.some((held) => isStillHeld(held))) return;
  if (isExcused(state, session, message)) return;
  const text = `${messageText(message)}, taken over by the server, at ${sessionText(session)}`;
  const proof = it.overtaken === undefined ? [] : [it.overtaken.at.seq];
  const events = [message.seen.seq, ...(message.accepted === undefined ? [] : [message.accepted.seq]), ...proof];
  const filters = it.held.map((held) => JSON.stringify(held.filter)).join(', ');
  const found = { expected: [`${text}, subscribed with ${filters}`], events, connection: suspect.connection.view };
  for (const statement of it.statements) {
    if (suspect.isAlive) report.fail(statement, { ...found, actual: 'it never came' });
    else report.inconclusive(statement, { ...found, actual: 'nothing more came from the server on any connection' });
  }
}

function isStillHeld(held: HeldFilter): boolean {
  const it = held.subscriptions.at(-1);
  return it !== undefined && it.endAsked === undefined && (it.granted === 1 || it.granted === 2);
}
