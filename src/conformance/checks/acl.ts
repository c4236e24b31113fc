// Checks of section 3.3.5: what a server does with a message that its access control list does not allow.
import type { Slice } from '../../judge/slice.ts';
import { highestQos } from '../bench.ts';
import type { Check } from '../check.ts';
import { publishDenied } from '../denied-publish.ts';
import { saying, type Judgement } from '../judgement.ts';

const accept = [
  'the message, which nobody gets, is acknowledged as every other (PUBACK; PUBREC and PUBCOMP)',
  'the server closes the connection',
];

const levels = [1, 2] as const;
type Level = (typeof levels)[number];

const clientOf = (qos: Level): string => `denied${qos}`;
const payloadOf = (qos: Level): string => `denied at QoS ${qos}`;
const packetId = 1;

const deniedPublish: Check = {
  id: 'acl/denied-publish',
  title: 'a message that is not authorised is acknowledged, or ends the connection',
  section: '3.3.5',
  statements: ['MQTT-3.3.5-2'],
  needs: ['acl', 'qos1'],
  group: 'parallel',
  accept,
  async drive(bench) {
    const observer = await bench.connect('observer');
    const highest = highestQos(bench);
    await observer.subscribe({ [bench.topic('denied/#')]: highest, [bench.topic('allowed/#')]: highest });
    const topic = bench.topic('denied/x');
    const offered = levels.filter((qos) => bench.qosLevels.includes(qos));
    await Promise.all(
      offered.map((qos) => publishDenied(bench, clientOf(qos), { topic, payload: payloadOf(qos), qos })),
    );
    const permitted = await bench.connect('permitted', { variant: 'acl' });
    for (const qos of offered) await permitted.publish({ topic: bench.topic('allowed/x'), payload: `${qos}`, qos });
    for (const qos of offered) await observer.delivery(bench.topic('allowed/x'), `${qos}`);
    await bench.quiet();
  },
  judge(slice) {
    const driven = levels.filter((qos) => slice.connectionsOf(clientOf(qos)).length > 0);
    return driven.map((qos) => judgeDenied(slice, qos, driven));
  },
};

const acknowledgementOf = (qos: Level): 'PUBACK' | 'PUBCOMP' => (qos === 1 ? 'PUBACK' : 'PUBCOMP');

function judgeDenied(slice: Slice, qos: Level, driven: readonly Level[]): Judgement {
  const connection = slice.client(clientOf(qos));
  const say = saying(accept, { connection, statement: 'MQTT-3.3.5-2' });
  const permitted = slice.client('permitted');
  if (driven.some((it) => permitted.received(acknowledgementOf(it)).length === 0)) {
    return say('inconclusive', 'what the login may publish was not acknowledged either');
  }
  const [sent] = connection.sent('PUBLISH');
  const acknowledged = connection.received(acknowledgementOf(qos), (it) => it.packetId === packetId).at(0);
  const observer = slice.client('observer');
  const [reached] = observer.received('PUBLISH', (it) => Buffer.from(payloadOf(qos)).equals(it.payload));
  // That others see it is for the server's owner to know; nothing shows then that it was denied at all.
  if (reached)
    return say('notExercised', `QoS ${qos}: the message reached a subscriber, so it was not denied`, reached);
  const { ended } = connection;
  const isClosed = ended?.by === 'server';
  if (acknowledged || isClosed) {
    const allowed = observer.received('PUBLISH', ({ topic }) => topic.endsWith('/allowed/x'));
    if (allowed.length < driven.length) return say('inconclusive', 'the observer did not get what is permitted either');
    return acknowledged
      ? say('pass', `QoS ${qos}: ${acknowledged.packet.type}, and nobody got the message`, sent, acknowledged)
      : say('pass', `QoS ${qos}: the connection was closed, and nobody got the message`, sent, ended);
  }
  const [lives] = connection.received('PINGRESP');
  if (lives === undefined) return say('inconclusive', `QoS ${qos}: no answer, and no sign of life`, sent);
  const half = connection.received('PUBREC').length > 0 ? 'PUBREC, and no PUBCOMP' : 'no acknowledgement';
  return say('fail', `QoS ${qos}: ${half}, on a connection that goes on`, lives, sent);
}

export const aclChecks: readonly Check[] = [deniedPublish];
