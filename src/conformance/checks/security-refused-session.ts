// Checks that a refused client leaves nothing behind in sessions: none is made, none ends, and no exchange is forgotten.
import type { Slice } from '../../judge/slice.ts';
import type { CheckBench, ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { intrude, intruders, isLetIn, type Intruder } from '../intruders.ts';
import { isText, saying, type Judgement } from '../judgement.ts';
import { atLogin } from '../refused-login.ts';

const sentinel = 'sentinel';

const sessionAccept = [
  'a refused CONNECT with CleanSession 0 leaves no session, one with CleanSession 1 ends none, and neither forgets what is under way',
];

/** What a CONNECT with the right login says of the session behind an intruder, or without one. */
const lastConnack = (slice: Slice, name: string) => slice.connectionsOf(name).at(-1)?.received('CONNACK').at(0);

function judgeFresh(slice: Slice, it: Intruder): Judgement {
  const connection = slice.client(`fresh${it.name}`);
  const say = saying(sessionAccept, { connection });
  const [attack] = slice.client(it.name).sent('CONNECT');
  if (isLetIn(slice.client(it.name))) return say('notExercised', `${it.what} was accepted`, attack);
  const control = lastConnack(slice, 'control');
  const connack = lastConnack(slice, `fresh${it.name}`);
  if (!connack || control?.packet.sessionPresent !== true)
    return say('inconclusive', 'a session that must be there was not present either', attack, control);
  return connack.packet.sessionPresent
    ? say('fail', `${it.what} and CleanSession 0 left a session behind`, attack, connack)
    : say('pass', `${it.what} and CleanSession 0 left no session behind`, attack, connack);
}

function judgeKept(slice: Slice, it: Intruder): Judgement {
  const connection = slice.client(`kept${it.name}`);
  const say = saying(sessionAccept, { connection });
  const intruder = slice.client(`clean${it.name}`);
  const [attack] = intruder.sent('CONNECT');
  if (isLetIn(intruder)) return say('notExercised', `${it.what} was accepted`, attack);
  const [queued] = slice.client('control').received('PUBLISH', isText(sentinel));
  const control = lastConnack(slice, 'control');
  if (queued === undefined)
    return say('inconclusive', 'the session of a client that nobody attacked was not kept either', control);
  const connack = lastConnack(slice, `kept${it.name}`);
  const [message] = connection.received('PUBLISH', isText(sentinel));
  if (message === undefined)
    return say('fail', `${it.what} and CleanSession 1: a message that waited did not come`, attack, connack);
  // What a server says of a session is judged elsewhere; here, whether an attack changes it.
  const isToldOf = control?.packet.sessionPresent === true;
  return isToldOf && connack?.packet.sessionPresent !== true
    ? say('fail', `${it.what} and CleanSession 1 ended the session`, attack, connack)
    : say('pass', `${it.what} and CleanSession 1 did nothing to the session`, attack, connack, message);
}

/** Leaves the target as it was found, under a name that no judge asks for. */
async function forgetAll(bench: CheckBench, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const client = await bench.connect('clearing', { ...atLogin, clientId: bench.clientId(name) });
    await client.disconnect();
  }
}

/** Has a session with a subscription, and goes. */
async function keepSession(bench: CheckBench, name: string, topic: string): Promise<void> {
  const client = await bench.connect(name, { ...atLogin, cleanSession: false });
  await client.subscribe({ [topic]: 1 });
  await client.disconnect();
}

const refusedSession: Check = {
  id: 'security/refused-session',
  title: 'a client that is refused makes no session, and ends none',
  section: '3.1.2.4',
  statements: [],
  needs: ['login', 'session', 'qos1'],
  group: 'parallel',
  accept: sessionAccept,
  async drive(bench) {
    const topic = bench.topic('session');
    const again = { ...atLogin, cleanSession: false };
    const kept = ['control', ...intruders.map(({ name }) => `kept${name}`)];
    await Promise.all(kept.map((name) => keepSession(bench, name, topic)));
    for (const it of intruders) {
      const fresh = bench.clientId(`fresh${it.name}`);
      await intrude(bench, it.name, it, { clientId: fresh, cleanSession: false });
      await intrude(bench, `clean${it.name}`, it, { clientId: bench.clientId(`kept${it.name}`), cleanSession: true });
    }
    const publisher = await bench.connect('sentinel', atLogin);
    await publisher.publish({ topic, payload: sentinel, qos: 1 });
    const returning = async (name: string): Promise<ScriptedClient> => bench.connect(name, again);
    await Promise.all(intruders.map(({ name }) => returning(`fresh${name}`)));
    await Promise.all(kept.map(async (name) => (await returning(name)).delivery(topic, sentinel)));
    await forgetAll(bench, [...kept, ...intruders.map((it) => `fresh${it.name}`)]);
  },
  judge: (slice) => intruders.flatMap((it) => [judgeFresh(slice, it), judgeKept(slice, it)]),
};

const exchangeAccept = [
  'a message at QoS 2 that is sent again behind a refused CONNECT with the same client id comes once',
];

function judgeExchange(slice: Slice, it: Intruder): Judgement {
  const sender = slice.client(`sender${it.name}`);
  const intruder = slice.client(it.name);
  const say = saying(exchangeAccept, { connection: sender });
  const [attack] = intruder.sent('CONNECT');
  if (isLetIn(intruder) || attack === undefined) return say('notExercised', `${it.what} was accepted`, attack);
  const { ended } = sender;
  if (ended?.by === 'server' && ended.seq > attack.seq)
    return say('fail', `${it.what} with its client id ended its connection`, attack, ended);
  const copiesOf = (name: string) => slice.client('observer').received('PUBLISH', isText(name));
  const again = sender.sent('PUBLISH', ({ dup }) => dup).at(0);
  const copies = copiesOf(it.name);
  if (!again || sender.received('PUBCOMP').length === 0 || copies.length === 0)
    return say('inconclusive', 'the exchange did not come to its end', attack, sender.ended);
  const undisturbed = copiesOf(undisturbedName).length;
  if (undisturbed !== 1)
    return say('inconclusive', `without a refused CONNECT such a message came ${undisturbed} times too`, again);
  return copies.length === 1
    ? say('pass', `${it.what}: the message came once`, attack, again, copies[0])
    : say('fail', `${it.what}: the message came ${copies.length} times`, attack, again, ...copies);
}

/** The same exchange with nobody beside it. */
const undisturbedName = 'undisturbed';

/** Begins an exchange at QoS 2, lets something happen, sends the message again as it may, and ends the exchange. */
async function exchangeAround(
  bench: CheckBench,
  name: string,
  topic: string,
  happen: (clientId: string) => Promise<void>,
): Promise<void> {
  const sender = await bench.connect(`sender${name}`, { ...atLogin, cleanSession: false });
  const packetId = 1;
  const message = { type: 'PUBLISH', qos: 2, retain: false, topic, packetId, payload: Buffer.from(name) } as const;
  await sender.send({ ...message, dup: false });
  await sender.next('PUBREC');
  await happen(sender.clientId);
  await bench.quiet();
  await sender.send({ ...message, dup: true });
  await sender.next('PUBREC');
  await sender.send({ type: 'PUBREL', packetId });
  await sender.next('PUBCOMP');
  await sender.disconnect();
}

const refusedExchange: Check = {
  id: 'security/refused-exchange',
  title: 'a client that is refused disturbs no exchange of the client whose id it uses',
  section: '3.1.2.4',
  statements: [],
  needs: ['login', 'session', 'qos2'],
  group: 'parallel',
  accept: exchangeAccept,
  async drive(bench) {
    const topic = bench.topic('exchange');
    const observer = await bench.connect('observer', atLogin);
    await observer.subscribe({ [topic]: 2 });
    await Promise.all([
      ...intruders.map((it) =>
        exchangeAround(bench, it.name, topic, (clientId) => intrude(bench, it.name, it, { clientId })),
      ),
      exchangeAround(bench, undisturbedName, topic, () => Promise.resolve()),
    ]);
    const names = [...intruders.map(({ name }) => name), undisturbedName];
    for (const name of names) await observer.delivery(topic, name);
    await bench.quiet();
    await forgetAll(
      bench,
      names.map((name) => `sender${name}`),
    );
  },
  judge: (slice) => intruders.map((it) => judgeExchange(slice, it)),
};

export const securityRefusedSessionChecks: readonly Check[] = [refusedSession, refusedExchange];
