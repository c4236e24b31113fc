// A client acknowledges in the order in which the messages came.
import type { ConnectionRule, Report } from '../../rule.ts';
import { heard } from './traffic.ts';

interface Received {
  readonly id: number;
  readonly seq: number;
}

interface State {
  readonly PUBACK: Received[];
  readonly PUBREC: Received[];
}

const statementOf = { PUBACK: 'MQTT-4.6.0-2', PUBREC: 'MQTT-4.6.0-3' } as const;

export const ackOrder: ConnectionRule<State> = {
  id: 'client-ack-order',
  title: 'The client sends PUBACKs and PUBRECs each in the order of the messages.',
  judges: 'client',
  scope: 'connection',
  statements: ['MQTT-4.6.0-2', 'MQTT-4.6.0-3'],
  start: () => ({ PUBACK: [], PUBREC: [] }),
  step(state, event, report) {
    const it = heard('client', event);
    if (it === undefined) return;
    const { packet, seq } = it;
    if (it.by === 'peer' && packet.type === 'PUBLISH' && packet.packetId !== undefined) {
      const queue = packet.qos === 1 ? state.PUBACK : state.PUBREC;
      // A copy that was sent again keeps its first place.
      if (!queue.some((one) => one.id === packet.packetId)) queue.push({ id: packet.packetId, seq });
    }
    if (it.by !== 'party' || (packet.type !== 'PUBACK' && packet.type !== 'PUBREC')) return;
    judgePlace(packet.type, state[packet.type], { id: packet.packetId, seq }, report);
  },
  end: () => undefined,
};

function judgePlace(type: keyof State, queue: Received[], answer: Received, report: Report): void {
  const place = queue.findIndex((it) => it.id === answer.id);
  const next = queue[0];
  if (place < 0 || next === undefined) return;
  const events = [next.seq, answer.seq];
  if (place > 0)
    report.fail(statementOf[type], { expected: [`${type} ${next.id} next`], actual: `${type} ${answer.id}`, events });
  else if (queue.length > 1) report.pass(statementOf[type], { events });
  queue.splice(place, 1);
}
