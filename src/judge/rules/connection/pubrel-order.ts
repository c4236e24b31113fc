// PUBRELs go out in the order in which the PUBRECs came.
import type { Role, StatementId } from '../../../spec/statement.ts';
import type { Publish } from '../../../wire/packet.ts';
import type { ConnectionRule } from '../../rule.ts';
import { heard, ruleId } from './traffic.ts';

interface State {
  /** Identifiers of the party's exchanges, until PUBCOMP: a PUBLISH that is sent again begins none. */
  readonly begun: Set<number>;
  /** Topics of the party's QoS 2 messages that no PUBREC has answered yet, by identifier. */
  readonly published: Map<number, string>;
  /** PUBRECs that no PUBREL has answered yet, in order. */
  readonly received: { readonly id: number; readonly seq: number; readonly topic: string }[];
}

/** Order of one party's PUBRELs. MQTT-4.6.0-4 binds clients; a server owes the same through MQTT-4.6.0-6, topic by topic. */
export function pubrelOrder(judges: Role): ConnectionRule<State> {
  const statements: readonly StatementId[] = judges === 'server' ? ['MQTT-4.6.0-4', 'MQTT-4.6.0-6'] : ['MQTT-4.6.0-4'];
  return {
    id: ruleId(judges, 'pubrel-order'),
    title: `The ${judges} sends PUBRELs in the order in which the PUBRECs came${judges === 'server' ? ', for each topic' : ''}.`,
    judges,
    scope: 'connection',
    statements,
    start: () => ({ begun: new Set(), published: new Map(), received: [] }),
    step(state, event, report) {
      const it = heard(judges, event);
      if (it === undefined) return;
      const { packet, seq } = it;
      if (it.by === 'party' && packet.type === 'PUBLISH' && packet.qos === 2) begin(state, packet);
      if (it.by === 'peer' && packet.type === 'PUBCOMP') state.begun.delete(packet.packetId);
      if (it.by === 'peer' && packet.type === 'PUBREC') receive(state, packet.packetId, seq);
      if (it.by !== 'party' || packet.type !== 'PUBREL') return;
      const found = state.received.find((one) => one.id === packet.packetId);
      const queue = state.received.filter((one) => judges === 'client' || one.topic === found?.topic);
      const [next] = queue;
      if (found === undefined || next === undefined) return;
      const events = [next.seq, seq];
      for (const statement of statements) {
        // A single one has no order.
        if (found === next && queue.length > 1) report.pass(statement, { events });
        if (found !== next)
          report.fail(statement, { expected: [`PUBREL ${next.id} next`], actual: `PUBREL ${packet.packetId}`, events });
      }
      state.received.splice(state.received.indexOf(found), 1);
    },
    end: () => undefined,
  };
}

function begin(state: State, { packetId, topic }: Publish): void {
  if (packetId === undefined || state.begun.has(packetId)) return;
  state.begun.add(packetId);
  state.published.set(packetId, topic);
}

function receive(state: State, id: number, seq: number): void {
  const topic = state.published.get(id);
  if (topic === undefined) return;
  state.published.delete(id);
  if (!state.received.some((it) => it.id === id)) state.received.push({ id, seq, topic });
}
