// Checks of section 3.8.4 and 3.10.4: many topic filters in one packet do what as many packets with one filter would do.
import type { Slice } from '../../judge/slice.ts';
import type { Qos } from '../../wire/packet.ts';
import { highestQos } from '../bench.ts';
import type { Check } from '../check.ts';
import { isText, saying, type Judgement } from '../judgement.ts';

/** Filters in the order in which they stand in the packet; the first comes again at the end with another QoS. */
const asked = [
  { path: 'm/one', qos: 0 },
  { path: 'm/two', qos: 1 },
  { path: 'm/three', qos: 2 },
  { path: 'm/four', qos: 1 },
  { path: 'm/one', qos: 2 },
] as const;

const paths = [...new Set(asked.map((it) => it.path))];
const packetId = 40;

const acceptSubscribed = [
  'one SUBACK with five codes; each filter then delivers, the repeated one at the QoS of its last place',
  'the retained message of each filter comes; for the repeated one twice (once is a remark)',
];

const acceptUnsubscribed = [
  'one UNSUBACK; of the three subscriptions only the one that the packet does not name still delivers',
];

/** A server that refuses messages sends none: what did not come is then no matter of filters. */
function cutPublisher(slice: Slice): { readonly seq: number } | undefined {
  const { ended } = slice.client('pub');
  return ended?.by === 'server' ? ended : undefined;
}

function judgeSubscribed(slice: Slice): readonly Judgement[] {
  const subscriber = slice.client('sub');
  const say = saying(acceptSubscribed, { connection: subscriber, statement: 'MQTT-3.8.4-4' });
  const request = subscriber.sent('SUBSCRIBE').at(0);
  const subacks = subscriber.received('SUBACK', (it) => it.packetId === packetId);
  const [suback] = subacks;
  if (suback === undefined) {
    if (subscriber.ended?.by === 'server') return [say('inconclusive', 'the server closed the connection', request)];
    return [say('fail', 'no SUBACK, on an open connection', request)];
  }
  if (subacks.length > 1) return [say('fail', `${subacks.length} SUBACKs`, request, ...subacks)];
  const codes = suback.packet.returnCodes;
  if (codes.length !== asked.length) return [say('fail', `a SUBACK with ${codes.length} codes`, request, suback)];
  const cut = cutPublisher(slice);
  if (cut !== undefined) return [say('inconclusive', 'the server closed the connection of the publisher', cut)];
  const wrong = paths.flatMap((path): readonly Judgement[] => {
    const granted = codes[asked.findLastIndex((it) => it.path === path)] ?? 0x80;
    if (granted > 2) return [];
    const of = (payload: string) =>
      subscriber.received('PUBLISH', (it) => it.topic.endsWith(path) && isText(payload)(it));
    const live = of('live');
    const kept = of('kept');
    const [first] = live;
    if (first === undefined) return [say('fail', `nothing came for ${path}, granted QoS ${granted}`, suback)];
    // Published at the highest QoS there is: what arrives is at the QoS of the subscription.
    const atQos = live.find((it) => it.packet.qos !== (granted as Qos));
    if (atQos !== undefined) {
      return [say('fail', `a message for ${path}, granted QoS ${granted}, at QoS ${atQos.packet.qos}`, suback, atQos)];
    }
    if (granted > 0 && kept.length === 0)
      return [say('fail', `the retained message for ${path} did not come`, suback, first)];
    const places = asked.filter((it) => it.path === path).length;
    if (kept.length >= places) return [];
    return [say('warn', `the retained message for ${path}, which stands there twice, came once`, suback, ...kept)];
  });
  if (wrong.length > 0) return wrong;
  if (codes.some((code) => code > 2)) return [say('inconclusive', `refused: codes ${codes.join(', ')}`, suback)];
  return [say('pass', 'one SUBACK, and each filter delivers', request, suback)];
}

function judgeUnsubscribed(slice: Slice): readonly Judgement[] {
  const subscriber = slice.client('sub');
  const say = saying(acceptUnsubscribed, { connection: subscriber, statement: 'MQTT-3.10.4-6' });
  const request = subscriber.sent('UNSUBSCRIBE').at(0);
  const unsubacks = subscriber.received('UNSUBACK');
  const [unsuback] = unsubacks;
  if (unsuback === undefined) {
    if (subscriber.ended?.by === 'server') return [say('inconclusive', 'the server closed the connection', request)];
    return [say('fail', 'no UNSUBACK, on an open connection', request)];
  }
  if (unsubacks.length > 1) return [say('fail', `${unsubacks.length} UNSUBACKs`, request, ...unsubacks)];
  const after = (path: string) =>
    subscriber.received('PUBLISH', (it) => it.topic.endsWith(path) && isText('after')(it)).at(0);
  const gone = ['u/one', 'u/three'].map(after).find((it) => it !== undefined);
  if (gone !== undefined) return [say('fail', `a message for ${gone.packet.topic} came`, request, unsuback, gone)];
  const cut = cutPublisher(slice);
  if (cut !== undefined) return [say('inconclusive', 'the server closed the connection of the publisher', cut)];
  const kept = after('u/two');
  if (kept === undefined) return [say('fail', 'nothing came for the filter that was not named', request, unsuback)];
  return [say('pass', 'one UNSUBACK, and only the filter that was not named delivers', request, unsuback, kept)];
}

export const manyFilterChecks: readonly Check[] = [
  {
    id: 'subscribe/many-filters',
    title: 'a SUBSCRIBE with many filters does what as many SUBSCRIBEs would do',
    section: '3.8.4',
    statements: ['MQTT-3.8.4-4'],
    needs: ['retain', 'qos1'],
    group: 'parallel',
    accept: acceptSubscribed,
    async drive(bench) {
      const topics = paths.map((path) => bench.topic(path));
      const highest = highestQos(bench);
      const publisher = await bench.connect('pub');
      for (const topic of topics) await publisher.publish({ topic, payload: 'kept', qos: highest, retain: true });
      const subscriber = await bench.connect('sub');
      const subscriptions = asked.map(({ path, qos }) => ({
        filter: bench.topic(path),
        qos: Math.min(qos, highest),
      }));
      await subscriber.send({ type: 'SUBSCRIBE', packetId, subscriptions });
      await subscriber.next('SUBACK');
      await Promise.all(topics.map((topic) => subscriber.delivery(topic, 'kept')));
      for (const topic of topics) await publisher.publish({ topic, payload: 'live', qos: highest });
      await Promise.all(topics.map((topic) => subscriber.delivery(topic, 'live')));
      await bench.quiet();
      for (const topic of topics) await publisher.publish({ topic, payload: '', qos: 1, retain: true });
    },
    judge: judgeSubscribed,
  },
  {
    id: 'unsubscribe/many-filters',
    title: 'an UNSUBSCRIBE with many filters does what as many UNSUBSCRIBEs would do',
    section: '3.10.4',
    statements: ['MQTT-3.10.4-6'],
    needs: ['qos1'],
    group: 'parallel',
    accept: acceptUnsubscribed,
    async drive(bench) {
      const [one, two, three] = [bench.topic('u/one'), bench.topic('u/two'), bench.topic('u/three')];
      const subscriber = await bench.connect('sub');
      for (const topic of [one, two, three]) await subscriber.subscribe({ [topic]: 1 });
      const publisher = await bench.connect('pub');
      for (const topic of [one, two, three]) {
        await publisher.publish({ topic, payload: 'before', qos: 1 });
        // Each of them is there to be removed.
        await subscriber.delivery(topic, 'before');
      }
      await subscriber.unsubscribe(one, bench.topic('u/never'), three);
      for (const topic of [one, three, two]) await publisher.publish({ topic, payload: 'after', qos: 1 });
      await subscriber.delivery(two, 'after');
      await bench.quiet();
    },
    judge: judgeUnsubscribed,
  },
];
