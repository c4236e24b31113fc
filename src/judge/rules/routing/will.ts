// Judges wills: published when a connection ends without DISCONNECT, dropped on DISCONNECT, once, and with their own fields.
import type { StatementId } from '../../../spec/statement.ts';
import type { Observation, Report, RoutingRule, RuleParameters } from '../../rule.ts';
import { isOpen } from '../session/state.ts';
import type { Message, Moment, NetworkConnection, Session } from '../session/state.ts';
import { openUntilMs, stoodFor, wasBrokerAlive } from './absence.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import { deliveryQos, heldFor } from './subscriptions.ts';
import type { Delivery, Happening } from './traffic.ts';
import { WillCopies } from './will-copies.ts';
import { isDisconnectCertain, observersOf } from './will-observers.ts';
import type { Observer } from './will-observers.ts';
import { messageText } from './words.ts';

/** A will that must come to an observer. */
interface Due extends Observer {
  /** A will that fell due later came to the same observer: the server publishes wills, and has got past this one. */
  echo?: Moment;
}

/** A will that must stay away from an observer. */
interface Absent extends Observer {
  readonly statements: readonly StatementId[];
  /** A message published later came through. */
  sentinel?: Moment;
}

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  readonly copies: WillCopies;
  due: Due[];
  absent: Absent[];
  /** Copies that came while the connection still seemed open: keep alive ran out at the server. */
  readonly early: Map<Message, Map<Session, Moment>>;
  /** Latest will of each client id. */
  readonly lastWill: Map<string, Message>;
}

/** MQTT-3.1.2-8, -9, -10, -12 and MQTT-3.14.4-3. */
export const will: RoutingRule<State> = {
  id: 'routing/will',
  title: 'A will is published when its connection ends without DISCONNECT, once, and never otherwise.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-3.1.2-8', 'MQTT-3.1.2-9', 'MQTT-3.1.2-10', 'MQTT-3.1.2-12', 'MQTT-3.14.4-3'],
  start: (parameters, shared) => {
    const broker = shared.of(newBroker);
    const copies = new WillCopies(broker);
    return { broker, parameters, copies, due: [], absent: [], early: new Map(), lastWill: new Map() };
  },
  step(state, event, report) {
    for (const it of state.broker.take(event)) happened(state, it, report);
  },
  end(state, tMs, report) {
    for (const it of state.due.splice(0)) missing(state, it, tMs, report);
    for (const it of state.absent.splice(0)) stayedAway(state, it, tMs, report);
  },
};

function happened(state: State, it: Happening, report: Report): void {
  if (it.what === 'connected') registered(state, it.connection, it.session);
  if (it.what === 'delivered') arrived(state, it.delivery, it, report);
  if (it.what === 'unsubscribing') {
    state.due = state.due.filter((each) => each.session !== it.session);
    state.absent = state.absent.filter((each) => each.session !== it.session);
  }
  if (it.what === 'ended') {
    observerLeft(state, it.connection, it.tMs, report);
    ended(state, it.connection, it, report);
  }
  if (it.what === 'restarted') {
    state.copies.restarted();
    for (const map of [state.early, state.lastWill]) map.clear();
    state.due = [];
    state.absent = [];
  }
}

function registered(state: State, connection: NetworkConnection, session: Session): void {
  if (connection.will === undefined) return;
  state.lastWill.set(session.clientId, connection.will);
  state.copies.registered(connection.will, session.clientId);
}

/** A connection is over: its will is due, or gone, and so may be an earlier one of the same client id. */
function ended(state: State, connection: NetworkConnection, at: Moment, report: Report): void {
  const { will: own, disconnect, session } = connection;
  if (session === undefined) return;
  if (own === undefined) {
    const earlier = state.lastWill.get(session.clientId);
    if (disconnect !== undefined || earlier === undefined || earlier.publisher.ended === undefined) return;
    state.copies.leftWithout(session.clientId, at);
    for (const it of observersOf(state.broker, earlier, at))
      expectAbsence(state, it, ['MQTT-3.1.2-12', 'MQTT-3.1.2-10']);
    return;
  }
  if (disconnect === undefined) {
    for (const it of observersOf(state.broker, own, at)) fallsDue(state, it, report);
  } else if (isDisconnectCertain(connection)) {
    const isPublished = state.copies.withdrawn(own, report);
    for (const it of isPublished ? [] : observersOf(state.broker, own, at))
      expectAbsence(state, it, ['MQTT-3.14.4-3', 'MQTT-3.1.2-10']);
  } else state.copies.doubted(own);
  state.early.delete(own);
}

function expectAbsence(state: State, it: Observer, statements: readonly StatementId[]): void {
  if (state.copies.isTelling(it.will)) state.absent.push({ ...it, statements });
}

function fallsDue(state: State, it: Observer, report: Report): void {
  const early = state.early.get(it.will)?.get(it.session);
  if (early === undefined) {
    state.due.push(it);
    return;
  }
  report.pass('MQTT-3.1.2-8', { events: [it.will.seen.seq, early.seq], connection: it.connection.view });
}

function arrived(state: State, it: Delivery, at: Moment, report: Report): void {
  if (it.retain || it.again) return;
  for (const each of state.absent) if (isSentinel(it, each)) each.sentinel ??= at;
  const wills = it.messages.filter((each) => each.origin === 'will');
  const [first] = wills;
  if (first === undefined) return;
  const found = state.due.find((each) => each.session === it.session && wills.includes(each.will));
  const onlyWill = wills.length === it.messages.length;
  if (found !== undefined) {
    state.due = state.due.filter((each) => each !== found);
    for (const each of state.due) if (each.session === it.session && each.from.seq < found.from.seq) each.echo ??= at;
    if (onlyWill) judgeDue(state, found, it, at, report);
  } else {
    const open = wills.find((each) => each.publisher.ended === undefined && each.publisher.disconnect === undefined);
    if (open !== undefined) noteEarly(state, open, it.session, at);
  }
  if (onlyWill && state.copies.count(it, first, at, report)) {
    state.absent = state.absent.filter((each) => each.session !== it.session || each.will.topic !== first.topic);
  }
}

function noteEarly(state: State, open: Message, session: Session, at: Moment): void {
  const bySession = state.early.get(open) ?? new Map<Session, Moment>();
  state.early.set(open, bySession.set(session, at));
}

/** Something else on the will's topic that was published after the will had its chance. */
function isSentinel(it: Delivery, absent: Absent): boolean {
  if (it.connection !== absent.connection || it.topic !== absent.will.topic) return false;
  return (
    it.messages.length > 0 && it.messages.every((each) => each.origin === 'publish' && each.seen.seq > absent.from.seq)
  );
}

function judgeDue(state: State, due: Observer, it: Delivery, at: Moment, report: Report): void {
  const { effectTimeoutMs } = state.parameters;
  const delayMs = at.tMs - due.from.tMs;
  const measured = [{ name: 'will delay', unit: 'ms', value: delayMs, limit: { max: effectTimeoutMs } }];
  const found = { events: [due.will.seen.seq, due.from.seq, at.seq], connection: it.connection.view, measured };
  if (delayMs <= effectTimeoutMs) report.pass('MQTT-3.1.2-8', found);
  else {
    const expected = [`${messageText(due.will)} within ${effectTimeoutMs} ms after its connection ended`];
    report.warn('MQTT-3.1.2-8', { ...found, expected, actual: `it came after ${Math.round(delayMs)} ms` });
  }
  if (state.copies.isTelling(due.will))
    judgeFields(due, it, { events: found.events, connection: found.connection }, report);
  state.absent.push({ ...due, from: at, statements: ['MQTT-3.1.2-10'] });
}

/** The QoS is that of the will, lowered by any subscription that may have been in force when it was due. */
function judgeFields(
  due: Observer,
  it: Delivery,
  found: Pick<Observation, 'events' | 'connection'>,
  report: Report,
): void {
  const { held, opaque } = heldFor(it.session, it.topic);
  if (opaque || !it.session.known) return;
  const applying = held
    .flatMap((each) => each.subscriptions)
    .filter((one) => one.granted !== 0x80 && (one.ended === undefined || one.ended.seq > due.from.seq));
  const allowed = [...new Set(applying.flatMap((one) => deliveryQos(one, due.will)))];
  if (allowed.includes(it.qos)) {
    report.pass('MQTT-3.1.2-9', found);
    return;
  }
  const expected = allowed.map((qos) => `${messageText(due.will)}, left with QoS ${due.will.qos}, at QoS ${qos}`);
  report.fail('MQTT-3.1.2-9', { ...found, expected, actual: `it came at QoS ${it.qos}` });
}

function observerLeft(state: State, connection: NetworkConnection, nowMs: number, report: Report): void {
  const due = state.due.filter((it) => it.connection === connection);
  const absent = state.absent.filter((it) => it.connection === connection);
  if (due.length + absent.length === 0) return;
  state.due = state.due.filter((it) => it.connection !== connection);
  state.absent = state.absent.filter((it) => it.connection !== connection);
  for (const it of due) missing(state, it, nowMs, report);
  for (const it of absent) stayedAway(state, it, nowMs, report);
}

/**
 * From when on an absent will is certain to be missing. A server that ended the connection itself need not notice its
 * end: once a will that fell due later has come, this one has twice the time of a punctual one left.
 */
function certainFromMs({ will: own, from, echo }: Due, effectTimeoutMs: number): number {
  const lastMs = 5 * effectTimeoutMs;
  if (echo === undefined || own.publisher.ended?.by !== 'server') return lastMs;
  return Math.min(lastMs, echo.tMs - from.tMs + 2 * effectTimeoutMs);
}

/** The will did not come while the observer was there. A lost QoS 0 copy alone proves nothing. */
function missing(state: State, it: Due, nowMs: number, report: Report): void {
  const { effectTimeoutMs } = state.parameters;
  const failMs = certainFromMs(it, effectTimeoutMs);
  const atLeastOnce = it.subscriptions.some((one) => Math.min(one.granted ?? 0, it.will.qos) > 0);
  const owes = [...it.session.flights.values()].some((flight) => isOpen(flight));
  if (!atLeastOnce || owes || !stoodFor(it.connection, it.from.tMs, nowMs, effectTimeoutMs)) return;
  const waitedMs = openUntilMs(it.connection, nowMs) - it.from.tMs;
  const how = it.will.publisher.view.takenOver ? ', taken over by a newer one,' : '';
  const found = {
    expected: [`${messageText(it.will)} after its connection${how} ended without DISCONNECT`],
    events: [it.will.seen.seq, it.from.seq, ...(it.echo === undefined ? [] : [it.echo.seq])],
    connection: it.connection.view,
    measured: [{ name: 'waited for will', unit: 'ms', value: waitedMs, limit: { min: failMs } }],
  };
  if (waitedMs < failMs) {
    const actual = `it did not come in ${Math.round(waitedMs)} ms; then the observer left`;
    report.inconclusive('MQTT-3.1.2-8', { ...found, actual });
    return;
  }
  const meanwhile = it.echo === undefined ? '' : ', while a later will did';
  const actual = `it did not come in ${Math.round(waitedMs)} ms${meanwhile}`;
  if (wasBrokerAlive(it.connection, it.from.tMs + failMs)) report.fail('MQTT-3.1.2-8', { ...found, actual });
  else report.inconclusive('MQTT-3.1.2-8', { ...found, actual: 'the server said nothing more' });
}

/** Passes after a sentinel and a quiet time, or a long time in which the broker was alive. */
function stayedAway(state: State, it: Absent, nowMs: number, report: Report): void {
  const { effectTimeoutMs, quietMs } = state.parameters;
  const events = [it.will.seen.seq, it.from.seq, ...(it.sentinel === undefined ? [] : [it.sentinel.seq])];
  const pass = (): void => {
    for (const statement of it.statements) report.pass(statement, { events, connection: it.connection.view });
  };
  if (it.sentinel !== undefined && stoodFor(it.connection, it.sentinel.tMs, nowMs, quietMs)) pass();
  else if (stoodFor(it.connection, it.from.tMs, nowMs, effectTimeoutMs)) {
    if (wasBrokerAlive(it.connection, it.from.tMs + effectTimeoutMs)) pass();
  }
}
