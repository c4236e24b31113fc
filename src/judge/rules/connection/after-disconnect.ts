// After DISCONNECT a client sends nothing more and closes.
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView } from '../../rule.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  disconnectSeq?: number;
}

export const afterDisconnect: ConnectionRule<State> = {
  id: 'client-after-disconnect',
  title: 'After DISCONNECT the client sends nothing, and closes within the close timeout.',
  judges: 'client',
  scope: 'connection',
  statements: ['MQTT-3.14.4-1', 'MQTT-3.14.4-2'],
  start: (view, parameters) => ({ view, awaiting: new Awaiting(parameters.closeTimeoutMs, 'time to close') }),
  step(state, event, report) {
    const { disconnectSeq } = state;
    if (event.kind === 'ended' && disconnectSeq !== undefined) {
      if (event.event.by === 'client') state.awaiting.met('close', event, report);
      report.pass('MQTT-3.14.4-2', { events: [disconnectSeq, event.seq] });
    }
    if (event.kind !== 'packet' || event.seen.direction !== 'toServer') return;
    const { seq, tMs } = event;
    if (disconnectSeq !== undefined) {
      const actual = event.seen.packet?.type ?? 'bytes that are no packet';
      report.fail('MQTT-3.14.4-2', { expected: ['nothing after DISCONNECT'], actual, events: [disconnectSeq, seq] });
    } else if (event.seen.packet?.type === 'DISCONNECT') {
      state.disconnectSeq = seq;
      state.awaiting.expect('close', { seq, tMs, statements: ['MQTT-3.14.4-1'], expected: 'the client closes' });
    }
  },
  end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
};
