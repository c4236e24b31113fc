// Checks of section 3.3.2 and 4.7: which topic names a server takes, and that it neither alters nor equates them.
import type { StatementId } from '../../spec/statement.ts';
import type { Packet, Text } from '../../wire/packet.ts';
import { highestQos } from '../bench.ts';
import type { Check } from '../check.ts';
import { matchTable } from '../match-table.ts';
import { answers, mustClose, type MustClose } from '../must-close.ts';

const publishOn = (topic: Text): Packet<Text> => ({
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain: false,
  topic,
  packetId: 9,
  payload: Buffer.from('never to be taken over'),
});

/** Every topic reaches the filter that is the same text, and no other. */
const apart = (topics: readonly string[], ...statements: readonly StatementId[]) => ({
  topics,
  rows: topics.map((topic) => ({ filter: topic, matches: [topic], statements })),
});

/** The longest topic that there can be, of one level below the prefix; two of them differ in their last byte only. */
const longestB = 65535;

const tables: readonly Check[] = [
  matchTable({
    id: 'topics/byte-order-mark',
    title: 'U+FEFF is a character of a topic like any other, at its beginning and inside',
    section: '1.5.3',
    needs: [],
    group: 'parallel',
    ...apart(['\uFEFF%/x', '%/x', '%/a\uFEFFb', '%/ab', '%/\uFEFF'], 'MQTT-1.5.3-3'),
  }),
  matchTable({
    id: 'topics/no-normalisation',
    title: 'topics that look alike are different topics',
    section: '4.7.3',
    needs: [],
    group: 'parallel',
    ...apart(
      [
        ...['a/b', 'A/b', 'a/B', 'a//b', 'a/b/', '/a/b', 'a', 'a/', ' a', 'a ', 'a/ b'].map((path) => `%/${path}`),
        '/%/a/b',
        ...['é', 'e\u0301', 'É', '\uFB01', 'fi', '\uFF41', 'ß', 'ss', '\u{1F600}'].map((text) => `%/${text}`),
        ...['a/./b', 'a/../a/b', 'a%2Fb', String.raw`a\b`, '%61/b'].map((path) => `%/${path}`),
      ],
      'MQTT-4.7.3-4',
    ),
  }),
  matchTable({
    id: 'topics/longest',
    title: 'a topic of 65535 bytes is delivered whole, or refused openly',
    section: '4.7.3',
    needs: [],
    // Legal, but such topics have brought brokers down: what comes behind them could not be judged any more.
    group: 'ownInstance',
    unsafe: 'uses topics so long that brokers have gone down over them',
    refused: 'warn',
    ...apart(['%/1', '%/2'], 'MQTT-4.7.3-3'),
    resolve: (path, prefix) => `${prefix}/`.padEnd(longestB - 1, 'x') + path.slice(-1),
  }),
  matchTable({
    id: 'topics/separator-alone',
    title: 'a topic may be the separator alone',
    section: '4.7.3',
    needs: [],
    group: 'alone',
    unsafe: 'publishes on topics outside of its own prefix',
    ...apart(['/', '//', '%'], 'MQTT-4.7.3-1'),
  }),
];

/** A check that a PUBLISH with such a topic name is closed on, after one that is legal. */
const refusedName = (it: Pick<MustClose, 'id' | 'title' | 'section' | 'statement' | 'offend'>, legal: string): Check =>
  mustClose({
    ...it,
    needs: ['qos1'],
    isEffect: answers('PUBACK'),
    async prepare(bench) {
      const client = await bench.connect('offender');
      await client.publish({ topic: bench.topic(legal), payload: 'legal', qos: 1 });
      return client;
    },
  });

const refusedNames: readonly Check[] = [
  refusedName(
    {
      id: 'topics/empty-name',
      title: 'a PUBLISH with an empty topic name ends the connection',
      section: '4.7.3',
      statement: 'MQTT-4.7.3-1',
      offend: (client) => client.sendIllegal('PUBLISH with an empty topic name', publishOn('')),
    },
    'x',
  ),
  refusedName(
    {
      id: 'topics/nul-in-name',
      title: 'a PUBLISH with U+0000 in its topic name ends the connection',
      section: '4.7.3',
      statement: 'MQTT-4.7.3-2',
      offend: (client, bench) =>
        client.sendIllegal('PUBLISH with NUL in its topic name', publishOn(bench.topic('a\0b'))),
    },
    'ab',
  ),
  refusedName(
    {
      id: 'topics/name-beyond-packet',
      title: 'a PUBLISH whose topic name is one byte longer than the packet ends the connection',
      section: '3.3.2',
      statement: 'MQTT-3.3.2-1',
      // Length 5 for a name of four bytes with which the packet ends.
      offend: (client) =>
        client.sendIllegal('PUBLISH whose topic runs beyond it', Uint8Array.of(0x32, 6, 0, 5, 0x61, 0x62, 0x63, 0x64)),
    },
    'abcd',
  ),
];

/** Topic names around the sizes at which a length takes another byte, of characters of one to four bytes. */
const namesOfManySizes = [
  'n',
  'é/ü',
  '\u20AC',
  '\u{1F4A1}/x',
  ...[100, 127, 128, 255, 256, 300].map((length) => 'n'.repeat(length)),
];

const nameFirst: Check = {
  id: 'topics/name-first',
  title: 'a delivered PUBLISH begins with its topic name',
  section: '3.3.2',
  statements: ['MQTT-3.3.2-1'],
  needs: ['qos1', 'wildcards'],
  group: 'parallel',
  // A name that is well formed and that nobody asked for is another statement's matter (3.3.2-3).
  accept: ['each PUBLISH begins with a topic name in UTF-8'],
  async drive(bench) {
    const subscriber = await bench.connect('sub');
    await subscriber.subscribe({ [bench.topic('#')]: highestQos(bench) });
    const publisher = await bench.connect('pub');
    for (const name of namesOfManySizes) {
      for (const qos of bench.qosLevels) {
        await publisher.publish({ topic: bench.topic(name), payload: `at QoS ${qos}, a payload of some length`, qos });
      }
    }
    await publisher.publish({ topic: bench.topic('end'), payload: 'end', qos: highestQos(bench) });
    await subscriber.delivery(bench.topic('end'), 'end');
    await bench.quiet();
  },
};

export const topicChecks: readonly Check[] = [...tables, ...refusedNames, nameFirst];
