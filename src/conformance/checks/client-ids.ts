// Checks of section 3.1.3.1: which client ids a server must take, and how it turns others away.
import type { StatementId } from '../../spec/statement.ts';
import type { Slice, SliceConnection } from '../../judge/slice.ts';
import { SituationFailed, type CheckBench, type ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { isText, type Judgement } from '../judgement.ts';
import { malformedConnect, type Malformation } from '../malformed-connect.ts';

/** The characters that every server takes. */
const characters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** The longest client id that every server takes. */
const longest = 23;

const codeOf = (connection: SliceConnection): number | undefined =>
  connection.received('CONNACK').at(0)?.packet.returnCode;

const isClosed = ({ ended }: SliceConnection): boolean => ended?.by === 'server';

/** How a CONNECT was answered, in words. */
function answerOf(connection: SliceConnection): string {
  const code = codeOf(connection);
  if (code === 0) return 'CONNACK with code 0';
  const ending = isClosed(connection) ? 'then a close by the server' : 'and the connection stayed open';
  return `${code === undefined ? 'no CONNACK' : `CONNACK with code ${code}`}, ${ending}`;
}

function say(
  statement: StatementId,
  connection: SliceConnection,
  verdict: Judgement['verdict'],
  expected: readonly string[],
  actual: string,
): Judgement {
  const { packets, ended } = connection;
  return {
    statement,
    verdict,
    expected,
    actual,
    connection: connection.id,
    evidence: { events: [...packets.map(({ seq }) => seq), ...(ended ? [ended.seq] : [])] },
    count: 1,
  };
}

/** Connects with an id, and leaves again if that was accepted; tells whether the server accepted it or closed. */
async function tryId(bench: CheckBench, name: string, clientId: string, cleanSession = true): Promise<boolean> {
  const client = await bench.open(name);
  const connect = bench.connectPacket(name, { clientId, cleanSession });
  if (clientId === '' && !cleanSession) await client.sendIllegal('no client id, and CleanSession 0', connect);
  else await client.send(connect);
  // Nothing is sent while the answer is waited for: a server that gives none must not be led to close by a PINGREQ.
  if (!(await isConnected(client))) return client.closedByServer();
  await client.disconnect();
  return true;
}

async function isConnected(client: ScriptedClient): Promise<boolean> {
  try {
    await client.connected();
    return true;
  } catch (error) {
    if (error instanceof SituationFailed) return false;
    throw error;
  }
}

/** So many at once: a burst of them all would measure the server's patience, and that of the checks beside it. */
const width = 4;

/**
 * Tries ids a few at a time. A lane ends where the server neither answers nor closes: that costs both timeouts, and
 * shows enough.
 */
async function tryInLanes<T>(ids: readonly T[], attempt: (id: T) => Promise<boolean>): Promise<void> {
  const waiting = [...ids];
  const lane = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) if (!(await attempt(id))) return;
  };
  await Promise.all(Array.from({ length: width }, lane));
}

const BASIC: StatementId = 'MQTT-3.1.3-5';
const basicAccept = [
  'CONNACK with code 0 for each id',
  'or CONNACK with code 4 or 5, since who may connect is for the server to say: a remark',
];
const basicName = 'basic';

/** The check that ids of 1 to 23 bytes of digits and letters are accepted. */
function basicIds(it: Pick<Check, 'id' | 'title' | 'unsafe'>, idsOf: (bench: CheckBench) => readonly string[]): Check {
  return {
    ...it,
    section: '3.1.3.1',
    statements: [BASIC],
    needs: [],
    group: 'parallel',
    accept: basicAccept,
    async drive(bench) {
      await tryInLanes(idsOf(bench), (id) => tryId(bench, basicName, id));
      await bench.connect('witness');
    },
    judge: (slice) => slice.connectionsOf(basicName).map(judgeBasic),
  };
}

function judgeBasic(connection: SliceConnection): Judgement {
  const clientId = connection.sent('CONNECT').at(0)?.packet.clientId ?? '';
  const code = codeOf(connection);
  // A reset may have destroyed the CONNACK before it; code 3 is about the server, and about no id.
  const unclear = code === 3 || (code === undefined && connection.ended?.how === 'rst');
  const verdict = code === 0 ? 'pass' : unclear ? 'inconclusive' : code === 4 || code === 5 ? 'warn' : 'fail';
  return say(BASIC, connection, verdict, basicAccept, `client id ${clientId}: ${answerOf(connection)}`);
}

/** Ids of our own: the shortest, and longest ones that have all the characters between them. */
function ownIds(bench: CheckBench): readonly string[] {
  const prefix = bench.clientId('');
  const room = Math.max(1, longest - prefix.length);
  const ids = [`${prefix}0`];
  for (let at = 0; at < characters.length; at += room) {
    ids.push(`${prefix}${characters.slice(at, at + room)}`.padEnd(longest, 'z'));
  }
  return ids;
}

const EMPTY: StatementId = 'MQTT-3.1.3-6';
const emptyAccept = [
  'both are accepted with Session Present 0, stay connected, and each gets the messages of its own subscription alone',
  'or both are refused with code 2 and closed on, since a server need not offer this',
];
const emptyNames = ['first', 'second'] as const;
/** The second goes the same way later: a server that has sent it is through with the first. */
const emptyPayloads = ['yours', 'end'] as const;

function judgeEmpty(slice: Slice): readonly Judgement[] {
  const both = emptyNames.map((name) => ({ name, connection: slice.client(name) }));
  const isOffered = both.some(({ connection }) => codeOf(connection) === 0);
  return both.map(({ name, connection }) => {
    const [verdict, actual] = outcomeOfEmpty(name, connection, isOffered, pathOf(slice, name));
    return say(EMPTY, connection, verdict, emptyAccept, `the ${name} client without an id: ${actual}`);
  });
}

/** What is known of the messages for a client, apart from what it got itself. */
interface EmptyPath {
  /** The server took the first over, at QoS 1. */
  readonly isPublished: boolean;
  /** Both went through the server: a client with an id, which subscribed later, has them. */
  readonly isPassed: boolean;
}

function pathOf(slice: Slice, name: string): EmptyPath {
  const publisher = slice.client('publisher');
  const [sent] = publisher.sent('PUBLISH', ({ topic }) => topic.endsWith(`/${name}`));
  const passed = slice.client('named').received('PUBLISH', ({ topic }) => topic.endsWith(`/${name}`));
  return {
    isPublished: publisher.received('PUBACK', ({ packetId }) => packetId === sent?.packet.packetId).length > 0,
    isPassed: emptyPayloads.every((text) => passed.some(({ packet }) => isText(text)(packet))),
  };
}

function outcomeOfEmpty(
  name: string,
  connection: SliceConnection,
  isOffered: boolean,
  { isPublished, isPassed }: EmptyPath,
): readonly [Judgement['verdict'], string] {
  const connack = connection.received('CONNACK').at(0);
  // One refused as the other's double: each was to be given an id of its own.
  if (isOffered && connack?.packet.returnCode === 2)
    return ['fail', `${answerOf(connection)}, while the other was accepted`];
  // How an id is refused is the business of MQTT-3.1.3-9.
  if (connack?.packet.returnCode !== 0) return ['notExercised', answerOf(connection)];
  if (connack.packet.sessionPresent) return ['fail', 'accepted with Session Present 1'];
  if (isClosed(connection)) return ['fail', 'accepted, and closed on later'];
  const got = connection.received('PUBLISH').map(({ packet }) => packet);
  const foreign = got.find(({ topic }) => !topic.endsWith(`/${name}`))?.topic;
  if (foreign !== undefined) return ['fail', `it got a message on ${foreign}, which only the other had subscribed to`];
  if (got.some(isText(emptyPayloads[0]))) return ['pass', 'accepted, and served as a client of its own'];
  const code = connection.received('SUBACK').at(0)?.packet.returnCodes.at(0);
  const isPromised = isPublished && (code === 1 || code === 2);
  if (!isPromised)
    return ['inconclusive', 'accepted, but its subscription or the message for it was not taken at QoS 1'];
  if (got.length > 0) return ['fail', 'accepted, but of two messages that it had subscribed to only the later came'];
  // A server that is behind with everybody has not passed it by.
  const isPassedBy = isPassed && connection.received('PINGRESP').length > 0;
  const actual = `accepted, but it did not get the messages it had subscribed to${isPassedBy ? ', which a client with an id got' : ''}`;
  return [isPassedBy ? 'fail' : 'inconclusive', actual];
}

const REFUSED: StatementId = 'MQTT-3.1.3-9';
const refusedAccept = [
  'the client id is accepted',
  'CONNACK with code 2, then a close by the server',
  'a close without CONNACK: for an id with control or non-characters; for one of 65535 bytes a remark',
  'CONNACK with code 3 or 5, then the close: a remark',
];

/** A client id that a server may refuse. */
interface Probe {
  readonly name: string;
  readonly what: string;
  readonly cleanSession?: boolean;
  /** What a close without CONNACK comes to. */
  readonly silentClose?: Judgement['verdict'];
  id(own: string): string;
}

const probes: readonly Probe[] = [
  { name: 'bytes24', what: 'of 24 bytes', id: (own) => own.padEnd(longest + 1, 'x') },
  { name: 'bytes100', what: 'of 100 bytes', id: (own) => own.padEnd(100, 'x') },
  { name: 'bytes65535', what: 'of 65535 bytes', silentClose: 'warn', id: (own) => own.padEnd(0xffff, 'x') },
  { name: 'slash', what: 'with a slash', id: (own) => `${own}/x` },
  { name: 'wildcards', what: 'with # and +', id: (own) => `${own}#+` },
  { name: 'space', what: 'with a space', id: (own) => `${own} x` },
  { name: 'letters', what: 'with letters beyond ASCII', id: (own) => `${own}\u00E9\u4E2D` },
  { name: 'control', what: 'with U+0001', silentClose: 'pass', id: (own) => `${own}\u0001` },
  { name: 'noncharacter', what: 'with U+FFFF', silentClose: 'pass', id: (own) => `${own}\uFFFF` },
  { name: 'empty', what: 'of no bytes', id: () => '' },
  // One that no server may accept: where it is refused, the refusal is seen.
  { name: 'emptykept', what: 'of no bytes, with CleanSession 0', cleanSession: false, id: () => '' },
];

function judgeProbe(connection: SliceConnection, probe: Probe): Judgement {
  const verdict = verdictOnRefusal(connection, probe);
  return say(REFUSED, connection, verdict, refusedAccept, `a client id ${probe.what}: ${answerOf(connection)}`);
}

function verdictOnRefusal(connection: SliceConnection, { silentClose }: Probe): Judgement['verdict'] {
  const code = codeOf(connection);
  if (code === 0) return 'notExercised';
  if (!isClosed(connection)) return 'fail';
  if (code === undefined) return silentClose ?? (connection.ended?.how === 'rst' ? 'inconclusive' : 'fail');
  if (code === 2) return 'pass';
  return code === 3 || code === 5 ? 'warn' : 'fail';
}

const illFormed = (name: string, what: string, ...bytes: readonly number[]): Malformation => ({
  name,
  what: `a client id with the bytes ${what}`,
  statements: ['MQTT-3.1.3-4'],
  namedCodes: [2],
  spoil: (legal) => [{ ...legal, clientId: Buffer.concat([Buffer.from(legal.clientId), Uint8Array.from(bytes)]) }],
});

export const clientIdChecks: readonly Check[] = [
  malformedConnect({
    id: 'client-id/ill-formed',
    title: 'a client id that is not well-formed UTF-8 is closed on',
    section: '3.1.3.1',
    legal: (bench, name) => bench.connectPacket(name),
    malformations: [
      illFormed('cut', 'C3 28', 0xc3, 0x28),
      illFormed('surrogate', 'ED A0 80, a surrogate', 0xed, 0xa0, 0x80),
    ],
  }),
  basicIds(
    {
      id: 'client-id/basic',
      title: 'client ids of up to 23 digits and letters are accepted, every character among them',
    },
    ownIds,
  ),
  basicIds(
    {
      id: 'client-id/one-character',
      title: 'every client id of one digit or letter is accepted',
      unsafe: 'takes client ids of one letter, which somebody else may use',
    },
    () => characters.split(''),
  ),
  {
    id: 'client-id/empty',
    title: 'clients without a client id are given one each',
    section: '3.1.3.1',
    statements: [EMPTY],
    needs: ['qos1'],
    group: 'parallel',
    accept: emptyAccept,
    async drive(bench) {
      const clients = await Promise.all(
        emptyNames.map(async (name) => {
          const client = await bench.open(name);
          await client.send(bench.connectPacket(name, { clientId: '' }));
          const isAccepted = (await client.next('CONNACK'))?.returnCode === 0;
          return { name, client, isAccepted, topic: bench.topic(`without-id/${name}`) };
        }),
      );
      const accepted = clients.filter(({ isAccepted }) => isAccepted);
      await Promise.all(accepted.map(({ client, topic }) => client.subscribe({ [topic]: 1 })));
      const named = await bench.connect('named');
      for (const { topic } of accepted) await named.subscribe({ [topic]: 1 });
      const publisher = await bench.connect('publisher');
      for (const { client, topic } of accepted) {
        for (const payload of emptyPayloads) await publisher.publish({ topic, payload, qos: 1 });
        await Promise.all([client, named].map((it) => it.delivery(topic, emptyPayloads[1])));
      }
      await bench.quiet();
      await Promise.all(accepted.map(({ client }) => client.ping()));
      await bench.connect('witness');
    },
    judge: judgeEmpty,
  },
  {
    id: 'client-id/refused',
    title: 'a client id that the server refuses is answered by code 2 and the close',
    section: '3.1.3.1',
    statements: [REFUSED],
    needs: [],
    group: 'parallel',
    accept: refusedAccept,
    async drive(bench) {
      await tryInLanes(probes, (it) => tryId(bench, it.name, it.id(bench.clientId(it.name)), it.cleanSession));
      await bench.connect('witness');
    },
    judge: (slice) => probes.flatMap((probe) => slice.connectionsOf(probe.name).map((it) => judgeProbe(it, probe))),
  },
];
