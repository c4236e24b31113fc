// A client's first packet is CONNECT.
import type { ConnectionRule } from '../../rule.ts';

export const connectFirst: ConnectionRule<{ begun: boolean }> = {
  id: 'client-connect-first',
  title: 'The first packet from the client is CONNECT.',
  judges: 'client',
  scope: 'connection',
  statements: ['MQTT-3.1.0-1'],
  start: () => ({ begun: false }),
  step(state, event, report) {
    if (event.kind !== 'packet' || event.seen.direction !== 'toServer' || state.begun) return;
    state.begun = true;
    const type = event.seen.packet?.type ?? 'bytes that are no packet';
    if (type === 'CONNECT') report.pass('MQTT-3.1.0-1', { events: [event.seq] });
    else report.fail('MQTT-3.1.0-1', { expected: ['CONNECT first'], actual: `${type} first`, events: [event.seq] });
  },
  end: () => undefined,
};
