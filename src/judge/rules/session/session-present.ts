// Judges the session present flag against what the server must have stored for the client id.
import type { StatementId } from '../../../spec/statement.ts';
import type { Report, RoutingRule, RuleParameters } from '../../rule.ts';
import { newBroker } from '../routing/digest.ts';
import type { Broker } from '../routing/digest.ts';
import type { Happening } from '../routing/traffic.ts';
import { isGranted } from '../routing/subscriptions.ts';
import { quoted } from '../routing/words.ts';
import { DeniedSessions } from './denied-session.ts';
import { isOpen } from './state.ts';
import type { Session } from './state.ts';

interface State {
  readonly broker: Broker;
  readonly denied: DeniedSessions;
}

type Connected = Happening & { readonly what: 'connected' };

const stored: readonly StatementId[] = ['MQTT-3.2.2-2'];
const resumed: readonly StatementId[] = ['MQTT-3.2.2-2', 'MQTT-3.1.2-4', 'MQTT-3.1.4-3'];
const fresh: readonly StatementId[] = ['MQTT-3.2.2-3', 'MQTT-3.1.2-6', 'MQTT-3.1.4-3'];
const discarded: readonly StatementId[] = ['MQTT-3.1.2-6', 'MQTT-3.1.4-3'];

/** MQTT-3.2.2-2 and MQTT-3.2.2-3, and what they show of MQTT-3.1.2-4, MQTT-3.1.2-6 and MQTT-3.1.4-3. */
export const sessionPresent: RoutingRule<State> = {
  id: 'session/session-present',
  title: 'CONNACK says whether the server holds a session for the client id, and CleanSession decides whether it does.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-3.2.2-2', 'MQTT-3.2.2-3', 'MQTT-3.1.2-4', 'MQTT-3.1.2-6', 'MQTT-3.1.4-3'],
  start: (parameters: RuleParameters, shared) => {
    const broker = shared.of(newBroker);
    return { broker, denied: new DeniedSessions(broker, parameters.effectTimeoutMs) };
  },
  step(state, event, report) {
    for (const it of state.broker.take(event)) {
      if (it.what === 'connected') judge(state, it, report);
      state.denied.take(it, report);
    }
  },
  end: (state, tMs, report) => state.denied.end(tMs, report),
};

function judge(state: State, it: Connected, report: Report): void {
  const { view, connect, tainted } = it.connection;
  // MQTT 3.1 has no such flag.
  if (view.connect?.protocolLevel !== 4 || connect === undefined || tainted !== undefined || it.before === undefined)
    return;
  const events = [it.before.begun.seq, connect.seq, it.seq];
  const who = `client id ${quoted(view.connect.clientId)}`;
  const say = (statements: readonly StatementId[], present: boolean, why: string): void => {
    for (const statement of statements) {
      if (it.sessionPresent === present) report.pass(statement, { events, connection: view });
      else {
        const expected = [`session present ${present ? 1 : 0}: ${who} ${why}`];
        report.fail(statement, { expected, actual: `session present ${present ? 0 : 1}`, events, connection: view });
      }
    }
  };
  if (it.prior === 'unknown') return;
  if (view.connect.cleanSession) {
    if (it.prior === 'stored') say(discarded, false, 'asked for a clean session');
  } else if (it.prior === 'stored') {
    // A session exists even when it is empty; but whether it is resumed matters only where it held something. A server
    // may resume it and not say so: that shows in what it delivers.
    say(it.sessionPresent && holdsState(it.before) ? resumed : stored, true, 'left a session with CleanSession 0');
    if (!it.sessionPresent) state.denied.add(it.before, it.connection, it);
  } else say(fresh, false, 'last had a session with CleanSession 1, which ended with its connection');
}

function holdsState(session: Session): boolean {
  const subscribed = [...session.filters.values()].some((held) => {
    const it = held.subscriptions.at(-1);
    return it !== undefined && isGranted(it) && it.endAsked === undefined;
  });
  return subscribed || [...session.flights.values()].some((it) => isOpen(it));
}
