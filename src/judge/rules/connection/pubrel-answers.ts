// Whoever receives a PUBREL answers by PUBCOMP, also when it has done so before.
import type { Role } from '../../../spec/statement.ts';
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView } from '../../rule.ts';
import { heard, mayResume, ruleId } from './traffic.ts';
import type { Heard } from './traffic.ts';

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  /** Identifiers of the QoS 2 messages that the peer sent here, and whether PUBREC was seen for them. */
  readonly received: Map<number, boolean>;
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
      received: new Map(),
    }),
    step(state, event, report) {
      const it = heard(judges, event);
      if (it === undefined) return;
      const { packet, seq, tMs } = it;
      notePublish(state, it);
      if (it.by === 'peer' && packet.type === 'PUBREL') {
        // PUBREL answers PUBREC (section 3.6): for an identifier that had none, PUBCOMP is a matter of taste
        // (MQTT311-NN-26). Of one that was not used here, an earlier connection may have seen PUBREC.
        const isOwed = state.received.get(packet.packetId) ?? mayResume(it.view);
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

/** A PUBLISH without DUP begins an exchange of its own, which PUBREC then carries on. */
function notePublish({ received }: State, { by, packet }: Heard): void {
  if (by === 'peer' && packet.type === 'PUBLISH' && packet.qos === 2 && packet.packetId !== undefined) {
    received.set(packet.packetId, packet.dup && received.get(packet.packetId) === true);
  }
  if (by === 'party' && packet.type === 'PUBREC' && received.has(packet.packetId)) received.set(packet.packetId, true);
}
