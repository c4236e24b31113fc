// Whoever receives a PUBREL answers by PUBCOMP, also when it has done so before.
import type { Role } from '../../../spec/statement.ts';
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView } from '../../rule.ts';
import { heard, mayResume, ruleId } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  /** Identifiers of the QoS 2 messages that the peer sent here. */
  readonly received: Set<number>;
}

/** PUBCOMP of one party. */
export function pubrelAnswers(judges: Role): ConnectionRule<State> {
  return {
    id: ruleId(judges, 'pubrel-answers'),
    title: `The ${judges} answers each PUBREL by PUBCOMP with its identifier within the response timeout.`,
    judges,
    scope: 'connection',
    statements: ['MQTT-4.3.3-2'],
    start: (view, parameters) => ({
      view,
      awaiting: new Awaiting(parameters.responseTimeoutMs, 'time to PUBCOMP'),
      received: new Set(),
    }),
    step(state, event, report) {
      const it = heard(judges, event);
      if (it === undefined) return;
      const { packet, seq, tMs } = it;
      if (it.by === 'peer' && packet.type === 'PUBLISH' && packet.qos === 2) state.received.add(packet.packetId ?? 0);
      if (it.by === 'peer' && packet.type === 'PUBREL') {
        // For an identifier that was never used an answer is a matter of taste (MQTT311-NN-26).
        const isOwed = state.received.has(packet.packetId) || mayResume(it.view);
        const statements = isOwed ? (['MQTT-4.3.3-2'] as const) : [];
        state.awaiting.expect(packet.packetId, { seq, tMs, statements, expected: `PUBCOMP ${packet.packetId}` });
      }
      if (it.by !== 'party' || packet.type !== 'PUBCOMP') return;
      if (state.awaiting.met(packet.packetId, it, report) !== undefined) return;
      const expected = ['the identifier of a PUBREL that waits for its answer'];
      report.fail('MQTT-4.3.3-2', { expected, actual: `PUBCOMP ${packet.packetId}`, events: [seq] });
    },
    end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
  };
}
