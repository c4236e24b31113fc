// Judges one retained copy that came: which SUBSCRIBE it may answer, and whether the topic could still hold it then.
import type { StatementId } from '../../../spec/statement.ts';
import { isOpen } from '../session/state.ts';
import type { Message, Moment } from '../session/state.ts';
import type { RetainedStore } from './retained-store.ts';
import { heldFor } from './subscriptions.ts';
import type { Delivery } from './traffic.ts';
import { messageText, quoted } from './words.ts';

/**
 * The SUBSCRIBE packets that a retained copy may answer. Behind a SUBACK it may lag: a newer SUBSCRIBE can be on its
 * way already, and what was current for the older one is right.
 */
export function answerable(
  it: Delivery,
  at: Moment,
  effectTimeoutMs: number,
): { readonly oldest: Moment; readonly newest: Moment } | undefined {
  const matching = heldFor(it.session, it.topic).held.flatMap((each) => each.subscriptions);
  const byAge = matching.toSorted((a, b) => a.asked.seq - b.asked.seq);
  const newest = byAge.at(-1);
  if (newest === undefined) return undefined;
  const owes = [...it.session.flights.values()].some((flight) => flight !== it.flight && isOpen(flight));
  const oldest = byAge.find((one) => {
    const mayBeQueued = it.qos > 0 && (owes || one.connection !== it.connection);
    return mayBeQueued || at.tMs - (one.answered?.tMs ?? at.tMs) <= effectTimeoutMs;
  });
  return { oldest: (oldest ?? newest).asked, newest: newest.asked };
}

/** A find that the standard rules out. */
interface Wrong {
  readonly statement: StatementId;
  readonly expected: string;
  readonly actual: string;
}

/**
 * What is wrong with finding this: it is empty, was never stored, or had been replaced before it was asked for.
 *
 * @param earlier topics that had a retained message before the server was stopped, which may have kept it.
 */
export function wrongFind(
  store: RetainedStore,
  earlier: ReadonlySet<string>,
  messages: readonly Message[],
  asked: Moment,
): Wrong | 'nothing' | 'unknown' {
  const [message] = messages;
  const settled = messages.every((each) => store.isSettled(each, asked));
  if (message === undefined) return 'unknown';
  if (message.lengthB === 0) {
    if (!settled) return 'unknown';
    const expected = 'no retained message without payload';
    return { statement: 'MQTT-3.3.1-11', expected, actual: 'an empty message with RETAIN 1 came' };
  }
  const stored = messages.filter((each) => each.retain);
  if (stored.length === 0) {
    if (!settled || earlier.has(message.topic)) return 'unknown';
    const statement = message.origin === 'will' ? 'MQTT-3.1.2-16' : 'MQTT-3.3.1-12';
    const expected = `${messageText(message)}, sent with RETAIN 0, not stored`;
    return { statement, expected, actual: 'a new subscription got it with RETAIN 1' };
  }
  const replaced = stored.map((each) => store.replacedBy(each, asked));
  const [by] = replaced;
  if (by === undefined || replaced.includes(undefined)) return 'nothing';
  const statement = by.lengthB === 0 ? 'MQTT-3.3.1-10' : by.qos === 0 ? 'MQTT-3.3.1-7' : 'MQTT-3.3.1-6';
  return { statement, expected: expectedAfter(by), actual: `${messageText(message)} came, which that had replaced` };
}

function expectedAfter(by: Message): string {
  return by.lengthB === 0
    ? `nothing on ${quoted(by.topic)}, whose retained message was removed`
    : `on ${quoted(by.topic)} the last retained message${by.qos === 0 ? ', or none' : ''}`;
}
