// Judges that a new session is really new: nothing of the client id's discarded session arrives in it.
import type { Report, RoutingRule, RuleParameters } from '../../rule.ts';
import { stoodFor, wasBrokerAlive } from '../routing/absence.ts';
import { newBroker } from '../routing/digest.ts';
import type { Broker } from '../routing/digest.ts';
import { FilterIndex } from '../routing/filter-index.ts';
import { heldFor, isGranted, isOrdinaryFilter } from '../routing/subscriptions.ts';
import type { Delivery, Happening } from '../routing/traffic.ts';
import { quoted, sessionText } from '../routing/words.ts';
import { isOpen } from './state.ts';
import type { Message, Moment, NetworkConnection, Session } from './state.ts';

/** A new session whose client id had another one before. */
interface Fresh {
  readonly session: Session;
  readonly old: Session;
  readonly connection: NetworkConnection;
  /** From here on something of the old session would have come. */
  tempted?: Moment;
  /** Something published later came through. */
  sentinel?: Moment;
}

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  readonly fresh: Map<NetworkConnection, Fresh>;
  index: FilterIndex<Fresh>;
}

/** MQTT-3.1.2-6. */
export const cleanSession: RoutingRule<State> = {
  id: 'session/clean-session',
  title: 'Nothing of a discarded session arrives in the next one.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-3.1.2-6'],
  start: (parameters, shared) => ({
    broker: shared.of(newBroker),
    parameters,
    fresh: new Map(),
    index: new FilterIndex(),
  }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) happened(state, it, report);
  },
  end(state, tMs, report) {
    for (const it of state.fresh.values()) settle(state, it, tMs, report);
  },
};

function happened(state: State, it: Happening, report: Report): void {
  switch (it.what) {
    case 'connected':
      if (it.before !== undefined && it.before !== it.session && it.prior !== 'unknown') {
        begin(state, { session: it.session, old: it.before, connection: it.connection }, it);
      }
      break;
    case 'accepted':
      tempt(state, it.message, it);
      break;
    case 'delivered':
      arrived(state, it.delivery, it, report);
      break;
    case 'released':
      if (it.flight === undefined) releasedOld(state, it.connection, it.packetId, it, report);
      break;
    case 'ended': {
      const fresh = state.fresh.get(it.connection);
      if (fresh !== undefined) settle(state, fresh, it.tMs, report);
      break;
    }
    case 'restarted':
      state.fresh.clear();
      state.index = new FilterIndex();
      break;
    default:
  }
}

function begin(state: State, fresh: Fresh, at: Moment): void {
  const { old, session } = fresh;
  // Where the server lost a session that it had to keep, or kept one, another rule has said so.
  if (!old.clean && !session.clean) return;
  const filters = filtersOf(old);
  const queue = !old.clean && [...old.flights.values()].some(isOpen);
  if (filters.length === 0 && !queue) return;
  if (queue) fresh.tempted = at;
  state.fresh.set(fresh.connection, fresh);
  for (const filter of filters) state.index.add(filter, fresh);
}

function filtersOf(session: Session): readonly string[] {
  return [...session.filters.values()]
    .filter((held) => isOrdinaryFilter(held.filter))
    .filter((held) => held.subscriptions.some((it) => isGranted(it) && it.endAsked === undefined))
    .map((held) => held.filter);
}

/** Only what the server has taken over can be expected to come: what was lost on the way shows nothing. */
function tempt(state: State, message: Message, at: Moment): void {
  if (message.publisher.tainted !== undefined) return;
  for (const it of state.index.matching(message.topic)) {
    if (heldFor(it.session, message.topic).held.length === 0) it.tempted ??= at;
  }
}

function arrived(state: State, it: Delivery, at: Moment, report: Report): void {
  const fresh = state.fresh.get(it.connection);
  if (fresh === undefined || it.connection.tainted !== undefined || it.topic.startsWith('$')) return;
  const { held, opaque } = heldFor(it.session, it.topic);
  if (held.length > 0 || opaque) {
    const { tempted } = fresh;
    const later =
      tempted !== undefined && it.messages.length > 0 && it.messages.every((each) => each.seen.seq > tempted.seq);
    if (later) fresh.sentinel ??= at;
    return;
  }
  if (heldFor(fresh.old, it.topic).held.length === 0) return;
  accuse(state, fresh, `PUBLISH on ${quoted(it.topic)}, which only the session before had subscribed to`, at, report);
}

function releasedOld(state: State, connection: NetworkConnection, packetId: number, at: Moment, report: Report): void {
  const fresh = state.fresh.get(connection);
  const old = fresh?.old.flights.get(packetId);
  if (fresh === undefined || old === undefined || connection.tainted !== undefined || !isOpen(old) || old.qos !== 2)
    return;
  accuse(state, fresh, `PUBREL ${packetId}, which belongs to the session before`, at, report);
}

function accuse(state: State, it: Fresh, actual: string, at: Moment, report: Report): void {
  end(state, it);
  report.fail('MQTT-3.1.2-6', {
    expected: [`nothing of the session that ${sessionText(it.session)} had before`],
    actual,
    events: [it.old.begun.seq, it.session.begun.seq, at.seq],
    connection: it.connection.view,
  });
}

/** The connection is over, and what would have come did not. */
function settle(state: State, it: Fresh, nowMs: number, report: Report): void {
  end(state, it);
  const { effectTimeoutMs, quietMs } = state.parameters;
  const { connection, tempted, sentinel } = it;
  if (tempted === undefined) return;
  const events = [it.old.begun.seq, it.session.begun.seq, tempted.seq];
  const pass = (): void => report.pass('MQTT-3.1.2-6', { events, connection: connection.view });
  if (sentinel !== undefined && stoodFor(connection, sentinel.tMs, nowMs, quietMs)) pass();
  else if (stoodFor(connection, tempted.tMs, nowMs, effectTimeoutMs)) {
    if (wasBrokerAlive(connection, tempted.tMs + effectTimeoutMs)) pass();
  }
}

function end(state: State, it: Fresh): void {
  state.fresh.delete(it.connection);
  for (const filter of it.old.filters.keys()) state.index.remove(filter, it);
}
