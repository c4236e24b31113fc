// PUBRELs go out in the order in which the PUBRECs came.
import type { Role, StatementId } from '../../../spec/statement.ts';
import type { ConnectionRule } from '../../rule.ts';
import { heard, ruleId } from './traffic.ts';

interface State {
  /** Identifiers of the party's exchanges, until PUBCOMP: a PUBLISH that is sent again begins none. */
  readonly begun: Set<number>;
  /** QoS 2 messages of the party that no PUBREC has answered yet. */
  readonly published: Set<number>;
  /** PUBRECs that no PUBREL has answered yet, in order. */
  readonly received: { readonly id: number; readonly seq: number }[];
}

/** Order of one party's PUBRELs. MQTT-4.6.0-4 binds clients; a server owes the same through MQTT-4.6.0-6. */
export function pubrelOrder(judges: Role): ConnectionRule<State> {
  const statements: readonly StatementId[] = judges === 'server' ? ['MQTT-4.6.0-4', 'MQTT-4.6.0-6'] : ['MQTT-4.6.0-4'];
  return {
    id: ruleId(judges, 'pubrel-order'),
    title: `The ${judges} sends PUBRELs in the order in which the PUBRECs came.`,
    judges,
    scope: 'connection',
    statements,
    start: () => ({ begun: new Set(), published: new Set(), received: [] }),
    step(state, event, report) {
      const it = heard(judges, event);
      if (it === undefined) return;
      const { packet, seq } = it;
      if (it.by === 'party' && packet.type === 'PUBLISH' && packet.qos === 2) begin(state, packet.packetId ?? 0);
      if (it.by === 'peer' && packet.type === 'PUBCOMP') state.begun.delete(packet.packetId);
      if (it.by === 'peer' && packet.type === 'PUBREC') receive(state, packet.packetId, seq);
      if (it.by !== 'party' || packet.type !== 'PUBREL') return;
      const place = state.received.findIndex((one) => one.id === packet.packetId);
      const next = state.received[0];
      if (place < 0 || next === undefined) return;
      const events = [next.seq, seq];
      for (const statement of statements) {
        // A single one has no order.
        if (place === 0 && state.received.length > 1) report.pass(statement, { events });
        if (place > 0)
          report.fail(statement, { expected: [`PUBREL ${next.id} next`], actual: `PUBREL ${packet.packetId}`, events });
      }
      state.received.splice(place, 1);
    },
    end: () => undefined,
  };
}

function begin(state: State, id: number): void {
  if (state.begun.has(id)) return;
  state.begun.add(id);
  state.published.add(id);
}

function receive(state: State, id: number, seq: number): void {
  const isNew = state.published.delete(id) && !state.received.some((it) => it.id === id);
  if (isNew) state.received.push({ id, seq });
}
