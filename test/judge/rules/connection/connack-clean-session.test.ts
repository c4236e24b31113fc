// Session present beside CleanSession 1.
import { expect, test } from 'vitest';
import { connackCleanSession } from '../../../../src/judge/rules/connection/connack-clean-session.ts';
import { verdicts } from '../../history-of.ts';
import { connack, connect } from '../../packets.ts';

const id = 'MQTT-3.2.2-1';

test.each([
  ['a clean session without a session passes', connect(), connack(0, false), 'pass'],
  ['a clean session with one fails', connect(), connack(0, true), 'fail'],
  ['a session that is asked for may be present', connect({ cleanSession: false }), connack(0, true), undefined],
  ['a refusal is judged elsewhere', connect(), connack(2, true), undefined],
  ['MQTT 3.1 knows no such flag', connect({ protocolName: 'MQIsdp', protocolLevel: 3 }), connack(0, true), undefined],
])('%s', (_name, asked, answer, verdict) => {
  expect(verdicts(connackCleanSession, (h) => h.conn('A').client(asked).server(answer))[id]).toBe(verdict);
});
