// A QoS 2 sender answers PUBREC by PUBREL with the same identifier, and never goes back to PUBLISH after that.
import type { Role } from '../../../spec/statement.ts';
import type { PacketOf, Publish } from '../../../wire/packet.ts';
import { Awaiting } from '../../awaiting.ts';
import type { ConnectionRule, ConnectionView, Report } from '../../rule.ts';
import { sameMessage } from './live-ids.ts';
import { heard, mayResume, ruleId } from './traffic.ts';
import type { Heard } from './traffic.ts';

interface Exchange {
  readonly seq: number;
  readonly publish?: Publish;
  stage: 'published' | 'received' | 'released' | 'complete';
}

interface State {
  readonly view: ConnectionView;
  readonly awaiting: Awaiting;
  readonly exchanges: Map<number, Exchange>;
}

/** The sender's half of QoS 2 within one connection. */
export function qos2Sender(judges: Role): ConnectionRule<State> {
  return {
    id: ruleId(judges, 'qos2-sender'),
    title: `The ${judges} answers PUBREC by PUBREL within the response timeout, and does not PUBLISH the message again after it.`,
    judges,
    scope: 'connection',
    statements: ['MQTT-4.3.3-1', 'MQTT-2.3.1-6'],
    start: (view, parameters) => ({
      view,
      awaiting: new Awaiting(parameters.responseTimeoutMs, 'time to PUBREL'),
      exchanges: new Map(),
    }),
    step(state, event, report) {
      const it = heard(judges, event);
      if (it === undefined) return;
      const { packet } = it;
      if (it.by === 'party' && packet.type === 'PUBLISH' && packet.qos === 2) published(state, it, packet, report);
      else if (it.by === 'party' && packet.type === 'PUBREL') released(state, it, packet, report);
      else if (it.by === 'peer' && packet.type === 'PUBREC') received(state, it, packet);
      else if (it.by === 'peer' && packet.type === 'PUBCOMP') completed(state, packet);
    },
    end: (state, tMs, report) => state.awaiting.end(state.view, tMs, report),
  };
}

function published(state: State, it: Heard, packet: Publish, report: Report): void {
  if (packet.packetId === undefined) return;
  const before = state.exchanges.get(packet.packetId);
  // Another message under this identifier is for the rule packet-ids.
  const isAgain = before?.publish !== undefined && (packet.dup || sameMessage(before.publish, packet));
  if (before?.stage === 'released' && isAgain) {
    const events = [before.seq, it.seq];
    const expected = ['no PUBLISH once its PUBREL was sent'];
    report.fail('MQTT-4.3.3-1', { expected, actual: `PUBLISH ${packet.packetId} again`, events });
    return;
  }
  if (before?.stage === 'received' && isAgain) return; // It may have crossed the PUBREC.
  state.exchanges.set(packet.packetId, { seq: it.seq, publish: packet, stage: 'published' });
}

function received(state: State, it: Heard, { packetId }: PacketOf<'PUBREC'>): void {
  const exchange = state.exchanges.get(packetId) ?? { seq: it.seq, stage: 'received' };
  state.exchanges.set(packetId, exchange);
  if (exchange.stage !== 'published') return;
  exchange.stage = 'received';
  const { seq, tMs } = it;
  state.awaiting.expect(packetId, { seq, tMs, statements: ['MQTT-4.3.3-1'], expected: `PUBREL ${packetId}` });
}

function released(state: State, it: Heard, { packetId }: PacketOf<'PUBREL'>, report: Report): void {
  const exchange = state.exchanges.get(packetId);
  const duty = state.awaiting.met(packetId, it, report);
  if (duty !== undefined) report.pass('MQTT-2.3.1-6', { events: [duty.seq, it.seq] });
  if (exchange === undefined && !mayResume(state.view)) {
    const expected = ['the identifier of a PUBLISH that was sent'];
    report.fail('MQTT-2.3.1-6', { expected, actual: `PUBREL ${packetId}`, events: [it.seq] });
  }
  if (exchange?.stage === 'published') {
    const events = [exchange.seq, it.seq];
    report.fail('MQTT-4.3.3-1', { expected: ['PUBREL after PUBREC'], actual: `PUBREL ${packetId} before it`, events });
  }
  if (exchange === undefined) state.exchanges.set(packetId, { seq: it.seq, stage: 'released' });
  else if (exchange.stage !== 'complete') exchange.stage = 'released';
}

function completed(state: State, { packetId }: PacketOf<'PUBCOMP'>): void {
  const exchange = state.exchanges.get(packetId);
  if (exchange !== undefined) exchange.stage = 'complete';
}
