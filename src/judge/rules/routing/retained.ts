// Judges what a new subscription finds: the last retained message of each topic, and nothing where none may be stored.
import type { StatementId } from '../../../spec/statement.ts';
import type { Observation, Report, RoutingRule, RuleParameters } from '../../rule.ts';
import type { Message, Moment, NetworkConnection, Session, Subscription } from '../session/state.ts';
import { mayHoldBack, stoodFor, wasBrokerAlive } from './absence.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import { answerable, wrongFind } from './retained-find.ts';
import { RetainedStore } from './retained-store.ts';
import { deliveryQos, heldFor, isGranted, isOrdinaryFilter } from './subscriptions.ts';
import type { Delivery, Happening } from './traffic.ts';
import { messageText, quoted } from './words.ts';

/** Topics that one subscription may find before queue limits of the server come into play. */
const modestFind = 100;

/** What a subscription must find on a topic, should find, or must not. */
interface Search {
  readonly message: Message;
  readonly subscription: Subscription;
  readonly connection: NetworkConnection;
  readonly session: Session;
  readonly found: 'due' | 'hoped' | 'forbidden';
  readonly statements: readonly StatementId[];
  /** Those of the statements that absence breaks, where these are not all. */
  readonly blamed?: readonly StatementId[];
  /** Something that was published later came through on this connection. */
  sentinel?: Moment;
}

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  store: RetainedStore;
  /** Topics that had a retained message before the server was stopped, which may have kept it. */
  readonly earlier: Set<string>;
  searches: Search[];
  /** What was found on a connection, and when: a server may send it before the SUBACK (section 3.8.4). */
  readonly finds: WeakMap<NetworkConnection, { readonly message: Message; readonly seq: number }[]>;
  /** Retained messages that some subscription has found. */
  readonly seenStored: WeakSet<Message>;
  /** Retained messages whose topic got one with RETAIN 0 since; those that had been found before were surely stored. */
  readonly overlaid: WeakMap<Message, 'stored' | 'perhaps stored'>;
  /** Topics and their latest will with RETAIN 0 that was published for sure. */
  readonly passingWills: Map<string, Message>;
}

/** Section 3.3.1.3 as a new subscriber sees it. */
export const retained: RoutingRule<State> = {
  id: 'routing/retained',
  title: 'A new subscription gets the last retained message of each matching topic, and no other.',
  scope: 'routing',
  judges: 'server',
  statements: [
    'MQTT-3.3.1-5',
    'MQTT-3.3.1-6',
    'MQTT-3.3.1-7',
    'MQTT-3.3.1-10',
    'MQTT-3.3.1-11',
    'MQTT-3.3.1-12',
    'MQTT-3.1.2-7',
    'MQTT-3.1.2-16',
    'MQTT-3.1.2-17',
    'MQTT-3.8.4-3',
    'MQTT-3.8.4-6',
  ],
  start: (parameters, shared) => ({
    broker: shared.of(newBroker),
    parameters,
    store: new RetainedStore(parameters.quietMs),
    earlier: new Set(),
    searches: [],
    finds: new WeakMap(),
    seenStored: new WeakSet(),
    overlaid: new WeakMap(),
    passingWills: new Map(),
  }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) happened(state, it, report);
  },
  end(state, tMs, report) {
    for (const it of state.searches.splice(0)) settle(state, it, tMs, report);
  },
};

function happened(state: State, it: Happening, report: Report): void {
  switch (it.what) {
    case 'published':
      if (it.message.retain) changes(state, it.message, it, report);
      break;
    case 'accepted':
      state.store.cover(it.message, it);
      if (!it.message.retain) overlay(state, it.message, it);
      break;
    case 'subscribed':
      if (it.connection.tainted === undefined)
        for (const each of it.subscriptions) search(state, it.session, each, it, report);
      break;
    case 'unsubscribing':
      close(state, (each) => each.session === it.session && it.filters.includes(each.subscription.filter), it, report);
      break;
    case 'delivered':
      arrived(state, it.delivery, it, report);
      break;
    case 'ended': {
      const { will, disconnect } = it.connection;
      if (will?.retain === true && disconnect === undefined) changes(state, will, it, report);
      close(state, (each) => each.connection === it.connection, it, report);
      break;
    }
    case 'restarted':
      for (const topic of state.store.topics) state.earlier.add(topic);
      state.store = new RetainedStore(state.parameters.quietMs);
      state.searches = [];
      state.passingWills.clear();
      break;
    default:
  }
}

/** The topic's retained message is about to change: what a search finds there is open again. */
function changes(state: State, message: Message, at: Moment, report: Report): void {
  if (state.store.add(message)) close(state, (it) => it.message.topic === message.topic, at, report);
}

function overlay(state: State, message: Message, at: Moment): void {
  const stored = state.store.sole(message.topic, at);
  if (stored !== undefined) state.overlaid.set(stored, state.seenStored.has(stored) ? 'stored' : 'perhaps stored');
}

/** Nothing more is asked of these searches; what was missing long enough by now stays missing. */
function close(state: State, which: (it: Search) => boolean, at: Moment, report: Report): void {
  const over = state.searches.filter(which);
  if (over.length === 0) return;
  state.searches = state.searches.filter((it) => !over.includes(it));
  for (const it of over) settle(state, it, at.tMs, report);
}

/** A subscription was granted: notes what it should find on each topic, and what it should not. */
function search(state: State, session: Session, subscription: Subscription, at: Moment, report: Report): void {
  const { filter, connection, asked } = subscription;
  if (!isGranted(subscription) || !isOrdinaryFilter(filter)) return;
  const topics = state.store.topicsFor(filter).filter((topic) => !topic.startsWith('$'));
  if (topics.length > modestFind) return;
  for (const topic of topics) {
    // What was published between SUBSCRIBE and SUBACK may be found, or not.
    const message = state.store.sole(topic, asked);
    if (message === undefined || message.publisher.tainted !== undefined) continue;
    const base = { message, subscription, connection, session };
    if (message.lengthB === 0) {
      state.searches.push({ ...base, found: 'forbidden', statements: ['MQTT-3.3.1-10', 'MQTT-3.3.1-11'] });
    } else if (message.qos > 0 && subscription.granted !== 0) {
      const due = dueStatements(state, message, subscription, at);
      if (!wasFound(state, message, subscription)) state.searches.push({ ...base, found: 'due', ...due });
      else passAll(report, due.statements, [message.seen.seq, asked.seq, at.seq], connection);
    } else if (message.qos === 0 && message.origin === 'publish' && !wasFound(state, message, subscription)) {
      state.searches.push({ ...base, found: 'hoped', statements: ['MQTT-3.3.1-7'] });
    }
  }
  const will = state.passingWills.get(filter);
  if (will !== undefined && state.store.possible(filter, asked).length === 0 && state.store.isSettled(will, asked)) {
    state.searches.push({
      message: will,
      subscription,
      connection,
      session,
      found: 'forbidden',
      statements: ['MQTT-3.1.2-16'],
    });
  }
}

/** Whether it came between SUBSCRIBE and SUBACK. */
function wasFound(state: State, message: Message, { connection, asked }: Subscription): boolean {
  const finds = state.finds.get(connection) ?? [];
  return finds.some((it) => it.message === message && it.seq > asked.seq);
}

function passAll(
  report: Report,
  statements: readonly StatementId[],
  events: readonly number[],
  connection: NetworkConnection,
): void {
  for (const it of statements) report.pass(it, { events, connection: connection.view });
}

/**
 * The statements that the find, or its absence, speaks about. What a wildcard does not find may be stored all the same:
 * then only the new subscription is in the wrong.
 */
function dueStatements(
  state: State,
  it: Message,
  by: Subscription,
  at: Moment,
): { readonly statements: readonly StatementId[]; readonly blamed: readonly StatementId[] } {
  const own: StatementId = by.replaces === undefined ? 'MQTT-3.3.1-6' : 'MQTT-3.8.4-3';
  const statements: StatementId[] = [own];
  if (!state.seenStored.has(it)) statements.push('MQTT-3.3.1-5');
  if (state.overlaid.get(it) === 'stored') statements.push('MQTT-3.3.1-12');
  if (it.origin === 'will') statements.push('MQTT-3.1.2-17');
  const { ended, session } = it.publisher;
  // What a server loses that cuts its client off may be lost with the connection, and not with the session.
  const hasLeft = ended !== undefined && ended.seq < at.seq && ended.by !== 'server';
  if (hasLeft && session?.clean === true) statements.push('MQTT-3.1.2-7');
  return { statements, blamed: by.filter === it.topic ? statements : [own] };
}

function arrived(state: State, it: Delivery, at: Moment, report: Report): void {
  for (const will of it.messages.filter((each) => each.origin === 'will')) {
    if (will.retain) changes(state, will, at, report);
    else state.passingWills.set(will.topic, will);
  }
  if (!it.retain) {
    for (const each of state.searches) if (each.connection === it.connection && isLater(it, each)) each.sentinel ??= at;
    return;
  }
  if (it.again || it.connection.tainted !== undefined || it.topic.startsWith('$')) return;
  const asked = answerable(it, at, state.parameters.effectTimeoutMs);
  // What was sent after every SUBSCRIBE may be a live copy: its RETAIN flag is another rule's matter.
  const isLive = (each: Message): boolean => each.origin === 'publish' && each.seen.seq > (asked?.newest.seq ?? 0);
  if (asked === undefined || it.messages.length === 0 || it.messages.some(isLive)) return;
  const due = state.searches.filter(
    (each) => each.found !== 'forbidden' && each.connection === it.connection && it.messages.includes(each.message),
  );
  state.searches = state.searches.filter((each) => !due.includes(each));
  const finds = it.messages.map((message) => ({ message, seq: at.seq }));
  state.finds.set(it.connection, [...(state.finds.get(it.connection) ?? []), ...finds]);
  judgeFound(state, it, due, asked.oldest, at, report);
}

function isLater(it: Delivery, than: Search): boolean {
  const after = than.subscription.answered?.seq ?? Infinity;
  return it.messages.length > 0 && it.messages.every((message) => message.seen.seq > after);
}

function judgeFound(
  state: State,
  it: Delivery,
  due: readonly Search[],
  asked: Moment,
  at: Moment,
  report: Report,
): void {
  const events = [...it.messages.map((each) => each.seen.seq), asked.seq, at.seq];
  const found = { events, connection: it.connection.view };
  const wrong = wrongFind(state.store, state.earlier, it.messages, asked);
  if (wrong === 'nothing') judgeQos(state, it, due, found, report);
  else if (wrong !== 'unknown') fail(report, [wrong.statement], found, wrong.expected, wrong.actual);
}

/** It was stored with its QoS: a find comes at the lower of that and the granted one (MQTT-3.8.4-6). */
function judgeQos(
  state: State,
  it: Delivery,
  due: readonly Search[],
  found: Pick<Observation, 'events' | 'connection'>,
  report: Report,
): void {
  const [message] = it.messages;
  if (message === undefined || it.messages.length > 1) return;
  const { held, opaque } = heldFor(it.session, it.topic);
  const allowed = new Set(held.flatMap((each) => each.subscriptions).flatMap((one) => deliveryQos(one, message)));
  if (allowed.has(it.qos) || opaque || !it.session.known) {
    passFound(state, message, due, found, report);
    return;
  }
  const expected = `${messageText(message)}, retained, at QoS ${[...allowed].join(' or ')}`;
  fail(report, ['MQTT-3.3.1-5', 'MQTT-3.8.4-6'], found, expected, `it came at QoS ${it.qos}`);
}

function passFound(
  state: State,
  message: Message,
  due: readonly Search[],
  found: Pick<Observation, 'events' | 'connection'>,
  report: Report,
): void {
  const statements = new Set<StatementId>(['MQTT-3.3.1-5', ...due.flatMap((each) => each.statements)]);
  if (message.qos === 0) statements.add('MQTT-3.3.1-7');
  if (state.overlaid.delete(message)) statements.add('MQTT-3.3.1-12');
  state.seenStored.add(message);
  for (const statement of statements) report.pass(statement, found);
}

function fail(
  report: Report,
  statements: readonly StatementId[],
  found: Pick<Observation, 'events' | 'connection'>,
  expected: string,
  actual: string,
): void {
  for (const statement of statements) report.fail(statement, { ...found, expected: [expected], actual });
}

/** The connection, or the run, is over: what was due is missing, what was forbidden stayed away. */
function settle(state: State, it: Search, nowMs: number, report: Report): void {
  const { connection, message, subscription } = it;
  const { effectTimeoutMs, quietMs } = state.parameters;
  const fromMs = subscription.answered?.tMs ?? Infinity;
  const events = [message.seen.seq, subscription.asked.seq, subscription.answered?.seq ?? subscription.asked.seq];
  const found = { events, connection: connection.view };
  const pass = (): void => {
    for (const statement of it.statements) report.pass(statement, found);
  };
  if (it.found === 'forbidden' && it.sentinel !== undefined && stoodFor(connection, it.sentinel.tMs, nowMs, quietMs)) {
    pass();
    return;
  }
  if (!stoodFor(connection, fromMs, nowMs, effectTimeoutMs)) return;
  if (it.found !== 'forbidden' && mayHoldBack(it.session, fromMs, effectTimeoutMs)) return;
  const expected = `${messageText(message)}, retained, for the new subscription ${quoted(subscription.filter)}`;
  const isAlive = wasBrokerAlive(connection, fromMs + effectTimeoutMs);
  if (it.found === 'due') {
    const blamed = it.blamed ?? it.statements;
    if (isAlive) fail(report, blamed, found, expected, 'it never came');
    else mute(report, blamed, { ...found, expected: [expected] });
  } else if (isAlive) {
    if (it.found === 'forbidden') pass();
    else report.warn('MQTT-3.3.1-7', { ...found, expected: [expected], actual: 'the server did not keep it' });
  }
}

function mute(report: Report, statements: readonly StatementId[], found: Omit<Observation, 'actual'>): void {
  for (const it of statements) report.inconclusive(it, { ...found, actual: 'the server said nothing more' });
}
