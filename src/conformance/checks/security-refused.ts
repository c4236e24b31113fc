// Checks that a refused client leaves nothing behind: no will is published, and nobody loses a connection by its client id.
import type { Slice } from '../../judge/slice.ts';
import type { Publish, Will } from '../../wire/packet.ts';
import { effectMs } from '../bench.ts';
import type { Check } from '../check.ts';
import { intrude, intruders, isLetIn, type Intruder } from '../intruders.ts';
import { isText, saying, type Judgement } from '../judgement.ts';
import { atLogin } from '../refused-login.ts';

const unwanted = 'must not come';
const sentinel = 'sentinel';

const willAccept = [
  'the will of a client that was refused is neither published nor retained; that of one that was accepted is',
];
const willOn = (topic: string, payload: string, retain: boolean): Will => ({
  topic,
  payload: Buffer.from(payload),
  qos: 1,
  retain,
});

function judgeWill(slice: Slice, { name, what }: Intruder): readonly Judgement[] {
  return (['live', 'kept'] as const).map((kind) => {
    const connection = slice.client(`${name}${kind}`);
    const say = saying(willAccept, { connection });
    const [sent] = connection.sent('CONNECT');
    if (isLetIn(connection)) return say('notExercised', `${what} was accepted`, sent);
    const on = ({ topic }: Publish): boolean => topic.endsWith(`/will/${name}/${kind}`);
    const [observer, late] = [slice.client('observer'), slice.client('late')];
    const came = [observer, late].flatMap((it) => it.received('PUBLISH', (will) => on(will) && isText(unwanted)(will)));
    if (came[0])
      return say('fail', `the will of ${what} was ${came[0].packet.retain ? 'retained' : 'published'}`, sent, came[0]);
    const [control] = observer.received('PUBLISH', isText('gone'));
    const [fence] = observer.received('PUBLISH', (it) => on(it) && isText(sentinel)(it));
    const [keeps] = late.received('PUBLISH', isText('kept'));
    if (!control || !fence || !keeps)
      return say('inconclusive', 'no will came, but that of an accepted client, or a sentinel, did not come either');
    return say('pass', `${what}: no will, while that of an accepted client came`, sent, control, fence);
  });
}

const refusedWill: Check = {
  id: 'security/refused-will',
  title: 'the will of a client that is refused is never published',
  section: '3.1.2.5',
  statements: [],
  needs: ['login', 'will', 'retain', 'qos1'],
  group: 'parallel',
  accept: willAccept,
  async drive(bench) {
    const topicOf = ({ name }: Intruder, kind: string): string => bench.topic(`will/${name}/${kind}`);
    const topics = intruders.flatMap((it) => [topicOf(it, 'live'), topicOf(it, 'kept')]);
    const [gone, known] = [bench.topic('gone'), bench.topic('known')];
    const observer = await bench.connect('observer', atLogin);
    await observer.subscribe({ [gone]: 1, ...Object.fromEntries(topics.map((topic) => [topic, 1 as const])) });
    const accepted = await bench.connect('accepted', { ...atLogin, will: willOn(gone, 'gone', false) });
    await Promise.all(
      intruders.flatMap((it) =>
        (['live', 'kept'] as const).map((kind) =>
          intrude(bench, `${it.name}${kind}`, it, { will: willOn(topicOf(it, kind), unwanted, kind === 'kept') }),
        ),
      ),
    );
    await accepted.abort('rst');
    await observer.delivery(gone, 'gone', effectMs(bench));
    const publisher = await bench.connect('sentinel', atLogin);
    for (const topic of topics) await publisher.publish({ topic, payload: sentinel, qos: 1 });
    for (const topic of topics) await observer.delivery(topic, sentinel);
    await bench.quiet();
    await publisher.publish({ topic: known, payload: 'kept', qos: 1, retain: true });
    const late = await bench.connect('late', atLogin);
    await late.subscribe({ ...Object.fromEntries(topics.map((topic) => [topic, 1 as const])), [known]: 1 });
    await late.delivery(known, 'kept');
    await bench.quiet();
    for (const topic of [...topics, known]) await publisher.publish({ topic, payload: '', qos: 1, retain: true });
  },
  judge: (slice) => intruders.flatMap((it) => judgeWill(slice, it)),
};

const takeOverAccept = [
  'the connected client stays connected, and a CONNECT with the right login and its client id takes over',
];
const holderOf = ({ name }: Intruder): string => `holder${name}`;

function judgeTakeOver(slice: Slice, it: Intruder): Judgement {
  const holder = slice.client(holderOf(it));
  const intruder = slice.client(it.name);
  const heir = slice.client(`heir${it.name}`);
  const say = saying(takeOverAccept, { connection: holder });
  const [attack] = intruder.sent('CONNECT');
  if (isLetIn(intruder) || attack === undefined) return say('notExercised', `${it.what} was accepted`, attack);
  const [claim] = heir.sent('CONNECT');
  const { ended } = holder;
  if (ended && ended.seq < attack.seq) return say('inconclusive', 'its connection was over before', ended);
  if (ended?.by === 'server' && ended.seq < (claim?.seq ?? Infinity))
    return say('fail', `${it.what} with its client id ended its connection`, attack, ended);
  const alive = holder.received('PINGRESP').find(({ seq }) => seq > (intruder.ended?.seq ?? Infinity));
  if (!alive) return say('inconclusive', `nothing came from the server on its connection after ${it.what}`, attack);
  if (ended?.by !== 'server')
    return say('inconclusive', 'it stayed, but the right login with its client id did not take over either', claim);
  return say(
    'pass',
    `${it.what} with its client id did nothing to it; the right login took over`,
    attack,
    alive,
    ended,
  );
}

const refusedTakeOver: Check = {
  id: 'security/refused-take-over',
  title: 'a client that is refused ends nobody’s connection by its client id',
  section: '3.1.4',
  statements: [],
  needs: ['login'],
  group: 'parallel',
  accept: takeOverAccept,
  async drive(bench) {
    await Promise.all(
      intruders.map(async (it) => {
        const holder = await bench.connect(holderOf(it), atLogin);
        await holder.ping();
        const clientId = bench.clientId(holderOf(it));
        await intrude(bench, it.name, it, { clientId });
        await bench.quiet();
        await holder.ping();
        const heir = await bench.connect(`heir${it.name}`, { ...atLogin, clientId });
        await holder.closedByServer();
        await heir.ping();
      }),
    );
  },
  judge: (slice) => intruders.map((it) => judgeTakeOver(slice, it)),
};

export const securityRefusedChecks: readonly Check[] = [refusedWill, refusedTakeOver];
