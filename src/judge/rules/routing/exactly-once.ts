// Counts the copies of a message at each session: QoS 2 gives one, whatever the publisher had to send again.
import type { StatementId } from '../../../spec/statement.ts';
import type { Report, RoutingRule, RuleParameters } from '../../rule.ts';
import type { Message, Moment, NetworkConnection, Session } from '../session/state.ts';
import { stoodFor } from './absence.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import { heldFor, mayApply } from './subscriptions.ts';
import type { Delivery, Happening } from './traffic.ts';
import { messageText, sessionText } from './words.ts';

interface Copies {
  count: number;
  readonly first: Moment;
  /** One too many came while the publisher had sent the message only once. */
  early?: Moment;
}

/** A message that its publisher sent again and that a session has once so far. */
interface Repeated {
  readonly message: Message;
  readonly session: Session;
  readonly connection: NetworkConnection;
  readonly first: Moment;
}

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  readonly copies: WeakMap<Message, Map<Session, Copies>>;
  /** QoS 2 messages under delivery, by the connection that has them. */
  readonly watched: Map<NetworkConnection, Repeated[]>;
}

/** Messages watched for on one connection. */
const watchedMost = 1000;

/** MQTT-4.3.3-1 (the server as sender), MQTT-4.3.3-2 (as receiver), and the single copy of MQTT-3.8.4-6 and MQTT-4.3.1-1. */
export const exactlyOnce: RoutingRule<State> = {
  id: 'routing/exactly-once',
  title:
    'A message is delivered once per subscription at QoS 0 and 2, also when the publisher had to send it again at QoS 2.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-4.3.3-1', 'MQTT-4.3.3-2', 'MQTT-3.8.4-6', 'MQTT-4.3.1-1'],
  start: (parameters, shared) => ({
    broker: shared.of(newBroker),
    parameters,
    copies: new WeakMap(),
    watched: new Map(),
  }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) happened(state, it, report);
  },
  end(state, tMs, report) {
    for (const connection of state.watched.keys()) confirm(state, connection, tMs, report);
  },
};

function happened(state: State, it: Happening, report: Report): void {
  if (it.what === 'delivered') count(state, it.delivery, it, report);
  if (it.what === 'restarted') state.watched.clear();
  if (it.what === 'acknowledged' && it.flight.qos === 2 && it.flight.stage === 'done') {
    completed(state, it.session, it.connection, it.flight.messages, it, report);
  }
  if (it.what === 'ended') confirm(state, it.connection, it.tMs, report);
}

function count(state: State, it: Delivery, at: Moment, report: Report): void {
  const { session, connection, messages } = it;
  const [message] = messages;
  if (it.again || it.retain || message === undefined || message.twin || message.origin === 'will') return;
  if (message.qos === 1 || connection.tainted !== undefined) return;
  const { held, opaque } = heldFor(session, it.topic);
  if (opaque || !session.known) return;
  const bySession = state.copies.get(message) ?? new Map<Session, Copies>();
  state.copies.set(message, bySession);
  const copies = bySession.get(session) ?? { count: 0, first: at };
  bySession.set(session, copies);
  copies.count += 1;
  const allowed = held.filter((each) => each.subscriptions.some((one) => mayApply(one, message))).length;
  if (copies.count <= Math.max(1, allowed)) {
    if (message.qos === 2) watchFor(state, { message, session, connection, first: copies.first });
    return;
  }
  const found = {
    expected: [
      `${messageText(message)} ${allowed > 1 ? `at most ${allowed} times` : 'once'} at ${sessionText(session)}`,
    ],
    actual: `copy ${copies.count} came${message.sends > 1 ? ` after the publisher had sent it ${message.sends} times` : ''}`,
    events: [message.seen.seq, copies.first.seq, at.seq],
    connection: connection.view,
  };
  if (it.qos === 2 && message.sends === 1) copies.early ??= at;
  for (const statement of brokenBy(it, message)) report.fail(statement, found);
}

/** At QoS 1 a further copy is allowed (at least once); a repeated QoS 2 PUBLISH must not become a second message. */
function brokenBy(it: Delivery, message: Message): readonly StatementId[] {
  if (it.qos === 1) return [];
  if (message.qos === 2 && message.sends > 1) return ['MQTT-4.3.3-2'];
  return it.qos === 2 ? ['MQTT-4.3.3-1'] : ['MQTT-3.8.4-6', 'MQTT-4.3.1-1'];
}

function watchFor(state: State, it: Repeated): void {
  const list = state.watched.get(it.connection) ?? [];
  state.watched.set(it.connection, list);
  list.push(it);
  if (list.length > watchedMost) list.shift();
}

/** The four-step exchange of a delivery is complete and it was the only one. */
function completed(
  state: State,
  session: Session,
  connection: NetworkConnection,
  messages: readonly Message[],
  at: Moment,
  report: Report,
): void {
  const [message] = messages;
  const copies = message === undefined || message.twin ? undefined : state.copies.get(message)?.get(session);
  if (copies?.count === 1) {
    report.pass('MQTT-4.3.3-1', { events: [copies.first.seq, at.seq], connection: connection.view });
  }
}

/** The publisher sent it again: no second copy came while there was time, or one was there already. */
function confirm(state: State, connection: NetworkConnection, tMs: number, report: Report): void {
  for (const it of state.watched.get(connection) ?? []) {
    const { message, session, first } = it;
    if (message.sends < 2) continue;
    const early = state.copies.get(message)?.get(session)?.early;
    if (early !== undefined) {
      report.fail('MQTT-4.3.3-2', {
        expected: [`${messageText(message)} once at ${sessionText(session)}, however often it is sent`],
        actual: 'a second copy came',
        events: [message.seen.seq, first.seq, early.seq],
        connection: connection.view,
      });
      continue;
    }
    if (message.accepted === undefined) continue;
    const quiet = stoodFor(connection, Math.max(first.tMs, message.accepted.tMs), tMs, state.parameters.quietMs);
    if (!quiet || state.copies.get(message)?.get(session)?.count !== 1) continue;
    report.pass('MQTT-4.3.3-2', {
      events: [message.seen.seq, message.accepted.seq, first.seq],
      connection: connection.view,
    });
  }
  state.watched.delete(connection);
}
