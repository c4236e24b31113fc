// Judges that a delivery belongs to its session: its topic matches a filter held there, as it was published, and not after UNSUBACK.
import { filterMatches } from '../../../wire/topic.ts';
import type { Report, RoutingRule } from '../../rule.ts';
import type { Message, Moment, Session } from '../session/state.ts';
import { newBroker } from './digest.ts';
import type { Broker } from './digest.ts';
import { payloadKey } from './messages.ts';
import { heldFor, isGranted, isOrdinaryFilter, mayApply } from './subscriptions.ts';
import type { Delivery, Traffic } from './traffic.ts';
import { messageText, quoted, sessionText } from './words.ts';

/** Payloads shorter than this may be equal by chance. */
const tellingB = 8;

interface State {
  readonly broker: Broker;
}

/** MQTT-3.3.2-3, MQTT-4.7.3-4, MQTT-3.1.3-2 and, by its payload, MQTT-2.3.1-5. */
export const matching: RoutingRule<State> = {
  id: 'routing/matching',
  title:
    'A delivered PUBLISH carries a published topic and payload, and its topic matches a filter of the receiving session.',
  scope: 'routing',
  judges: 'server',
  statements: ['MQTT-3.3.2-3', 'MQTT-4.7.3-4', 'MQTT-3.1.3-2', 'MQTT-2.3.1-5'],
  start: (_, shared) => ({ broker: shared.of(newBroker) }),
  step(state, event, report) {
    for (const it of state.broker.take(event)) {
      if (it.what !== 'delivered' || it.delivery.again || it.delivery.topic.startsWith('$')) continue;
      if (it.delivery.connection.tainted !== undefined) continue;
      judgeTopic(state.broker.traffic, it.delivery, it, report);
      judgeOrigin(state.broker.traffic, it.delivery, it, report);
      if (it.delivery.qos === 0) judgeLength(state.broker.traffic, it.delivery, it, report);
    }
  },
  end: () => undefined,
};

function judgeTopic(traffic: Traffic, it: Delivery, at: Moment, report: Report): void {
  const { session, topic, connection } = it;
  const { held, opaque } = heldFor(session, topic);
  const [first] = held;
  const asked = first?.subscriptions.at(-1)?.asked.seq;
  if (first !== undefined) {
    const events = asked === undefined ? [at.seq] : [asked, at.seq];
    report.pass('MQTT-3.3.2-3', { events, connection: connection.view });
    // Two sessions that a server mixes up would show in the filters that only one of them holds.
    const resumed = first.subscriptions.every((subscription) => subscription.connection !== connection);
    if (resumed && !session.clean && !isHeldElsewhere(traffic, session, topic)) {
      report.pass('MQTT-3.1.3-2', { events, connection: connection.view });
    }
    return;
  }
  if (opaque || !session.known) return;
  const filters = [...session.filters.keys()].map(quoted).join(', ') || 'none';
  const found = { actual: `PUBLISH on ${quoted(topic)}`, events: [at.seq], connection: connection.view };
  report.fail('MQTT-3.3.2-3', {
    ...found,
    expected: [`a topic that matches a filter of ${sessionText(session)}: ${filters}`],
  });
  if (session.clean || !isHeldElsewhere(traffic, session, topic)) return;
  report.fail('MQTT-3.1.3-2', {
    ...found,
    expected: [`only messages for the session of ${sessionText(session)}, not for that of another client id`],
  });
}

function isHeldElsewhere(traffic: Traffic, session: Session, topic: string): boolean {
  return traffic.index.matching(topic).some((it) => it.session !== session && it.subscriptions.some(isGranted));
}

/** Looks at where the message came from: its topic must have been compared and passed on as it is (MQTT-4.7.3-4). */
function judgeOrigin(traffic: Traffic, it: Delivery, at: Moment, report: Report): void {
  const view = it.connection.view;
  const [same] = it.messages;
  if (same !== undefined) {
    if (isTricky(it.topic)) report.pass('MQTT-4.7.3-4', { events: [same.seen.seq, at.seq], connection: view });
    return;
  }
  const origin = solePublish(traffic, it);
  if (origin === undefined || !it.session.known || heldFor(it.session, it.topic).opaque) return;
  if (view.party.isForeign && !isOurs(it, origin)) return;
  const known = { events: [origin.seen.seq, at.seq], connection: view };
  const actual = `delivered on ${quoted(it.topic)} to ${sessionText(it.session)}`;
  if (matchesSome(it.session, origin)) {
    const expected = [`${messageText(origin)} on its own topic (another one that the filter matches is allowed)`];
    report.warn('MQTT-3.3.2-3', { ...known, expected, actual });
  } else {
    const expected = [`${messageText(origin)} only where a filter matches that topic, character by character`];
    report.fail('MQTT-4.7.3-4', { ...known, expected, actual });
  }
}

/** The one message with this payload, if it is telling enough to stand for an identity. */
function solePublish(traffic: Traffic, it: Delivery): Message | undefined {
  const only = traffic.messages.solelyWith(it.payloadKey);
  if (only === undefined || only.lengthB < tellingB || it.retain) return undefined;
  return only;
}

/**
 * On a server that others use too, only a check's messages are known to be its own: each check publishes below a first
 * topic level of its own. Any other message may just have the same payload.
 */
function isOurs(it: Delivery, origin: Message): boolean {
  const isChecks = it.connection.view.check !== undefined && origin.publisher.view.check !== undefined;
  return isChecks && it.topic.split('/')[0] === origin.topic.split('/')[0];
}

function matchesSome(session: Session, message: Message): boolean {
  return [...session.filters.values()].some(
    (held) =>
      isOrdinaryFilter(held.filter) &&
      filterMatches(held.filter, message.topic) &&
      held.subscriptions.some((subscription) => mayApply(subscription, message)),
  );
}

/** Topics that a server which tidies strings up would change: capitals, empty levels, spaces, letters beyond ASCII. */
function isTricky(topic: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the range is all of ASCII
  return /[A-Z ]|\/\/|^\/|\/$|[^\u0000-\u007f]/.test(topic);
}

/** A packet identifier in a QoS 0 PUBLISH reads as two more bytes before the payload. */
function judgeLength(traffic: Traffic, it: Delivery, at: Moment, report: Report): void {
  const view = it.connection.view;
  const [same] = it.messages;
  if (same !== undefined) {
    if (same.lengthB > 0) report.pass('MQTT-2.3.1-5', { events: [same.seen.seq, at.seq], connection: view });
    return;
  }
  if (it.payload.length <= 2) return;
  const [origin] = traffic.messages.find(it.topic, payloadKey(it.payload.subarray(2)));
  if (origin === undefined || origin.lengthB < tellingB) return;
  report.fail('MQTT-2.3.1-5', {
    expected: [`the ${origin.lengthB} payload bytes of ${messageText(origin)} right behind the topic`],
    actual: `two more bytes between topic and payload`,
    events: [origin.seen.seq, at.seq],
    connection: view,
  });
}
