// A new packet takes an identifier that is not in use; a re-send on the same connection keeps its own and says so.
import type { Role, StatementId } from '../../../spec/statement.ts';
import type { Packet } from '../../../wire/packet.ts';
import type { ConnectionRule, Report } from '../../rule.ts';
import { crossedItsAnswer, newLiveIds, requestedId, sameMessage, track } from './live-ids.ts';
import type { LiveIds, Occupant } from './live-ids.ts';
import { heard, ruleId } from './traffic.ts';
import type { Heard } from './traffic.ts';

/** Use of packet identifiers by one party. */
export function packetIds(judges: Role): ConnectionRule<LiveIds> {
  const unused = judges === 'server' ? 'MQTT-2.3.1-4' : 'MQTT-2.3.1-2';
  const judgeReuse = (it: Heard, id: number, by: Occupant, report: Report): void => {
    const events = [by.seq, it.seq];
    const isResend = it.packet.type === 'PUBLISH' && sameMessage(by.packet, it.packet);
    if (isResend && it.packet.type === 'PUBLISH') {
      if (it.packet.dup) report.pass('MQTT-3.3.1-1', { events });
      else report.fail('MQTT-3.3.1-1', { expected: ['DUP 1 on a re-send'], actual: 'DUP 0', events });
      return;
    }
    const expected = ['an identifier that is not in use'];
    const actual = `${id}, while ${by.packet.type} ${id} is unanswered`;
    const statements: readonly StatementId[] = [unused, ...deliveryOf(it.packet)];
    for (const statement of statements) report.fail(statement, { expected, actual, events });
  };
  return {
    id: ruleId(judges, 'packet-ids'),
    title: `The ${judges} never gives a new packet an identifier that is in use, and re-sends with DUP 1.`,
    judges,
    scope: 'connection',
    statements: [unused, 'MQTT-3.3.1-1', 'MQTT-4.3.2-1', 'MQTT-4.3.3-1'],
    start: newLiveIds,
    step(ids, event, report) {
      const it = heard(judges, event);
      if (it === undefined) return;
      const id = it.by === 'party' ? requestedId(it.packet) : undefined;
      const by = id === undefined ? undefined : ids.live.get(id);
      if (id !== undefined && by !== undefined) judgeReuse(it, id, by, report);
      // Only beside another live identifier is there anything to choose.
      else if (id !== undefined && ids.live.size > 0 && !crossedItsAnswer(ids, it.packet))
        report.pass(unused, { events: [it.seq] });
      track(ids, it);
    },
    end: () => undefined,
  };
}

/** The delivery protocols ask for an unused identifier once more, in their own words. */
function deliveryOf(packet: Packet): readonly StatementId[] {
  if (packet.type !== 'PUBLISH') return [];
  return [packet.qos === 1 ? 'MQTT-4.3.2-1' : 'MQTT-4.3.3-1'];
}
