// Checks of section 3.8.3, 3.10.3 and 4.7.1: which topic filters a server takes, and what they match.
import type { StatementId } from '../../spec/statement.ts';
import type { CheckBench, ScriptedClient } from '../bench.ts';
import type { Check } from '../check.ts';
import { illegalFilters } from '../illegal-filters.ts';
import { matchTable, type MatchRow } from '../match-table.ts';
import { answers, mustClose, type MustClose } from '../must-close.ts';

type Request = 'SUBSCRIBE' | 'UNSUBSCRIBE';

/** What is broken when a filter of this form matches too much or too little. */
function statementsOf(filter: string): readonly StatementId[] {
  const statements: StatementId[] = [];
  if (filter.includes('#')) statements.push('MQTT-4.7.1-2');
  if (filter.includes('+')) statements.push('MQTT-4.7.1-3');
  return statements.length === 0 ? ['MQTT-4.7.3-4'] : statements;
}

const row = (filter: string, ...matches: readonly string[]): MatchRow => ({
  filter,
  matches,
  statements: statementsOf(filter),
});

const abcd = '%/a/b/c/d';

/** The filters that every implementation of the matching rules is tried with, below the run's own prefix. */
const reference: readonly MatchRow[] = [
  ...['a/b/c/d', '+/b/c/d', 'a/+/c/d', 'a/+/+/d', '+/+/+/+', 'a/b/c/+'].map((path) => row(`%/${path}`, abcd)),
  ...['#', 'a/#', 'a/b/#', 'a/b/c/#', 'a/b/c/d/#', '+/b/c/#', '+/+/+/+/#'].map((path) => row(`%/${path}`, abcd)),
  ...['a/b/c', 'b/+/c/d', '+/+/+', 'a/b/c/d/+', 'a/b/c/d/e', 'A/b/c/d', 'a/b/c/d/', 'b/#', 'a/b/c/d/e/#'].map((path) =>
    row(`%/${path}`),
  ),
  row('/%/a/b/c/d'),
  row('%//a/b/c/d'),
];

const bcd = '%/b/c/d';

/** The same from the root, where the run's prefix is the first level. */
const fromTheRoot: readonly MatchRow[] = [
  ...['%/b/c/d', '+/b/c/d', '%/+/c/d', '%/+/+/d', '+/+/+/+'].map((filter) => row(filter, bcd)),
  ...['#', '%/#', '%/b/#', '%/b/c/#', '%/b/c/d/#', '+/b/c/#'].map((filter) => row(filter, bcd)),
  ...['+', '+/+/+', '+/+/+/+/+', '/+/b/c/d', '/#', '+/b/c'].map((filter) => row(filter)),
];

const parentLevel: readonly MatchRow[] = [
  { filter: '%/s/t/#', matches: ['%/s/t', '%/s/t/', '%/s/t/u', '%/s/t/u/v'], statements: ['MQTT311-NN-28'] },
  { filter: '%/s/+/#', matches: ['%/s/t', '%/s/t/', '%/s/t/u', '%/s/t/u/v', '%/s/tt'], statements: ['MQTT311-NN-28'] },
];

const emptyLevels: readonly MatchRow[] = [
  { filter: '%/+/+', matches: ['%//f', '%/s/', '%//'], statements: ['MQTT311-NN-29'] },
  { filter: '%//+', matches: ['%//f', '%//'], statements: ['MQTT311-NN-29'] },
  { filter: '%/s/+', matches: ['%/s/'], statements: ['MQTT311-NN-29'] },
  { filter: '%/+', matches: ['%/s'], statements: ['MQTT311-NN-29'] },
];

const tables: readonly Check[] = [
  matchTable({
    id: 'filters/reference',
    title: 'the reference filters match, or do not match, the topic a/b/c/d',
    section: '4.7.1',
    needs: ['wildcards'],
    group: 'parallel',
    topics: [abcd],
    rows: reference,
  }),
  matchTable({
    id: 'filters/reference-from-root',
    title: 'the reference filters match from the first level of the topic on',
    section: '4.7.1',
    needs: ['wildcards'],
    group: 'alone',
    unsafe: 'subscribes to #, + and other filters that take in the traffic of others',
    topics: [bcd],
    rows: fromTheRoot,
  }),
  matchTable({
    id: 'filters/parent-level',
    title: '# at the end matches the level above it, and everything below',
    section: '4.7.1.2',
    needs: ['wildcards'],
    group: 'parallel',
    topics: ['%/s/t', '%/s/t/', '%/s/t/u', '%/s/t/u/v', '%/s/tt', '%/s'],
    rows: parentLevel,
  }),
  matchTable({
    id: 'filters/empty-level',
    title: '+ matches exactly one level, which may be empty',
    section: '4.7.1.3',
    needs: ['wildcards'],
    group: 'parallel',
    topics: ['%//f', '%/s/', '%/s', '%//'],
    rows: emptyLevels,
  }),
  matchTable({
    id: 'filters/wildcards-work-or-are-refused',
    title: 'a wildcard filter that is granted matches; a server without wildcards refuses it',
    section: '3.8.3',
    needs: [],
    group: 'parallel',
    refused: 'warn',
    topics: ['%/w/x'],
    rows: ['%/w/+', '%/w/#', '%/+/x', '%/#'].map((filter) => ({
      filter,
      matches: ['%/w/x'],
      statements: ['MQTT-3.8.3-2'],
    })),
  }),
];

/** Misplaced wildcards: behind the check's own prefix, and (`%` for the prefix) from the root. */
const misplaced = [
  {
    word: 'multi-level',
    statement: 'MQTT-4.7.1-2',
    illegal: ['a#', 'a/#/b', '#/a', '##', 'a/b#/c', '#a'],
    legal: ['#', 'a/#', 'a/+/#'],
    illegalFromRoot: ['##', '#/%', '%#', '#%', 'a#'],
    legalFromRoot: ['#', '%/#', '/#'],
  },
  {
    word: 'single-level',
    statement: 'MQTT-4.7.1-3',
    illegal: ['a+', '+a', 'a/b+/c', 'a/+b/c', '++', '+a/#'],
    legal: ['+', '+/+', 'a/+/c', '+/a/#', '/+'],
    illegalFromRoot: ['++', '+%', '%+', '+%/#', 'a+', '+a'],
    legalFromRoot: ['+', '+/+', '/+', '+/%/#'],
  },
] as const;

const below = (paths: readonly string[]) => (bench: CheckBench) => paths.map((path) => bench.topic(path));
const fromRoot = (filters: readonly string[]) => (bench: CheckBench) =>
  filters.map((filter) => filter.replace('%', bench.topic('').slice(0, -1)));

const misplacedWildcards = misplaced.flatMap(({ word, statement, illegal, legal, illegalFromRoot, legalFromRoot }) => [
  ...(['SUBSCRIBE', 'UNSUBSCRIBE'] as const).map((request) =>
    illegalFilters({
      id: `filters/${word}-misplaced-${request.toLowerCase()}`,
      title: `no ${request} with a misplaced ${word} wildcard is accepted`,
      section: '4.7.1',
      statement,
      needs: ['wildcards'],
      group: 'parallel',
      request,
      illegal: below(illegal),
      legal: below(legal),
    }),
  ),
  illegalFilters({
    id: `filters/${word}-misplaced-at-root`,
    title: `no misplaced ${word} wildcard is granted on the first level`,
    section: '4.7.1',
    statement,
    needs: ['wildcards'],
    group: 'ownInstance',
    unsafe: 'subscribes to filters that take in the traffic of others',
    request: 'SUBSCRIBE',
    illegal: fromRoot(illegalFromRoot),
    legal: fromRoot(legalFromRoot),
  }),
]);

const emptyFilters = (['SUBSCRIBE', 'UNSUBSCRIBE'] as const).map((request) =>
  illegalFilters({
    id: `filters/empty-${request.toLowerCase()}`,
    title: `no ${request} with an empty filter is accepted`,
    section: '4.7.3',
    statement: 'MQTT-4.7.3-1',
    needs: [],
    group: 'parallel',
    request,
    illegal: () => [''],
    legal: (bench) => [bench.topic(''), bench.topic('x')],
  }),
);

/** Text that is not UTF-8, one of each kind. */
const illFormed = [
  { name: 'broken-sequence', what: 'a broken sequence', bytes: [0xc3, 0x28] },
  { name: 'overlong', what: 'an overlong form', bytes: [0xc0, 0xaf] },
  { name: 'surrogate', what: 'half of a surrogate pair', bytes: [0xed, 0xa0, 0x80] },
] as const;

/** A check that a SUBSCRIBE or UNSUBSCRIBE which cannot be read is closed on, after one that can. */
const unreadable = (
  request: Request,
  it: Pick<MustClose, 'id' | 'title' | 'section' | 'statement' | 'offend'>,
): Check =>
  mustClose({
    ...it,
    isEffect: answers(request === 'SUBSCRIBE' ? 'SUBACK' : 'UNSUBACK'),
    async prepare(bench) {
      const client = await bench.connect('offender');
      await client.subscribe({ [bench.topic('legal é')]: 0 });
      if (request === 'UNSUBSCRIBE') await client.unsubscribe(bench.topic('legal é'));
      return client;
    },
  });

const ask = (request: Request, client: ScriptedClient, why: string, filter: string | Uint8Array): Promise<void> =>
  client.sendIllegal(
    why,
    request === 'SUBSCRIBE'
      ? { type: request, packetId: 9, subscriptions: [{ filter, qos: 0 }] }
      : { type: request, packetId: 9, filters: [filter] },
  );

const unreadableFilters = (['SUBSCRIBE', 'UNSUBSCRIBE'] as const).flatMap((request) => {
  const isSubscribe = request === 'SUBSCRIBE';
  const word = request.toLowerCase();
  return [
    ...illFormed.map(({ name, what, bytes }) =>
      unreadable(request, {
        id: `filters/ill-formed-${name}-${word}`,
        title: `${what} in the filter of ${request} ends the connection`,
        section: isSubscribe ? '3.8.3' : '3.10.3',
        statement: isSubscribe ? 'MQTT-3.8.3-1' : 'MQTT-3.10.3-1',
        offend: (client, bench) =>
          ask(
            request,
            client,
            `${request} with ill-formed UTF-8 in its filter`,
            Buffer.concat([Buffer.from(bench.topic('a')), Buffer.from(bytes)]),
          ),
      }),
    ),
    unreadable(request, {
      id: `filters/nul-${word}`,
      title: `U+0000 in the filter of ${request} ends the connection`,
      section: '4.7.3',
      statement: 'MQTT-4.7.3-2',
      offend: (client, bench) => ask(request, client, `${request} with NUL in its filter`, bench.topic('a\0b')),
    }),
    unreadable(request, {
      id: `filters/beyond-packet-${word}`,
      title: `a filter of ${request} that is said to be longer than the packet ends the connection`,
      section: isSubscribe ? '3.8.3' : '3.10.3',
      statement: isSubscribe ? 'MQTT-3.8.3-1' : 'MQTT-3.10.3-1',
      // Length 5 for a filter of two bytes.
      offend: (client) =>
        client.sendIllegal(
          `${request} whose filter runs beyond the packet`,
          isSubscribe ? Uint8Array.of(0x82, 6, 0, 9, 0, 5, 0x61, 0x62) : Uint8Array.of(0xa2, 6, 0, 9, 0, 5, 0x61, 0x62),
        ),
    }),
    unreadable(request, {
      id: `filters/none-${word}`,
      title: `a ${request} without any filter ends the connection`,
      section: isSubscribe ? '3.8.3' : '3.10.3',
      statement: isSubscribe ? 'MQTT-3.8.3-3' : 'MQTT-3.10.3-2',
      offend: (client) =>
        client.sendIllegal(
          `${request} without a filter`,
          isSubscribe
            ? { type: request, packetId: 10, subscriptions: [] }
            : { type: request, packetId: 10, filters: [] },
        ),
    }),
  ];
});

export const filterChecks: readonly Check[] = [...tables, ...misplacedWildcards, ...emptyFilters, ...unreadableFilters];
