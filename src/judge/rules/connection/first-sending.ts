// The first sending of a QoS 1 or 2 message has DUP 0.
import type { Role } from '../../../spec/statement.ts';
import type { ConnectionRule } from '../../rule.ts';
import { crossedItsAnswer, newLiveIds, requestedId, track } from './live-ids.ts';
import type { LiveIds } from './live-ids.ts';
import { heard, mayResume, ruleId } from './traffic.ts';

/** DUP of first sendings by one party. */
export function firstSending(judges: Role): ConnectionRule<LiveIds> {
  return {
    id: ruleId(judges, 'first-sending'),
    title: `The ${judges} first sends a QoS 1 or 2 message with DUP 0.`,
    judges,
    scope: 'connection',
    statements: ['MQTT-4.3.2-1', 'MQTT-4.3.3-1'],
    start: newLiveIds,
    step(ids, event, report) {
      const it = heard(judges, event);
      if (it === undefined) return;
      const { packet, seq } = it;
      const id = it.by === 'party' && packet.type === 'PUBLISH' ? requestedId(packet) : undefined;
      if (packet.type === 'PUBLISH' && id !== undefined && !ids.live.has(id) && !crossedItsAnswer(ids, packet)) {
        const statement = packet.qos === 1 ? 'MQTT-4.3.2-1' : 'MQTT-4.3.3-1';
        if (!packet.dup) report.pass(statement, { events: [seq] });
        // In a session that goes on it may be the re-send of what an earlier connection sent.
        else if (!mayResume(it.view)) {
          report.fail(statement, { expected: ['DUP 0 on the first sending'], actual: 'DUP 1', events: [seq] });
        }
      }
      track(ids, it);
    },
    end: () => undefined,
  };
}
