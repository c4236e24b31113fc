// Judges the QoS of deliveries: the lower of published and granted, the highest of overlapping subscriptions, the newest of equal ones.
import type { Report, RoutingRule, RuleParameters } from '../../rule.ts';
import { isOpen } from '../session/state.ts';
import type { Message, Moment, NetworkConnection, Session, Subscription } from '../session/state.ts';
import { stoodFor, wasBrokerAlive } from './absence.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import { deliveryQos, heldFor, mayApply } from './subscriptions.ts';
import type { Delivery } from './traffic.ts';
import { messageText, quoted } from './words.ts';

/** Messages whose copies are counted on one connection. */
const remembered = 1000;

/** Copies of one message that overlapping subscriptions of one session brought. */
interface Overlap {
  readonly message: Message;
  readonly session: Session;
  readonly connection: NetworkConnection;
  readonly highest: number;
  readonly filters: readonly string[];
  readonly copies: { readonly qos: number; readonly at: Moment }[];
}

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  readonly overlaps: Map<NetworkConnection, Map<Message, Overlap>>;
}

/** MQTT-3.8.4-6, MQTT-3.3.5-1 and MQTT-3.8.4-3. */
export const deliveredQos: RoutingRule<State> = {
  id: 'routing/delivered-qos',
  title:
    'A message is delivered at the lower of its QoS and the QoS granted, at the highest of overlapping subscriptions.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-3.8.4-6', 'MQTT-3.3.5-1', 'MQTT-3.8.4-3'],
  start: (parameters, shared) => ({ broker: shared.of(newBroker), parameters, overlaps: new Map() }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) {
      if (it.what === 'delivered') judge(state, it.delivery, it, report);
      if (it.what === 'ended') settle(state, it.connection, it.tMs, report);
      if (it.what === 'restarted') state.overlaps.clear();
    }
  },
  end(state, tMs, report) {
    for (const connection of state.overlaps.keys()) settle(state, connection, tMs, report);
  },
};

function judge(state: State, it: Delivery, at: Moment, report: Report): void {
  const { session, connection, messages } = it;
  const [message] = messages;
  if (it.again || it.retain || message === undefined || messages.length > 1 || message.twin) return;
  if (!session.known || connection.tainted !== undefined || it.topic.startsWith('$')) return;
  const { held, opaque } = heldFor(session, it.topic);
  if (opaque) return;
  const applying = held.flatMap((each) => each.subscriptions.filter((one) => mayApply(one, message)));
  if (applying.length === 0) return;
  const filters = new Set(applying.map((one) => one.filter));
  if (filters.size > 1) overlapped(state, it, message, applying, at, report);
  else single(it, message, applying, at, report);
}

function single(it: Delivery, message: Message, applying: readonly Subscription[], at: Moment, report: Report): void {
  const allowed = [...new Set(applying.flatMap((one) => deliveryQos(one, message)))];
  const answered = applying.at(-1)?.answered?.seq;
  const events = [...(answered === undefined ? [] : [answered]), message.seen.seq, at.seq];
  const found = { events, connection: it.connection.view };
  const older = applying.length === 1 ? applying[0]?.replaces : undefined;
  if (allowed.includes(it.qos)) {
    report.pass('MQTT-3.8.4-6', found);
    // That the old subscription is gone shows only where it would have delivered otherwise.
    if (older !== undefined && !deliveryQos(older, message).includes(it.qos)) report.pass('MQTT-3.8.4-3', found);
    return;
  }
  const expected = allowed.map((qos) => `${messageText(message)} at QoS ${qos}`);
  const actual = `delivered at QoS ${it.qos}`;
  report.fail('MQTT-3.8.4-6', { ...found, expected, actual });
  if (older !== undefined && deliveryQos(older, message).includes(it.qos)) {
    report.fail('MQTT-3.8.4-3', {
      ...found,
      expected,
      actual: `${actual}, as the replaced subscription would have it`,
    });
  }
}

function overlapped(
  state: State,
  it: Delivery,
  message: Message,
  applying: readonly Subscription[],
  at: Moment,
  report: Report,
): void {
  const allowed = new Set(applying.flatMap((one) => deliveryQos(one, message)));
  if (!allowed.has(it.qos)) {
    report.fail('MQTT-3.3.5-1', {
      expected: [...allowed].map((qos) => `a copy at QoS ${qos}`),
      actual: `${messageText(message)} delivered at QoS ${it.qos}, which no matching subscription asks for`,
      events: [message.seen.seq, at.seq],
      connection: it.connection.view,
    });
    return;
  }
  // Only where every match is certain can the highest be demanded.
  const certain = applying.every(
    (one) => one.endAsked === undefined && one.answered !== undefined && one.answered.seq < message.seen.seq,
  );
  if (!certain) return;
  const byMessage = state.overlaps.get(it.connection) ?? new Map<Message, Overlap>();
  state.overlaps.set(it.connection, byMessage);
  const overlap = byMessage.get(message) ?? {
    message,
    session: it.session,
    connection: it.connection,
    highest: Math.max(...allowed),
    filters: applying.map((one) => one.filter),
    copies: [],
  };
  byMessage.set(message, overlap);
  const [oldest] = byMessage.keys();
  if (byMessage.size > remembered && oldest !== undefined) byMessage.delete(oldest);
  overlap.copies.push({ qos: it.qos, at });
  judgeOverlap(overlap, byMessage, report);
}

/** Passes as soon as the highest came; further copies are allowed up to one per match (ruling of MQTT-3.3.5-1). */
function judgeOverlap(it: Overlap, byMessage: Map<Message, Overlap>, report: Report): void {
  const { copies, filters, message } = it;
  const events = [message.seen.seq, ...copies.map((copy) => copy.at.seq)];
  if (copies.length > filters.length && message.sends === 1) {
    report.fail('MQTT-3.3.5-1', {
      expected: [`at most one copy for each of ${filters.map(quoted).join(', ')}`],
      actual: `${messageText(message)} came ${copies.length} times`,
      events,
      connection: it.connection.view,
    });
    byMessage.delete(message);
  } else if (copies.at(-1)?.qos === it.highest) {
    report.pass('MQTT-3.3.5-1', { events, connection: it.connection.view });
  }
}

/** The connection is over: the highest copy must have come by now. */
function settle(state: State, connection: NetworkConnection, tMs: number, report: Report): void {
  for (const it of state.overlaps.get(connection)?.values() ?? []) {
    const [first] = it.copies;
    if (first === undefined || it.copies.some((copy) => copy.qos === it.highest)) continue;
    const { effectTimeoutMs } = state.parameters;
    if (!stoodFor(connection, first.at.tMs, tMs, effectTimeoutMs)) continue;
    if (!wasBrokerAlive(connection, first.at.tMs + effectTimeoutMs)) continue;
    const owes = [...it.session.flights.values()].some((flight) => isOpen(flight));
    if (owes) continue;
    report.fail('MQTT-3.3.5-1', {
      expected: [
        `${messageText(it.message)} at QoS ${it.highest}, the highest of ${it.filters.map(quoted).join(', ')}`,
      ],
      actual: `it came at QoS ${it.copies.map((copy) => copy.qos).join(', ')} only`,
      events: [it.message.seen.seq, ...it.copies.map((copy) => copy.at.seq)],
      connection: connection.view,
    });
  }
  state.overlaps.delete(connection);
}
