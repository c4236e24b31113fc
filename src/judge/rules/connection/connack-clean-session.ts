// Whoever asks for a clean session is told that none is present.
import type { ConnectionRule } from '../../rule.ts';
import { heard } from './traffic.ts';

export const connackCleanSession: ConnectionRule<undefined> = {
  id: 'connack-clean-session',
  title: 'A CONNECT with CleanSession 1 is accepted with session present 0.',
  judges: 'server',
  scope: 'connection',
  statements: ['MQTT-3.2.2-1'],
  start: () => undefined,
  step(_state, event, report) {
    const it = heard('server', event);
    if (it?.by !== 'party' || it.packet.type !== 'CONNACK' || it.packet.returnCode !== 0) return;
    // MQTT 3.1 knows no session-present flag.
    if (it.view.connect?.cleanSession !== true || it.view.connect.protocolLevel !== 4) return;
    if (!it.packet.sessionPresent) report.pass('MQTT-3.2.2-1', { events: [it.seq] });
    else {
      const expected = ['session present 0, for CONNECT had CleanSession 1'];
      report.fail('MQTT-3.2.2-1', { expected, actual: 'session present 1', events: [it.seq] });
    }
  },
  end: () => undefined,
};
