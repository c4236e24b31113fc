// Judges that a CONNECT with a client id in use ends the older connection.
import type { Report, RoutingRule, RuleParameters } from '../../rule.ts';
import { newBroker } from '../routing/digest.ts';
import type { Broker } from '../routing/digest.ts';
import type { Happening } from '../routing/traffic.ts';
import { quoted } from '../routing/words.ts';
import type { Moment, NetworkConnection } from './state.ts';

interface State {
  readonly broker: Broker;
  readonly parameters: RuleParameters;
  /** Connections that a newer one of the same client id has replaced, with its CONNACK. */
  readonly replaced: Map<NetworkConnection, Moment>;
}

/** MQTT-3.1.4-2. */
export const takeOver: RoutingRule<State> = {
  id: 'session/take-over',
  title: 'A CONNECT with the client id of a connected client ends the older connection.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-3.1.4-2'],
  start: (parameters, shared) => ({ broker: shared.of(newBroker), parameters, replaced: new Map() }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) happened(state, it, report);
  },
  end(state, tMs, report) {
    for (const [older, by] of state.replaced) stillOpen(state, older, by, tMs, report);
  },
};

function happened(state: State, it: Happening, report: Report): void {
  if (it.what === 'restarted') state.replaced.clear();
  if (it.what === 'connected' && it.older !== undefined && it.older.disconnect === undefined) {
    if (!it.connection.contested) state.replaced.set(it.older, it);
  }
  if (it.what !== 'ended') return;
  const { connection } = it;
  const by = state.replaced.get(connection);
  state.replaced.delete(connection);
  if (by !== undefined) closed(state, connection, by, it, report);
  else if (connection.ended?.by === 'server' && isAwaited(state, connection)) {
    report.pass('MQTT-3.1.4-2', { events: [it.seq], connection: connection.view });
  }
}

/** A server may close the older connection before it answers the newer one. */
function isAwaited(state: State, connection: NetworkConnection): boolean {
  const clientId = connection.view.connect?.clientId;
  if (clientId === undefined || connection.accepted === undefined || connection.disconnect !== undefined) return false;
  return connection.tainted === undefined && state.broker.traffic.sessions.waiting.has(clientId);
}

function closed(state: State, older: NetworkConnection, by: Moment, at: Moment, report: Report): void {
  if (older.ended?.by !== 'server') {
    stillOpen(state, older, by, older.disconnect?.tMs ?? at.tMs, report);
    return;
  }
  const limitMs = state.parameters.closeTimeoutMs;
  const delayMs = at.tMs - by.tMs;
  const measured = [{ name: 'close after take-over', unit: 'ms', value: delayMs, limit: { max: limitMs } }];
  const found = { events: [by.seq, at.seq], connection: older.view, measured };
  if (delayMs <= limitMs) report.pass('MQTT-3.1.4-2', found);
  else {
    const expected = [`the older connection closed within ${limitMs} ms after the newer CONNACK`];
    report.warn('MQTT-3.1.4-2', { ...found, expected, actual: `closed after ${Math.round(delayMs)} ms` });
  }
}

function stillOpen(state: State, older: NetworkConnection, by: Moment, nowMs: number, report: Report): void {
  const openMs = nowMs - by.tMs;
  if (older.impaired || openMs < state.parameters.closeTimeoutMs) return;
  const id = quoted(older.view.connect?.clientId ?? '');
  const observation = {
    expected: [`the older connection of client id ${id} closed by the server`],
    events: [...(older.accepted === undefined ? [] : [older.accepted.seq]), by.seq],
    connection: older.view,
    measured: [
      { name: 'open after take-over', unit: 'ms', value: openMs, limit: { max: state.parameters.closeTimeoutMs } },
    ],
  };
  const actual = `still open ${Math.round(openMs)} ms after the newer one was accepted`;
  if ((older.lastSignMs ?? older.view.party.lastPacketMs) > by.tMs)
    report.fail('MQTT-3.1.4-2', { ...observation, actual });
  else report.inconclusive('MQTT-3.1.4-2', { ...observation, actual: `${actual}, and nothing more came from it` });
}
