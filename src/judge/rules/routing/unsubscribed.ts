// Judges that nothing new is delivered for a subscription after its UNSUBACK.
import type { Report, RoutingRule, RuleParameters } from '../../rule.ts';
import type { Message, Moment, NetworkConnection, Session, Subscription } from '../session/state.ts';
import { stoodFor, wasBrokerAlive } from './absence.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import { heldFor, mayApply } from './subscriptions.ts';
import type { Delivery, Happening } from './traffic.ts';
import { messageText, quoted, sessionText } from './words.ts';

/** A message that must not come any more. */
interface Unwanted {
  readonly message: Message;
  readonly session: Session;
  readonly connection: NetworkConnection;
  readonly gone: Subscription;
}

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  readonly unwanted: Map<NetworkConnection, Unwanted[]>;
}

/** Messages watched for on one connection; a few prove as much as many. */
const watched = 20;

const statements = ['MQTT-3.10.4-2', 'MQTT-3.10.4-1'] as const;

/** MQTT-3.10.4-2, and by it the deletion of MQTT-3.10.4-1: what still brings messages was not deleted. */
export const unsubscribed: RoutingRule<State> = {
  id: 'routing/unsubscribed',
  title: 'After UNSUBACK no message that was published later is delivered for that subscription.',
  scope: 'routing',
  judges: 'server',
  statements,
  start: (parameters, shared) => ({
    broker: shared.of(newBroker),
    parameters,
    unwanted: new Map(),
  }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) happened(state, it, report);
  },
  end(state, tMs, report) {
    for (const connection of state.unwanted.keys()) spared(state, connection, tMs, report);
  },
};

function happened(state: State, it: Happening, report: Report): void {
  if (it.what === 'published') watchFor(state, it.message);
  if (it.what === 'delivered') arrived(state, it.delivery, it, report);
  if (it.what === 'restarted') {
    state.unwanted.clear();
  }
  if (it.what === 'ended') {
    spared(state, it.connection, it.tMs, report);
    state.unwanted.delete(it.connection);
  }
}

function watchFor(state: State, message: Message): void {
  if (message.publisher.tainted !== undefined || message.topic.startsWith('$')) return;
  for (const { session, subscriptions } of state.broker.traffic.index.matching(message.topic)) {
    const { connection } = session;
    const gone = subscriptions.at(-1);
    if (connection === undefined || gone === undefined || !isGone(gone, message)) continue;
    if (goneFor(session, message) === undefined) continue;
    const list = state.unwanted.get(connection) ?? [];
    if (list.length < watched) list.push({ message, session, connection, gone });
    state.unwanted.set(connection, list);
  }
}

function isGone(it: Subscription, message: Message): boolean {
  return it.endAsked?.how === 'unsubscribed' && it.ended !== undefined && it.ended.seq < message.seen.seq;
}

/** The ended subscription that the message would come for; `undefined` when another one may deliver it rightly. */
function goneFor(session: Session, message: Message): Subscription | undefined {
  const { held, opaque } = heldFor(session, message.topic);
  if (opaque || !session.known) return undefined;
  const matching = held.flatMap((it) => it.subscriptions);
  if (matching.some((it) => mayApply(it, message))) return undefined;
  return matching.find((it) => isGone(it, message));
}

function arrived(state: State, it: Delivery, at: Moment, report: Report): void {
  const { session, connection, messages } = it;
  sentinel(state, it, at, report);
  if (it.again || messages.length === 0 || connection.tainted !== undefined) return;
  // A retained copy answers a SUBSCRIBE; one that is under way explains it.
  const gone = messages.map((message) => goneFor(session, message));
  const [message] = messages;
  const [first] = gone;
  if (message === undefined || first === undefined || gone.includes(undefined)) return;
  state.unwanted.set(
    connection,
    (state.unwanted.get(connection) ?? []).filter((other) => !messages.includes(other.message)),
  );
  const found = {
    expected: [`nothing for ${quoted(first.filter)} that was published after its UNSUBACK to ${sessionText(session)}`],
    actual: `${messageText(message)} was delivered`,
    events: [...(first.ended === undefined ? [] : [first.ended.seq]), message.seen.seq, at.seq],
    connection: connection.view,
  };
  for (const statement of statements) report.fail(statement, found);
}

/** A later message of the same publisher came through: the unwanted one had its chance. */
function sentinel(state: State, it: Delivery, at: Moment, report: Report): void {
  const list = state.unwanted.get(it.connection);
  const [later] = it.messages;
  if (list === undefined || later === undefined || it.messages.length > 1) return;
  const shown = list.filter(
    ({ message }) => message.publisher === later.publisher && message.seen.seq < later.seen.seq && message !== later,
  );
  for (const unwanted of shown) passed(unwanted, at, report);
  if (shown.length > 0)
    state.unwanted.set(
      it.connection,
      list.filter((other) => !shown.includes(other)),
    );
}

/** The connection stood long enough without it, and the broker was alive. */
function spared(state: State, connection: NetworkConnection, tMs: number, report: Report): void {
  const { effectTimeoutMs } = state.parameters;
  for (const it of state.unwanted.get(connection) ?? []) {
    // What the server perhaps never read shows nothing by staying away.
    const { accepted } = it.message;
    if (accepted === undefined || !stoodFor(connection, accepted.tMs, tMs, effectTimeoutMs)) continue;
    if (wasBrokerAlive(connection, accepted.tMs + effectTimeoutMs)) passed(it, undefined, report);
  }
}

function passed(it: Unwanted, proof: Moment | undefined, report: Report): void {
  const ended = it.gone.ended?.seq;
  const found = {
    events: [...(ended === undefined ? [] : [ended]), it.message.seen.seq, ...(proof === undefined ? [] : [proof.seq])],
    connection: it.connection.view,
  };
  for (const statement of statements) report.pass(statement, found);
}
