// A refusal has a listed code and no session, closes the connection, and is the server's last word on it.
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView } from '../../rule.ts';
import { heard } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  refusedSeq?: number;
}

const highestCode = 5;

export const connackRefusal: ConnectionRule<State> = {
  id: 'connack-refusal',
  title:
    'CONNACK codes are 0 to 5; a code other than 0 has session present 0, is followed by nothing, and the server closes within the close timeout.',
  judges: 'server',
  scope: 'connection',
  statements: ['MQTT-3.2.2-4', 'MQTT-3.2.2-5', 'MQTT-3.2.2-6'],
  // Most refusals answer a CONNECT that is illegal on purpose: the duties begin with the refusal itself.
  evenWhenTainted: true,
  start: (view, parameters) => ({ view, awaiting: new Awaiting(parameters.closeTimeoutMs, 'time to close') }),
  step(state, event, report) {
    if (event.kind === 'ended' && event.event.by === 'server') state.awaiting.met('close', event, report);
    const it = heard('server', event);
    if (it?.by !== 'party') return;
    const { packet, seq, tMs } = it;
    if (state.refusedSeq !== undefined) {
      const expected = ['nothing but the close after a CONNACK that refuses'];
      report.fail('MQTT-3.2.2-5', { expected, actual: packet.type, events: [state.refusedSeq, seq] });
      return;
    }
    if (packet.type !== 'CONNACK') return;
    const { returnCode } = packet;
    if (isOfNewerVersion(returnCode, it.view.connect?.protocolLevel ?? 4)) return;
    if (returnCode <= highestCode) report.pass('MQTT-3.2.2-6', { events: [seq] });
    else
      report.fail('MQTT-3.2.2-6', {
        expected: ['a return code from 0 to 5'],
        actual: `return code ${returnCode}`,
        events: [seq],
      });
    if (returnCode === 0) return;
    state.refusedSeq = seq;
    state.awaiting.expect('close', { seq, tMs, statements: ['MQTT-3.2.2-5'], expected: 'the server closes' });
    if (!packet.sessionPresent) report.pass('MQTT-3.2.2-4', { events: [seq] });
    else report.fail('MQTT-3.2.2-4', { expected: ['session present 0'], actual: 'session present 1', events: [seq] });
  },
  end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
};

/** A CONNECT of a newer version may be answered in that version's form, whose codes are 0 and those from 0x80 on. */
function isOfNewerVersion(returnCode: number, protocolLevel: number): boolean {
  return protocolLevel > 4 && (returnCode === 0 || returnCode >= 0x80);
}
