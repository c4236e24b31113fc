// Checks of the access control list: what is denied to a login neither leaves it nor reaches it.
import type { Slice } from '../../judge/slice.ts';
import type { Publish } from '../../wire/packet.ts';
import { effectMs, type CheckBench, type ConnectOptions } from '../bench.ts';
import type { Check } from '../check.ts';
import { publishDenied } from '../denied-publish.ts';
import { isText, saying, type Judgement } from '../judgement.ts';

const listed = { variant: 'acl' } as const satisfies ConnectOptions;

/** Fits messages on a topic of the check that ends this way, with this payload. */
const message =
  (topic: string, payload: string) =>
  (it: Publish): boolean =>
    it.topic.endsWith(`/${topic}`) && isText(payload)(it);

const sentinel = 'sentinel';

const publishAccept = [
  'a subscriber gets what the login may publish, and what others publish on the denied topic, and nothing of the denied',
];
const deniedAt = (qos: number): string => `denied at QoS ${qos}`;

/** The check that nobody gets what the login publishes at these QoS levels on a denied topic. */
function deniedPublish(id: string, title: string, levels: readonly (0 | 1 | 2)[]): Check {
  return {
    id,
    title,
    section: '5.4',
    statements: [],
    needs: ['acl', 'qos1', ...(levels.includes(2) ? (['qos2'] as const) : [])],
    group: 'parallel',
    accept: publishAccept,
    async drive(bench) {
      const [denied, allowed] = [bench.topic('denied/x'), bench.topic('allowed/x')];
      const highest = levels.includes(2) ? 2 : 1;
      const observer = await bench.connect('observer');
      await observer.subscribe({ [denied]: highest, [allowed]: highest });
      await Promise.all(
        levels.map((qos) => publishDenied(bench, `denied${qos}`, { topic: denied, payload: deniedAt(qos), qos })),
      );
      const permitted = await bench.connect('permitted', listed);
      await permitted.publish({ topic: allowed, payload: sentinel, qos: highest });
      await observer.delivery(allowed, sentinel);
      await (await bench.connect('others')).publish({ topic: denied, payload: sentinel, qos: highest });
      await observer.delivery(denied, sentinel);
      await bench.quiet();
    },
    judge: (slice) =>
      levels.map((qos) => {
        const connection = slice.client(`denied${qos}`);
        const say = saying(publishAccept, { connection });
        const [sent] = connection.sent('PUBLISH');
        const [reached] = slice.client('observer').received('PUBLISH', isText(deniedAt(qos)));
        if (reached) return say('fail', `the message at QoS ${qos} reached a subscriber`, sent, reached);
        return judgeFenced(slice, ['allowed/x', 'denied/x'], 'observer', say, sent);
      }),
  };
}

type Say = ReturnType<typeof saying>;

/** Nothing came; that shows something where the watcher got what it was to get on these topics. */
function judgeFenced(
  slice: Slice,
  topics: readonly string[],
  watcher: string,
  say: Say,
  ...sent: Parameters<Say> extends [unknown, unknown, ...infer Shown] ? Shown : never
): Judgement {
  const fences = topics.map((topic) => slice.client(watcher).received('PUBLISH', message(topic, sentinel)).at(0));
  return fences.every((it) => it !== undefined)
    ? say('pass', 'it came to nothing, while what is allowed came', ...sent, ...fences)
    : say('inconclusive', 'it came to nothing, but what is allowed did not come either', ...sent);
}

const subscribeAccept = [
  'SUBACK with code 0x80, a close, or a grant that brings nothing of the denied topics, neither retained nor live; what is allowed comes',
];
/** Client -> the filter that it asks for. */
const readers = { exact: 'denied/x', exactKept: 'denied/kept', wide: '#' } as const;

/** Those of one level, by their names: not every server answers a wildcard with what is retained. */
const atLevel = (topics: readonly string[], level: string): Record<string, 1> =>
  Object.fromEntries(topics.filter((it) => it.includes(`/${level}/`)).map((it) => [it, 1] as const));

const deniedSubscribe: Check = {
  id: 'security/acl-subscribe',
  title: 'a message that the login may not read does not reach it',
  section: '5.4',
  statements: [],
  needs: ['acl', 'qos1', 'retain', 'wildcards'],
  group: 'parallel',
  accept: subscribeAccept,
  async drive(bench) {
    const others = await bench.connect('others');
    const kept = [bench.topic('denied/kept'), bench.topic('allowed/kept')];
    const live = [bench.topic('denied/x'), bench.topic('allowed/x')];
    for (const topic of kept) await others.publish({ topic, payload: sentinel, qos: 1, retain: true });
    const observer = await bench.connect('observer');
    await observer.subscribe(atLevel([...live, ...kept], 'denied'));
    const permitted = await bench.connect('permitted', listed);
    await permitted.subscribe(atLevel([...live, ...kept], 'allowed'));
    await Promise.all(Object.entries(readers).map(([name, filter]) => askDenied(bench, name, bench.topic(filter))));
    for (const topic of live) await others.publish({ topic, payload: sentinel, qos: 1 });
    for (const topic of [...live, ...kept]) {
      await (topic.includes('/allowed/') ? permitted : observer).delivery(topic, sentinel);
    }
    await bench.quiet();
    for (const topic of kept) await others.publish({ topic, payload: '', qos: 1, retain: true });
  },
  judge: (slice) =>
    Object.keys(readers).map((name) => {
      const connection = slice.client(name);
      const say = saying(subscribeAccept, { connection });
      const asked = connection.sent('SUBSCRIBE').at(0);
      const [code] = connection.received('SUBACK').at(0)?.packet.returnCodes ?? [];
      const [came] = connection.received('PUBLISH', ({ topic }) => topic.includes('/denied/'));
      if (came) return say('fail', `it got a message on ${came.packet.topic}`, asked, came);
      const answer = code === undefined ? connection.ended : connection.received('SUBACK').at(0);
      const isKnown = judgeFenced(slice, ['denied/x', 'denied/kept'], 'observer', say, asked, answer);
      return isKnown.verdict === 'pass'
        ? judgeFenced(slice, ['allowed/x', 'allowed/kept'], 'permitted', say, asked, answer)
        : isKnown;
    }),
};

/** Subscribes to what the login may not read. */
async function askDenied(bench: CheckBench, name: string, filter: string): Promise<void> {
  const client = await bench.connect(name, listed);
  // Not illegal as a packet: the taint tells the rules that nobody promises what is published there.
  await client.sendIllegal('SUBSCRIBE to topics that are denied to the login', {
    type: 'SUBSCRIBE',
    packetId: 1,
    subscriptions: [{ filter, qos: 1 }],
  });
  await client.next('SUBACK');
}

const retainedAccept = ['a later subscriber gets nothing that the login may not retain, and what it may not clear'];

const deniedRetained: Check = {
  id: 'security/acl-retained',
  title: 'a login retains nothing on a topic that is denied to it, and clears nothing there',
  section: '5.4',
  statements: [],
  needs: ['acl', 'qos1', 'retain'],
  group: 'parallel',
  accept: retainedAccept,
  async drive(bench) {
    const [denied, allowed, held] = [bench.topic('denied/new'), bench.topic('allowed/x'), bench.topic('denied/held')];
    const others = await bench.connect('others');
    await others.publish({ topic: held, payload: sentinel, qos: 1, retain: true });
    await publishDenied(bench, 'retaining', { topic: denied, payload: 'denied', qos: 1, retain: true });
    await publishDenied(bench, 'clearing', { topic: held, payload: '', qos: 1, retain: true });
    const permitted = await bench.connect('permitted', listed);
    await permitted.publish({ topic: allowed, payload: sentinel, qos: 1, retain: true });
    const late = await bench.connect('late');
    await late.subscribe({ [denied]: 1, [held]: 1, [allowed]: 1 });
    await late.delivery(allowed, sentinel);
    await late.delivery(held, sentinel);
    await bench.quiet();
    for (const topic of [denied, allowed, held]) await others.publish({ topic, payload: '', qos: 1, retain: true });
  },
  judge(slice) {
    const late = slice.client('late');
    const [retaining, clearing] = [slice.client('retaining'), slice.client('clearing')];
    const sayNew = saying(retainedAccept, { connection: retaining });
    const sayHeld = saying(retainedAccept, { connection: clearing });
    const [sent, cleared] = [retaining.sent('PUBLISH').at(0), clearing.sent('PUBLISH').at(0)];
    const [found] = late.received('PUBLISH', isText('denied'));
    const [allowed] = late.received('PUBLISH', message('allowed/x', sentinel));
    const [held] = late.received('PUBLISH', message('denied/held', sentinel));
    const isLost = allowed !== undefined && held === undefined;
    return [
      found
        ? sayNew('fail', 'the denied message was retained', sent, found)
        : judgeFenced(slice, ['allowed/x'], 'late', sayNew, sent),
      isLost
        ? sayHeld('fail', 'a message that others had retained was gone', allowed, cleared)
        : judgeFenced(slice, ['allowed/x', 'denied/held'], 'late', sayHeld, cleared),
    ];
  },
};

const willAccept = ['the CONNECT is refused, or the will comes to nothing; the will on an allowed topic is published'];
const wills = ['live', 'kept'] as const;
const willOn = (topic: string, payload: string, retain: boolean) =>
  ({ topic, payload: Buffer.from(payload), qos: 1, retain }) as const;

/** Connects with a will that the login may not publish, and is lost. */
async function loseDenied(bench: CheckBench, name: (typeof wills)[number]): Promise<void> {
  const way = { ...listed, will: willOn(bench.topic(`denied/${name}`), 'denied', name === 'kept') };
  const client = await bench.open(name, way);
  await client.sendIllegal('a will on a topic that is denied to the login', bench.connectPacket(name, way));
  const connack = await client.next('CONNACK');
  if (connack?.returnCode === 0) await client.abort('rst');
  else if (!(await client.closedByServer())) await client.abort('rst');
}

const deniedWill: Check = {
  id: 'security/acl-will',
  title: 'a will on a topic that is denied to the login is not published',
  section: '5.4',
  statements: [],
  needs: ['acl', 'will', 'qos1', 'retain'],
  group: 'parallel',
  accept: willAccept,
  async drive(bench) {
    const denied = wills.map((name) => bench.topic(`denied/${name}`));
    const allowed = bench.topic('allowed/will');
    const filters = Object.fromEntries([...denied, allowed].map((topic) => [topic, 1 as const]));
    const observer = await bench.connect('observer');
    await observer.subscribe(filters);
    await Promise.all(wills.map((name) => loseDenied(bench, name)));
    const permitted = await bench.connect('permitted', { ...listed, will: willOn(allowed, sentinel, true) });
    await permitted.abort('rst');
    await observer.delivery(allowed, sentinel, effectMs(bench));
    const others = await bench.connect('others');
    for (const topic of denied) await others.publish({ topic, payload: sentinel, qos: 1 });
    for (const topic of denied) await observer.delivery(topic, sentinel);
    await bench.quiet();
    const late = await bench.connect('late');
    await late.subscribe(filters);
    await late.delivery(allowed, sentinel);
    await bench.quiet();
    for (const topic of [...denied, allowed]) await others.publish({ topic, payload: '', qos: 1, retain: true });
  },
  judge: (slice) =>
    wills.map((name) => {
      const connection = slice.client(name);
      const say = saying(willAccept, { connection });
      const [sent, answer] = [connection.sent('CONNECT').at(0), connection.received('CONNACK').at(0)];
      const watchers = ['observer', 'late'].map((it) => slice.client(it));
      const [came] = watchers.flatMap((it) => it.received('PUBLISH', message(`denied/${name}`, 'denied')));
      if (came) return say('fail', `the will on ${came.packet.topic} was published`, sent, answer, came);
      const fenced = judgeFenced(slice, ['allowed/will', `denied/${name}`], 'observer', say, sent, answer);
      return fenced.verdict === 'pass' ? judgeFenced(slice, ['allowed/will'], 'late', say, sent, answer) : fenced;
    }),
};

export const securityAclChecks: readonly Check[] = [
  deniedPublish('security/acl-publish', 'a message that the login may not publish reaches nobody', [0, 1]),
  deniedPublish('security/acl-publish-qos2', 'a message at QoS 2 that the login may not publish reaches nobody', [2]),
  deniedSubscribe,
  deniedRetained,
  deniedWill,
];
