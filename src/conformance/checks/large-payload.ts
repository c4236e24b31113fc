// Checks without a statement: large messages, which the standard allows up to 268,435,455 bytes of Remaining Length.
import { payloadHash } from '../../history/payload-hash.ts';
import type { Slice } from '../../judge/slice.ts';
import { everyQos, highestQos, type CheckBench, type Level } from '../bench.ts';
import type { Check } from '../check.ts';
import { saying, type Judgement } from '../judgement.ts';

const accept = [
  'the payload arrives with the same SHA-256',
  'it does not arrive, or the connection is closed (a remark: in 3.1.1 no server can say how much it takes)',
];

const topicOf = (qos: Level): string => `large/${qos}`;
const isQos = (qos: number) => (it: { readonly qos: number }) => it.qos === qos;

/** Of one QoS: what arrived must be what was sent; that nothing arrived is worth a remark. */
function judgeQos(slice: Slice, qos: Level): Judgement {
  const say = saying(accept, { connection: slice.client('sub') });
  const sent = slice.client('pub').sent('PUBLISH', isQos(qos)).at(0);
  // By its topic: at which QoS it came is for other rules to judge.
  const came = slice
    .client('sub')
    .received('PUBLISH', ({ topic }) => topic.endsWith(`/${topicOf(qos)}`))
    .at(0);
  if (sent === undefined) return say('notExercised', `no message at QoS ${qos} was sent`);
  const [sentHash, cameHash] = [sent, came].map((it) => it && (it.payloadHash ?? payloadHash(it.packet.payload)));
  if (came === undefined) return say('warn', `the message at QoS ${qos} did not arrive`, sent);
  if (cameHash !== sentHash) return say('fail', `the message at QoS ${qos} arrived altered`, sent, came);
  return say('pass', `the message at QoS ${qos} arrived unaltered`, sent, came);
}

/** Sends one payload and waits for it; whatever comes of it is the judge's business. */
const carry = async (bench: CheckBench, payload: Uint8Array, levels: readonly Level[], withinMs: number) => {
  const expectedB = payload.length * levels.length;
  const subscriber = await bench.connect('sub', { expectedB });
  for (const qos of levels) await subscriber.subscribe({ [bench.topic(topicOf(qos))]: highestQos(bench) });
  const publisher = await bench.connect('pub', { expectedB });
  for (const qos of levels) {
    const topic = bench.topic(topicOf(qos));
    const packetId = qos + 1;
    await publisher.send({
      type: 'PUBLISH',
      dup: false,
      qos,
      retain: false,
      topic,
      payload,
      ...(qos > 0 && { packetId }),
    });
    if (qos === 2) {
      if ((await publisher.next('PUBREC')) === undefined) return;
      await publisher.send({ type: 'PUBREL', packetId });
    }
    if ((await subscriber.delivery(topic, payload, withinMs)) === undefined) return;
    if (qos === 1) await publisher.next('PUBACK');
    if (qos === 2) await publisher.next('PUBCOMP');
  }
};

/** The longest payload in a QoS 1 PUBLISH on this topic. */
const longestB = (topic: string): number => 268_435_455 - 2 - Buffer.byteLength(topic) - 2;

export const largePayloadChecks: readonly Check[] = [
  {
    id: 'publish/256-kib',
    title: 'a payload of 256 KiB (over a slow link: of what passes in 10 s) arrives unaltered at each QoS',
    section: '3.3.3',
    statements: [],
    needs: ['qos1'],
    group: 'parallel',
    accept,
    drive: (bench) =>
      carry(
        bench,
        Buffer.alloc(bench.pace.largeB, '256 KiB of payload. '),
        bench.qosLevels,
        bench.parameters.responseTimeoutMs,
      ),
    judge: (slice) => everyQos.map((qos) => judgeQos(slice, qos)),
  },
  {
    id: 'publish/longest',
    title: 'the longest packet that the standard allows arrives unaltered',
    section: '3.3.3',
    statements: [],
    needs: ['qos1'],
    group: 'alone',
    unsafe: 'sends a packet of 256 MB',
    optIn: 'moves 256 MB through the broker and needs 2 GB of memory',
    accept,
    // Loopback takes a few seconds for it; the check itself is bounded at 60.
    drive: (bench) =>
      carry(bench, Buffer.alloc(longestB(bench.topic(topicOf(1))), 'the longest packet. '), [1], 45_000),
    judge: (slice) => [judgeQos(slice, 1)],
  },
];
