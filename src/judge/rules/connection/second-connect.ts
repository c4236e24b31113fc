// A second CONNECT on a session that is connected ends the connection.
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView } from '../../rule.ts';
import { heard } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  accepted: boolean;
  secondSeq?: number;
}

export const secondConnect: ConnectionRule<State> = {
  id: 'second-connect',
  title: 'A CONNECT on a connected session makes the server close within the close timeout, and is not accepted.',
  judges: 'server',
  scope: 'connection',
  statements: ['MQTT-3.1.0-2'],
  evenWhenTainted: true,
  start: (view, parameters) => ({
    view,
    awaiting: new Awaiting(parameters.closeTimeoutMs, 'time to close'),
    accepted: false,
  }),
  step(state, event, report) {
    if (event.kind === 'ended' && event.event.by === 'server') state.awaiting.met('close', event, report);
    const it = heard('server', event);
    if (it === undefined) return;
    const { packet, seq, tMs } = it;
    if (packet.type === 'CONNECT' && state.accepted && state.secondSeq === undefined) {
      state.secondSeq = seq;
      const expected = 'the server closes after a second CONNECT';
      state.awaiting.expect('close', { seq, tMs, statements: ['MQTT-3.1.0-2'], expected });
    }
    if (packet.type !== 'CONNACK' || packet.returnCode !== 0) return;
    if (state.secondSeq === undefined) state.accepted = true;
    else {
      const expected = ['the server closes after a second CONNECT'];
      report.fail('MQTT-3.1.0-2', { expected, actual: 'it accepts a second time', events: [state.secondSeq, seq] });
    }
  },
  end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
};
