// Judges what a resumed session owes its client: unacknowledged deliveries again, with their identifiers, DUP 1, in their order.
import type { StatementId } from '../../../spec/statement.ts';
import type { Observation, Report, RoutingRule, RuleParameters } from '../../rule.ts';
import { openUntilMs, stoodFor, wasBrokerAlive } from '../routing/absence.ts';
import { newBroker } from '../routing/digest.ts';
import type { Broker } from '../routing/digest.ts';
import type { Delivery, Happening } from '../routing/traffic.ts';
import { quoted, sessionText } from '../routing/words.ts';
import { isOpen } from './state.ts';
import type { Flight, Moment, NetworkConnection, Session } from './state.ts';

/** What a connection is owed from the ones before it. */
interface Owed {
  readonly flight: Flight;
  readonly stage: Flight['stage'];
}

interface Resumed {
  readonly session: Session;
  readonly at: Moment;
  owed: Owed[];
  /** Since when the client owes no answer to what was sent again: a server may send one at a time. */
  freeMs: number;
  /** The latest original order sent on this connection, by QoS, topic and, for first copies, publisher. */
  readonly newest: Map<string, { readonly order: number; readonly at: Moment }>;
}

type Found = Pick<Observation, 'events' | 'connection'>;

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  readonly resumed: Map<NetworkConnection, Resumed>;
}

/** MQTT-4.4.0-1 with what it shows of MQTT-4.1.0-1, the sender's duties of MQTT-4.3.2-1 and MQTT-4.3.3-1, MQTT-3.3.1-1, MQTT-2.3.1-4 and MQTT-4.6.0-6. */
export const redelivery: RoutingRule<State> = {
  id: 'session/redelivery',
  title:
    'A resumed session sends its unacknowledged PUBLISH and PUBREL packets again: same identifier, DUP 1, same order.',
  scope: 'routing',
  judges: 'server',
  statements: [
    'MQTT-4.4.0-1',
    'MQTT-4.1.0-1',
    'MQTT-4.3.2-1',
    'MQTT-4.3.3-1',
    'MQTT-3.3.1-1',
    'MQTT-2.3.1-4',
    'MQTT-4.6.0-6',
  ],
  start: (parameters, shared) => ({
    broker: shared.of(newBroker),
    parameters,
    resumed: new Map(),
  }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) happened(state, it, report);
  },
  end(state, tMs, report) {
    for (const connection of state.resumed.keys()) settle(state, connection, tMs, report);
  },
};

function happened(state: State, it: Happening, report: Report): void {
  switch (it.what) {
    case 'connected':
      if (it.before === it.session && it.prior === 'stored' && it.sessionPresent) {
        const open = [...it.session.flights.values()].filter((flight) => isOpen(flight) && flight.doubtful !== true);
        const owed = open.map((flight) => ({ flight, stage: flight.stage }));
        state.resumed.set(it.connection, { session: it.session, at: it, owed, freeMs: it.tMs, newest: new Map() });
      }
      break;
    case 'delivered':
      if (it.delivery.connection.tainted === undefined && it.delivery.qos > 0)
        delivered(state, it.delivery, it, report);
      break;
    case 'released':
      released(state, it.connection, it.flight, it, report);
      break;
    case 'acknowledged':
      acknowledged(state, it.connection, it.flight, it);
      break;
    case 'ended':
      settle(state, it.connection, it.tMs, report);
      break;
    case 'restarted':
      state.resumed.clear();
      break;
    default:
  }
}

function acknowledged(state: State, connection: NetworkConnection, flight: Flight, at: Moment): void {
  const resumed = state.resumed.get(connection);
  if (resumed !== undefined && flight.firstSent.seq < resumed.at.seq) resumed.freeMs = at.tMs;
  paid(state, connection, flight);
}

function paid(state: State, connection: NetworkConnection, flight: Flight): Owed | undefined {
  const resumed = state.resumed.get(connection);
  const owed = resumed?.owed.find((it) => it.flight === flight);
  if (resumed !== undefined && owed !== undefined) resumed.owed = resumed.owed.filter((it) => it !== owed);
  return owed;
}

function delivered(state: State, it: Delivery, at: Moment, report: Report): void {
  if (it.again) again(state, it, at, report);
  else first(state, it, at, report);
}

function again(state: State, it: Delivery, at: Moment, report: Report): void {
  const { flight, before, connection } = it;
  if (flight === undefined || before === undefined || flight.doubtful === true) return;
  const found = { events: [flight.firstSent.seq, at.seq], connection: connection.view };
  const what = deliveryText(flight, it.session);
  if (before.stage === 'released' || (before.stage === 'done' && flight.qos === 2)) {
    if (flight.messages.some((message) => message.twin)) return;
    const expected = [`PUBREL ${flight.packetId}, or nothing: the server had sent PUBREL for ${what}`];
    report.fail('MQTT-4.3.3-1', { ...found, expected, actual: `PUBLISH ${flight.packetId} again` });
    paid(state, connection, flight);
    return;
  }
  if (before.stage === 'done') return; // a lost PUBACK explains it
  if (it.dup) report.pass('MQTT-3.3.1-1', found);
  else report.fail('MQTT-3.3.1-1', { ...found, expected: [`${what} again with DUP 1`], actual: 'DUP is 0' });
  const resumed = state.resumed.get(connection);
  if (resumed === undefined || paid(state, connection, flight) === undefined) return;
  report.pass('MQTT-2.3.1-4', found);
  cameAgain(state, flight, resumed, found, at, report);
  inOrder(state, it, flight, at, report);
}

/** A first copy: it must not stand for one that is owed under another identifier, nor take its identifier. */
function first(state: State, it: Delivery, at: Moment, report: Report): void {
  const resumed = state.resumed.get(it.connection);
  const { flight, clash } = it;
  if (resumed === undefined || flight === undefined) return;
  const [message] = it.messages;
  if (it.messages.length === 1 && message !== undefined) {
    resumed.newest.set(streamOf(flight, message.publisher.view.id), { order: flight.order, at });
  }
  const taken = clash === undefined ? undefined : paid(state, it.connection, clash);
  if (clash !== undefined && taken !== undefined) {
    report.fail('MQTT-2.3.1-4', {
      expected: [`another identifier than ${clash.packetId}, which ${deliveryText(clash, it.session)} still has`],
      actual: 'another message has it',
      events: [clash.firstSent.seq, at.seq],
      connection: it.connection.view,
    });
    // With DUP it calls itself what was sent before, and is not.
    if (it.dup) altered(clash, it, at, report);
  }
  const renamed = [...resumed.owed, ...(taken === undefined ? [] : [taken])].find(
    (owed) => owed.stage === 'sent' && isSameContent(owed.flight, flight),
  );
  if (renamed === undefined || it.messages.some((each) => each.twin)) return;
  paid(state, it.connection, renamed.flight);
  for (const statement of ['MQTT-4.4.0-1', 'MQTT-2.3.1-4'] as const) {
    report.fail(statement, {
      expected: [`${deliveryText(renamed.flight, it.session)} again with its identifier ${renamed.flight.packetId}`],
      actual: `it came with ${flight.packetId}`,
      events: [renamed.flight.firstSent.seq, at.seq],
      connection: it.connection.view,
    });
  }
}

/** What is sent again is the packet that was sent (MQTT-4.4.0-1): the same topic, QoS and payload. */
function altered(flight: Flight, it: Delivery, at: Moment, report: Report): void {
  const changed = [
    ...(it.topic === flight.topic ? [] : ['topic']),
    ...(it.qos === flight.qos ? [] : ['QoS']),
    ...(it.payloadKey === flight.payloadKey ? [] : ['payload']),
  ];
  report.fail('MQTT-4.4.0-1', {
    expected: [`${deliveryText(flight, it.session)} again, unchanged`],
    actual: `PUBLISH ${flight.packetId} with DUP 1 and another ${changed.join(' and ')}`,
    events: [flight.firstSent.seq, at.seq],
    connection: it.connection.view,
  });
}

function isSameContent(one: Flight, other: Flight): boolean {
  return one.topic === other.topic && one.payloadKey === other.payloadKey && one.qos === other.qos;
}

/** Per topic and QoS the order of first sending holds, also against newer messages of the same publisher. */
function inOrder(state: State, it: Delivery, flight: Flight, at: Moment, report: Report): void {
  const resumed = state.resumed.get(it.connection);
  if (resumed === undefined) return;
  const [message] = flight.messages;
  const publisher = flight.messages.length === 1 ? message?.publisher.view.id : undefined;
  const resent = streamOf(flight, '');
  const keys = publisher === undefined ? [resent] : [resent, streamOf(flight, publisher)];
  const ahead = keys.map((key) => resumed.newest.get(key)).find((newest) => (newest?.order ?? 0) > flight.order);
  const before = resumed.newest.get(resent);
  const found = { connection: it.connection.view };
  if (ahead !== undefined) {
    report.fail('MQTT-4.6.0-6', {
      ...found,
      expected: [`${deliveryText(flight, it.session)} again before what was first sent after it`],
      actual: 'it came behind it',
      events: [flight.firstSent.seq, ahead.at.seq, at.seq],
    });
    return;
  }
  resumed.newest.set(resent, { order: flight.order, at });
  if (before !== undefined) report.pass('MQTT-4.6.0-6', { ...found, events: [before.at.seq, at.seq] });
}

function streamOf(flight: Flight, publisher: string): string {
  return `${flight.qos}${publisher}\0${flight.topic}`;
}

function released(
  state: State,
  connection: NetworkConnection,
  flight: Flight | undefined,
  at: Moment,
  report: Report,
): void {
  if (flight === undefined) return;
  const resumed = state.resumed.get(connection);
  const owed = paid(state, connection, flight);
  // Without PUBREC seen, PUBREL is no answer to anything.
  if (resumed === undefined || owed === undefined || owed.stage === 'sent') return;
  const found = { events: [flight.firstSent.seq, at.seq], connection: connection.view };
  cameAgain(state, flight, resumed, found, at, report);
}

/** What is sent again was kept; what is not was forgotten, for all that can be seen. */
function resendStatements(flight: Flight): readonly StatementId[] {
  return ['MQTT-4.4.0-1', 'MQTT-4.1.0-1', flight.qos === 1 ? 'MQTT-4.3.2-1' : 'MQTT-4.3.3-1'];
}

/** It came again; the standard names no time for that, so that a late one is a remark. */
function cameAgain(state: State, flight: Flight, resumed: Resumed, by: Found, at: Moment, report: Report): void {
  const { redeliveryWarnMs: max } = state.parameters;
  const delayMs = at.tMs - resumed.freeMs;
  const found = { ...by, measured: [{ name: 'sent again after', unit: 'ms', value: delayMs, limit: { max } }] };
  const expected = [`${deliveryText(flight, resumed.session)} again within ${max} ms`];
  for (const statement of resendStatements(flight)) {
    if (delayMs <= max) report.pass(statement, found);
    else report.warn(statement, { ...found, expected, actual: `it came again after ${Math.round(delayMs)} ms` });
  }
}

function deliveryText(flight: Flight, session: Session): string {
  return `the QoS ${flight.qos} delivery on ${quoted(flight.topic)} to ${sessionText(session)}`;
}

/** The connection is over: what it is owed, and had time for, is missing. */
function settle(state: State, connection: NetworkConnection, nowMs: number, report: Report): void {
  const resumed = state.resumed.get(connection);
  state.resumed.delete(connection);
  if (resumed === undefined || resumed.owed.length === 0) return;
  const { effectTimeoutMs, redeliveryFailMs } = state.parameters;
  if (!stoodFor(connection, resumed.at.tMs, nowMs, redeliveryFailMs)) return;
  if (!stoodFor(connection, resumed.freeMs, nowMs, effectTimeoutMs)) return;
  const owed = new Set(resumed.owed.map((it) => it.flight));
  // What the client left unacknowledged here, new or sent again, may fill the server's in-flight window.
  const isWaiting = [...resumed.session.flights.values()].some(
    (it) => isOpen(it) && !owed.has(it) && it.lastSent.seq > resumed.at.seq,
  );
  if (isWaiting) return;
  for (const it of resumed.owed) accuse(state, it, resumed, connection, nowMs, report);
}

function accuse(
  state: State,
  it: Owed,
  resumed: Resumed,
  connection: NetworkConnection,
  nowMs: number,
  report: Report,
): void {
  const { flight, stage } = it;
  const packets = { sent: ['PUBLISH'], received: ['PUBREL', 'PUBLISH'], released: ['PUBREL'], done: [] }[stage];
  const expected = packets.map((name) => `${name} ${flight.packetId} again: ${deliveryText(flight, resumed.session)}`);
  const { redeliveryFailMs: min } = state.parameters;
  const waitedMs = openUntilMs(connection, nowMs) - resumed.at.tMs;
  const found = {
    expected,
    events: [flight.firstSent.seq, flight.lastSent.seq, resumed.at.seq],
    connection: connection.view,
    measured: [{ name: 'waited after the return', unit: 'ms', value: waitedMs, limit: { min } }],
  };
  const isAlive = wasBrokerAlive(connection, resumed.at.tMs + min);
  for (const statement of resendStatements(flight)) {
    if (isAlive) report.fail(statement, { ...found, actual: 'it never came' });
    else report.inconclusive(statement, { ...found, actual: 'the server said nothing more' });
  }
}
