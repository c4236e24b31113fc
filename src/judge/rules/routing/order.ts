// Judges that each publisher's messages on a topic reach every subscriber in the order in which they came.
import type { Report, RoutingRule } from '../../rule.ts';
import type { Message, Moment, NetworkConnection, Session } from '../session/state.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import type { Delivery } from './traffic.ts';
import { messageText, sessionText } from './words.ts';

/** The newest message of a stream that a session has, and when it came. */
interface Newest {
  readonly message: Message;
  readonly at: Moment;
}

interface State {
  readonly broker: Broker;
  /** By subscriber's session, publisher's connection, and `topic, published QoS, delivered QoS`. */
  readonly newest: WeakMap<Session, WeakMap<NetworkConnection, Map<string, Newest>>>;
  /** Sessions that have a copy already: only first copies are ordered. */
  readonly have: WeakMap<Message, WeakSet<Session>>;
}

const statements = ['MQTT-4.6.0-6', 'MQTT-4.6.0-5'] as const;

/** MQTT-4.6.0-6, and MQTT-4.6.0-5: without other configuration every topic is ordered. */
export const order: RoutingRule<State> = {
  id: 'routing/order',
  title: 'Messages of one publisher on one topic at one QoS are delivered in the order in which they came.',
  scope: 'routing',
  judges: 'server',
  statements,
  start: (_, shared) => ({ broker: shared.of(newBroker), newest: new WeakMap(), have: new WeakMap() }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) if (it.what === 'delivered') judge(state, it.delivery, it, report);
  },
  end: () => undefined,
};

function judge(state: State, it: Delivery, at: Moment, report: Report): void {
  const [message] = it.messages;
  if (it.again || it.retain || message === undefined || it.messages.length > 1 || message.twin) return;
  if (message.origin === 'will' || message.sends > 1 || it.connection.tainted !== undefined) return;
  const have = state.have.get(message) ?? new WeakSet<Session>();
  state.have.set(message, have);
  if (have.has(it.session)) return;
  have.add(it.session);
  const streams = streamsOf(state, it.session, message.publisher);
  const key = `${message.qos}${it.qos}${message.topic}`;
  const newest = streams.get(key);
  if (newest === undefined) {
    streams.set(key, { message, at });
    return;
  }
  const events = [newest.message.seen.seq, message.seen.seq, newest.at.seq, at.seq];
  if (newest.message.seen.seq < message.seen.seq) {
    streams.set(key, { message, at });
    for (const statement of statements) report.pass(statement, { events, connection: it.connection.view });
    return;
  }
  if (!isOrdered(message, newest.message)) return;
  for (const statement of statements) {
    report.fail(statement, {
      expected: [`at ${sessionText(it.session)}: ${messageText(message)} before the one published after it`],
      actual: 'it came behind it',
      events: [message.seen.seq, newest.message.seen.seq, newest.at.seq, at.seq],
      connection: it.connection.view,
    });
  }
}

function streamsOf(state: State, session: Session, publisher: NetworkConnection): Map<string, Newest> {
  const byPublisher = state.newest.get(session) ?? new WeakMap<NetworkConnection, Map<string, Newest>>();
  state.newest.set(session, byPublisher);
  const streams = byPublisher.get(publisher) ?? new Map<string, Newest>();
  byPublisher.set(publisher, streams);
  return streams;
}

/** A server may take a QoS 2 message over at PUBLISH or at PUBREL: both must have come in this order. */
function isOrdered(first: Message, second: Message): boolean {
  if (second.sends > 1) return false;
  if (first.qos < 2 || second.released === undefined) return true;
  return first.released !== undefined && first.released.seq < second.released.seq;
}
