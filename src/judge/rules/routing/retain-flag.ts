// Judges the RETAIN flag of deliveries: 1 for what a new subscription finds, 0 for what an established one gets.
import type { Report, RoutingRule, RuleParameters } from '../../rule.ts';
import type { Message, Moment, NetworkConnection } from '../session/state.ts';
import { stoodFor, wasBrokerAlive } from './absence.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import { heldFor } from './subscriptions.ts';
import type { Delivery } from './traffic.ts';
import { messageText } from './words.ts';

/** A copy whose flag is wrong, unless a second copy with the other flag explains it. */
interface Doubt {
  readonly message: Message;
  readonly statement: 'MQTT-3.3.1-8' | 'MQTT-3.3.1-9';
  readonly copy: Moment;
}

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  readonly doubts: Map<NetworkConnection, Doubt[]>;
  /** Flags of the copies that each connection got of messages sent with RETAIN 1. */
  readonly flags: WeakMap<Message, WeakMap<NetworkConnection, Set<boolean>>>;
}

/** MQTT-3.3.1-8 and MQTT-3.3.1-9. */
export const retainFlag: RoutingRule<State> = {
  id: 'routing/retain-flag',
  title: 'RETAIN is 1 on what a new subscription finds and 0 on what an established one gets.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-3.3.1-8', 'MQTT-3.3.1-9'],
  start: (parameters, shared) => ({
    broker: shared.of(newBroker),
    parameters,
    doubts: new Map(),
    flags: new WeakMap(),
  }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) {
      if (it.what === 'delivered') judge(state, it.delivery, it, report);
      if (it.what === 'ended') settle(state, it.connection, it.tMs, report);
      if (it.what === 'restarted') state.doubts.clear();
    }
  },
  end(state, tMs, report) {
    for (const connection of state.doubts.keys()) settle(state, connection, tMs, report);
  },
};

function judge(state: State, it: Delivery, at: Moment, report: Report): void {
  const { connection, session, retain } = it;
  const [message] = it.messages;
  if (it.again || message === undefined || it.messages.length > 1 || message.twin) return;
  if (connection.tainted !== undefined || !session.known) return;
  const { held, opaque } = heldFor(session, it.topic);
  const subscriptions = held.flatMap((each) => each.subscriptions);
  if (opaque || subscriptions.length === 0) return;
  note(state, message, connection, retain);
  const found = { events: [message.seen.seq, at.seq], connection: connection.view };
  // A will was published at a time unknown: what was asked for meanwhile may find it or get it live.
  const established = subscriptions.every((one) => isBefore(one.answered, message.seen));
  const fresh = message.retain && subscriptions.every((one) => isBefore(message.accepted, one.asked));
  if (established) {
    if (!retain) {
      if (message.retain) report.pass('MQTT-3.3.1-9', found);
      return;
    }
    // A server may answer SUBSCRIBE a little late and find what was stored meanwhile: then a live copy comes too.
    const answeredMs = Math.max(...subscriptions.map((one) => one.answered?.tMs ?? Infinity));
    const certain = !message.retain || message.seen.tMs - answeredMs > state.parameters.effectTimeoutMs;
    const doubt: Doubt = { message, statement: 'MQTT-3.3.1-9', copy: at };
    if (certain) accuse(doubt, connection, report);
    else doubtAbout(state, connection, doubt);
  } else if (fresh) {
    if (retain) report.pass('MQTT-3.3.1-8', found);
    else doubtAbout(state, connection, { message, statement: 'MQTT-3.3.1-8', copy: at });
  }
}

function isBefore(one: Moment | undefined, other: Moment): boolean {
  return one !== undefined && one.seq < other.seq;
}

function note(state: State, message: Message, connection: NetworkConnection, retain: boolean): void {
  const byConnection = state.flags.get(message) ?? new WeakMap<NetworkConnection, Set<boolean>>();
  state.flags.set(message, byConnection);
  byConnection.set(connection, (byConnection.get(connection) ?? new Set()).add(retain));
}

function doubtAbout(state: State, connection: NetworkConnection, doubt: Doubt): void {
  state.doubts.set(connection, [...(state.doubts.get(connection) ?? []), doubt]);
}

/** Time enough has passed for the copy that would explain it. */
function settle(state: State, connection: NetworkConnection, tMs: number, report: Report): void {
  for (const it of state.doubts.get(connection) ?? []) {
    if ((state.flags.get(it.message)?.get(connection)?.size ?? 0) > 1) continue;
    const { quietMs } = state.parameters;
    if (!stoodFor(connection, it.copy.tMs, tMs, quietMs)) continue;
    if (wasBrokerAlive(connection, it.copy.tMs + quietMs)) accuse(it, connection, report);
  }
  state.doubts.delete(connection);
}

function accuse(it: Doubt, connection: NetworkConnection, report: Report): void {
  const isNew = it.statement === 'MQTT-3.3.1-8';
  report.fail(it.statement, {
    expected: [
      `${messageText(it.message)} with RETAIN ${isNew ? '1, found by a new subscription' : '0, for a subscription made before it'}`,
    ],
    actual: `RETAIN is ${isNew ? 0 : 1}`,
    events: [it.message.seen.seq, it.copy.seq],
    connection: connection.view,
  });
}
