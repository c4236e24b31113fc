// Each UNSUBSCRIBE gets one UNSUBACK with its identifier, also when there was nothing to delete.
import type { PacketOf } from '../../../wire/packet.ts';
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView } from '../../rule.ts';
import { heard, mayResume } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  /** Every filter that this connection has asked for, granted or not. */
  readonly filters: Set<string>;
}

export const unsuback: ConnectionRule<State> = {
  id: 'unsuback',
  title:
    'Each UNSUBSCRIBE gets an UNSUBACK with its identifier within the response timeout, also when it deletes nothing.',
  judges: 'server',
  scope: 'connection',
  statements: ['MQTT-3.10.4-4', 'MQTT-3.10.4-5', 'MQTT-2.3.1-7'],
  start: (view, parameters) => ({
    view,
    awaiting: new Awaiting(parameters.responseTimeoutMs, 'time to UNSUBACK'),
    filters: new Set(),
  }),
  step(state, event, report) {
    const it = heard('server', event);
    if (it === undefined) return;
    const { packet, seq, tMs } = it;
    if (it.by === 'peer' && packet.type === 'SUBSCRIBE')
      for (const one of packet.subscriptions) state.filters.add(one.filter);
    if (it.by === 'peer' && packet.type === 'UNSUBSCRIBE') {
      const statements = deletesNothing(state, packet)
        ? (['MQTT-3.10.4-4', 'MQTT-3.10.4-5'] as const)
        : (['MQTT-3.10.4-4'] as const);
      for (const filter of packet.filters) state.filters.delete(filter);
      state.awaiting.expect(packet.packetId, { seq, tMs, statements, expected: `UNSUBACK ${packet.packetId}` });
    }
    if (it.by !== 'party' || packet.type !== 'UNSUBACK') return;
    const duty = state.awaiting.met(packet.packetId, it, report);
    if (duty !== undefined) return report.pass('MQTT-2.3.1-7', { events: [duty.seq, seq] });
    if (mayResume(it.view)) return;
    const what = {
      expected: ['the identifier of an open UNSUBSCRIBE'],
      actual: `UNSUBACK ${packet.packetId}`,
      events: [seq],
    };
    report.fail('MQTT-3.10.4-4', what);
    report.fail('MQTT-2.3.1-7', what);
  },
  end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
};

/** Known only where no earlier connection can have left a subscription. */
function deletesNothing(state: State, packet: PacketOf<'UNSUBSCRIBE'>): boolean {
  return !mayResume(state.view) && packet.filters.every((it) => !state.filters.has(it));
}
