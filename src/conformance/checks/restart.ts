// Checks without a statement: what a broker has lost after it was ended and started again, politely or by SIGKILL.
import type { Measurement } from '../../judge/finding.ts';
import type { Slice } from '../../judge/slice.ts';
import { highestQos, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { isText, saying, type Judgement } from '../judgement.ts';

const count = 10;

/** What was acknowledged so long before the end counts as well before it; brokers save their state once a second, or so. */
const wellBeforeMs = 2500;

/** When the messages were acknowledged, seen from the end of the broker. */
const batches = ['well before', 'right before'] as const;
type Batch = (typeof batches)[number];

const payloadOf = (batch: Batch, n: number): string => `${batch}, number ${n}`;
const numbers = Array.from({ length: count }, (_, n) => n);

/** Hands the broker retained messages and messages for the absent session, and has each acknowledged. */
const fill = async (bench: CheckBench, publisher: ScriptedClient, batch: Batch): Promise<void> => {
  const name = batch.replace(' ', '-');
  for (const n of numbers) {
    const payload = payloadOf(batch, n);
    await publisher.publish({ topic: bench.topic(`kept/${name}/${n}`), payload, qos: 1, retain: true });
    await publisher.publish({ topic: bench.topic('queue'), payload, qos: n % 2 === 0 ? 1 : highestQos(bench) });
  }
};

/** What may have been kept is waited for this long, all of it side by side. */
const collect = async (bench: CheckBench, client: ScriptedClient, wanted: readonly (readonly [string, string])[]) => {
  const { effectTimeoutMs } = bench.parameters;
  await Promise.all(wanted.map(([topic, payload]) => client.delivery(topic, payload, effectTimeoutMs)));
};

/** The server may publish a will when it ends, or defer it until it is started again (section 3.1.2.5). */
const watchWill = async (bench: CheckBench): Promise<void> => {
  const topic = bench.topic('will');
  const observer = await bench.connect('observer', { cleanSession: false });
  await observer.subscribe({ [topic]: 1 });
  await observer.disconnect();
  await bench.connect('owner', { will: { topic, payload: Buffer.from('will'), qos: 1, retain: false } });
};

const restartAndReturn = async (bench: CheckBench, how: 'stop' | 'kill'): Promise<void> => {
  const queue = bench.topic('queue');
  const away = await bench.connect('away', { cleanSession: false });
  await away.subscribe({ [queue]: highestQos(bench) });
  await away.disconnect();
  await watchWill(bench);
  const publisher = await bench.connect('pub');
  await fill(bench, publisher, 'well before');
  await bench.elapse(wellBeforeMs);
  await fill(bench, publisher, 'right before');
  await bench.restartBroker(how);
  const late = await bench.connect('late');
  const back = await bench.connect('away', { cleanSession: false });
  const observer = await bench.connect('observer', { cleanSession: false });
  bench.mark('back', back);
  await late.subscribe({ [bench.topic('kept/#')]: 1 });
  await late.publish({ topic: queue, payload: 'live', qos: 1 });
  const all = batches.flatMap((batch) => numbers.map((n) => [batch, n, payloadOf(batch, n)] as const));
  await Promise.all([
    collect(
      bench,
      late,
      all.map(([batch, n, payload]) => [bench.topic(`kept/${batch.replace(' ', '-')}/${n}`), payload]),
    ),
    collect(bench, back, [...all.map(([, , payload]) => [queue, payload] as const), [queue, 'live']]),
    collect(bench, observer, [[bench.topic('will'), 'will']]),
  ]);
  await bench.quiet();
};

/** How much of one kind is gone. */
interface Loss {
  readonly what: string;
  readonly lost: number;
  readonly of: number;
}

function lossesIn(slice: Slice): readonly Loss[] {
  const lostOf = (client: string, wanted: readonly string[]): number => {
    const got = slice.client(client);
    return wanted.filter((text) => got.received('PUBLISH', isText(text)).length === 0).length;
  };
  const back = slice.client('away');
  const isResumed = back.received('CONNACK').at(0)?.packet.sessionPresent === true;
  return [
    ...batches.flatMap((batch): readonly Loss[] => {
      const wanted = numbers.map((n) => payloadOf(batch, n));
      const when = `acknowledged ${batch} the end`;
      return [
        { what: `retained messages lost, ${when}`, lost: lostOf('late', wanted), of: count },
        { what: `queued messages lost, ${when}`, lost: lostOf('away', wanted), of: count },
      ];
    }),
    { what: 'sessions lost', lost: isResumed ? 0 : 1, of: 1 },
    { what: 'subscriptions lost', lost: lostOf('away', ['live']), of: 1 },
    { what: 'wills lost', lost: lostOf('observer', ['will']), of: 1 },
  ];
}

const accept = [
  'all that was acknowledged is there after the restart: retained messages, the session with its subscription and queue, the will',
  'some of it is lost (a remark with the measured loss: the standard asks for no storage that outlives the server)',
];

function judgeLosses(slice: Slice): readonly Judgement[] {
  const back = slice.client('away');
  const say = saying(accept, { connection: back });
  const losses = lossesIn(slice);
  const measured = losses.map(({ what, lost, of }): Measurement => ({
    name: `${what} (of ${of})`,
    unit: '',
    value: lost,
  }));
  const gone = losses.filter(({ lost }) => lost > 0).map(({ what, lost, of }) => `${what}: ${lost} of ${of}`);
  const connack = back.received('CONNACK').at(0);
  if (gone.length === 0) return [{ ...say('pass', 'nothing was lost', connack), measured }];
  return [{ ...say('warn', gone.join('; '), connack), measured }];
}

const restartChecks311 = [
  { how: 'stop', id: 'restart/graceful', title: 'what was acknowledged outlives a graceful restart' },
  { how: 'kill', id: 'restart/killed', title: 'what was acknowledged outlives a kill -9' },
] as const;

/** One check for each way in which a broker ends. */
export const restartChecks: readonly Check[] = restartChecks311.map(({ how, id, title }) => ({
  id,
  title,
  section: '4.1',
  statements: [],
  needs: ['restart', 'retain', 'session', 'will', 'qos1', 'wildcards'],
  group: 'ownInstance',
  accept,
  drive: (bench) => restartAndReturn(bench, how),
  judge: judgeLosses,
}));
