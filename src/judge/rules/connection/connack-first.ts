// A server's first packet is CONNACK, and a CONNECT gets exactly one.
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView } from '../../rule.ts';
import { heard } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  /** `seq` of the server's first packet and of its first CONNACK. */
  firstSeq?: number;
  connackSeq?: number;
}

export const connackFirst: ConnectionRule<State> = {
  id: 'connack-first',
  title:
    'The first packet from the server is CONNACK; a valid CONNECT gets one within the response timeout, and no second.',
  judges: 'server',
  scope: 'connection',
  statements: ['MQTT-3.2.0-1', 'MQTT-3.1.4-4'],
  start: (view, parameters) => ({ view, awaiting: new Awaiting(parameters.responseTimeoutMs, 'time to CONNACK') }),
  step(state, event, report) {
    const it = heard('server', event);
    if (it === undefined) return;
    const { packet, seq, tMs } = it;
    if (it.by === 'peer') {
      // Another protocol name or version may be left without an answer (MQTT-3.1.2-1).
      if (packet.type !== 'CONNECT' || packet.protocolName !== 'MQTT' || packet.protocolLevel !== 4) return;
      // Two ways to end well: code 0, or another code and a close, which other rules judge.
      state.awaiting.expect('CONNACK', { seq, tMs, statements: ['MQTT-3.1.4-4'], expected: 'CONNACK' });
      return;
    }
    if (state.firstSeq === undefined) {
      state.firstSeq = seq;
      if (packet.type === 'CONNACK') report.pass('MQTT-3.2.0-1', { events: [seq] });
      else report.fail('MQTT-3.2.0-1', { expected: ['CONNACK first'], actual: `${packet.type} first`, events: [seq] });
    }
    if (packet.type !== 'CONNACK') return;
    if (state.connackSeq !== undefined) {
      const events = [state.connackSeq, seq];
      report.fail('MQTT-3.1.4-4', { expected: ['one CONNACK'], actual: 'a further CONNACK', events });
      return;
    }
    state.connackSeq = seq;
    if (packet.returnCode === 0) state.awaiting.met('CONNACK', it, report);
    else state.awaiting.drop('CONNACK');
  },
  end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
};
