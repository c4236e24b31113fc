// Judges DUP on the first copy of a delivery: it says whether the server repeats itself, not what the publisher did.
import type { Report, RoutingRule } from '../../rule.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import type { Delivery } from './traffic.ts';
import type { Moment } from '../session/state.ts';
import { messageText } from './words.ts';

interface State {
  readonly broker: Broker;
}

/** MQTT-3.3.1-3 and MQTT-4.3.1-1. A first DUP that nobody set is a matter of one connection alone. */
export const dupFlag: RoutingRule<State> = {
  id: 'routing/dup-flag',
  title: 'The first copy of a delivery has DUP 0, whatever the publisher set.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-3.3.1-3', 'MQTT-4.3.1-1'],
  start: (_, shared) => ({ broker: shared.of(newBroker) }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) if (it.what === 'delivered') judge(it.delivery, it, report);
  },
  end: () => undefined,
};

function judge(it: Delivery, at: Moment, report: Report): void {
  const { connection, session } = it;
  const [message] = it.messages;
  if (it.again || connection.tainted !== undefined || message === undefined) return;
  const found = { events: [message.seen.seq, at.seq], connection: connection.view };
  const expected = [`the first copy of ${messageText(message)} with DUP 0`];
  const actual = it.dup ? 'DUP is 1' : '';
  if (it.qos === 0) {
    if (it.dup) report.fail('MQTT-4.3.1-1', { ...found, expected, actual });
    else report.pass('MQTT-4.3.1-1', found);
  }
  // An earlier connection of the session may have had a copy that the bench could not see.
  const since = connection.accepted?.seq ?? Infinity;
  const isFirst = session.begun.seq >= since || it.messages.every((each) => each.seen.seq > since);
  if (!isFirst || connection.impaired || !session.known) return;
  if (!it.messages.every((each) => each.dup)) return;
  if (it.dup) report.fail('MQTT-3.3.1-3', { ...found, expected, actual });
  else report.pass('MQTT-3.3.1-3', found);
}
