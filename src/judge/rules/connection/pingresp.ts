// Each PINGREQ gets a PINGRESP.
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView } from '../../rule.ts';
import { heard } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
}

export const pingresp: ConnectionRule<State> = {
  id: 'pingresp',
  title: 'Each PINGREQ gets a PINGRESP within the response timeout.',
  judges: 'server',
  scope: 'connection',
  statements: ['MQTT-3.12.4-1'],
  start: (view, parameters) => ({ view, awaiting: new Awaiting(parameters.responseTimeoutMs, 'time to PINGRESP') }),
  step(state, event, report) {
    const it = heard('server', event);
    if (it === undefined) return;
    const { packet, seq, tMs } = it;
    if (packet.type === 'PINGREQ') {
      state.awaiting.expect('PINGRESP', { seq, tMs, statements: ['MQTT-3.12.4-1'], expected: 'PINGRESP' });
    } else if (packet.type === 'PINGRESP') state.awaiting.met('PINGRESP', it, report, 'newest');
  },
  end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
};
