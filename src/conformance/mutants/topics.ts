// Mutants of topic names and filters: read wrongly, taken when they are not legal, matched otherwise than they stand.
import type { PacketAction } from '../../faults/packet-fault.ts';
import type { TopicForm } from '../../faults/topic-form.ts';
import type { DeviationCode } from '../../wire/deviation-codes.ts';
import type { Mutant } from '../mutant.ts';
import type { Bug } from './plant.ts';
import { again, answer, drop, fromBroker, fromClient, loseAtQos1, mend, mutant, rewrite } from './plant.ts';

const subscribing = ['SUBSCRIBE', 'UNSUBSCRIBE'] as const;
const withTopic = ['PUBLISH', ...subscribing] as const;

const inForm = (topicForm: TopicForm | readonly TopicForm[]): PacketAction => rewrite({ topicForm });

/** Brings topic names and filters into one form before anything is done with them. */
const normalising = (form: TopicForm): Bug => [fromClient(withTopic), inForm(form)];

/** Grants a subscription to a filter that is wrong in this way, and never looks at it again. */
const granted = (deviation: DeviationCode): Bug => [fromClient('SUBSCRIBE', { deviation }), answer('SUBACK'), drop];
const unsubscribed = (deviation: DeviationCode): Bug => [
  fromClient('UNSUBSCRIBE', { deviation }),
  answer('UNSUBACK'),
  drop,
];

/** Acknowledges a message whose topic is wrong in this way, and does nothing with it. */
const acknowledged = (deviation: DeviationCode): readonly Bug[] => [
  [fromClient('PUBLISH', { qos: 0, deviation }), drop],
  [fromClient('PUBLISH', { qos: 1, deviation }), answer('PUBACK'), drop],
  [fromClient('PUBLISH', { qos: 2, deviation }), answer('PUBREC'), drop],
];

/** Takes any character for an ordinary one in topic names: look-alikes stand for them in the good broker. */
const wildcardsAreOrdinary = (type: 'PUBLISH' | 'CONNECT'): readonly Bug[] => [
  [fromClient(type, { deviation: 'wildcard-in-topic' }), inForm(['hidePlus', 'hideHash'])],
  [fromBroker('PUBLISH'), inForm('showHidden')],
];

export const bomMutants: readonly Mutant[] = [
  mutant('bom-first-in-topic-dropped', 'MQTT-1.5.3-3', 'drops U+FEFF at the beginning of topic names', [
    fromClient('PUBLISH'),
    inForm('dropFirstBom'),
  ]),
  mutant('bom-first-in-filter-dropped', 'MQTT-1.5.3-3', 'drops U+FEFF at the beginning of topic filters', [
    fromClient(subscribing),
    inForm('dropFirstBom'),
  ]),
  mutant('bom-first-dropped', 'MQTT-1.5.3-3', 'drops U+FEFF at the beginning of topic names and filters', [
    fromClient(withTopic),
    inForm('dropFirstBom'),
  ]),
  mutant('bom-anywhere-dropped', 'MQTT-1.5.3-3', 'drops every U+FEFF of topic names and filters', [
    fromClient(withTopic),
    inForm('dropBoms'),
  ]),
  mutant('bom-not-delivered', 'MQTT-1.5.3-3', 'leaves U+FEFF out of the topic names that it delivers', [
    fromBroker('PUBLISH'),
    inForm('dropBoms'),
  ]),
];

export const topicNameMutants: readonly Mutant[] = [
  mutant('topic-past-end-tolerated', 'MQTT-3.3.2-1', 'takes no notice of a PUBLISH whose topic is longer than itself', [
    { direction: 'toServer', breaks: 'MQTT-3.3.2-1' },
    drop,
  ]),
  mutant('topic-past-end-delivered', 'MQTT-3.3.2-1', 'delivers messages with a topic longer than the packet', [
    fromBroker('PUBLISH'),
    rewrite({ bodySet: { at: 0, bytes: [0xff, 0xff] } }),
  ]),
  mutant('topic-not-utf8-delivered', 'MQTT-3.3.2-1', 'delivers messages with a topic that is not UTF-8', [
    fromBroker('PUBLISH'),
    rewrite({ bodySet: { at: 2, bytes: [0xff] } }),
  ]),
  mutant(
    'wildcard-topic-forwarded',
    'MQTT-3.3.2-2',
    'forwards a message whose topic name has a wildcard, under that name',
    ...wildcardsAreOrdinary('PUBLISH'),
  ),
  mutant('wildcard-delivered', 'MQTT-3.3.2-2', 'delivers messages with a wildcard at the end of the topic name', [
    fromBroker('PUBLISH'),
    rewrite({ topic: { append: '/+' } }),
  ]),
  mutant(
    'wildcard-topic-acknowledged',
    'MQTT-4.7.1-1',
    'acknowledges a message whose topic name has a wildcard, and forgets it',
    ...acknowledged('wildcard-in-topic'),
  ),
  mutant(
    'wildcard-topic-routed',
    'MQTT-4.7.1-1',
    'takes a wildcard in the topic name of a message for an ordinary character',
    ...wildcardsAreOrdinary('PUBLISH'),
  ),
  mutant(
    'wildcard-will-published',
    'MQTT-4.7.1-1',
    'takes a will whose topic has a wildcard, and publishes it',
    ...wildcardsAreOrdinary('CONNECT'),
  ),
  mutant('wildcard-topic-ignored', 'MQTT-4.8.0-1', 'takes no notice of a message whose topic name has a wildcard', [
    fromClient('PUBLISH', { deviation: 'wildcard-in-topic' }),
    drop,
  ]),
];

export const filterMutants: readonly Mutant[] = [
  mutant(
    'subscribe-ill-formed-granted',
    'MQTT-3.8.3-1',
    'grants a filter that is not UTF-8',
    granted('ill-formed-utf8'),
  ),
  mutant('subscribe-ill-formed-mended', 'MQTT-3.8.3-1', 'replaces what is not UTF-8 in a filter by U+FFFD', [
    fromClient('SUBSCRIBE', { deviation: 'ill-formed-utf8' }),
    mend,
  ]),
  mutant('subscribe-ill-formed-ignored', 'MQTT-3.8.3-1', 'takes no notice of a SUBSCRIBE that is not UTF-8', [
    fromClient('SUBSCRIBE', { deviation: 'ill-formed-utf8' }),
    drop,
  ]),
  mutant(
    'unsubscribe-ill-formed-answered',
    'MQTT-3.10.3-1',
    'answers an UNSUBSCRIBE that is not UTF-8',
    unsubscribed('ill-formed-utf8'),
  ),
  mutant('unsubscribe-ill-formed-ignored', 'MQTT-3.10.3-1', 'takes no notice of an UNSUBSCRIBE that is not UTF-8', [
    fromClient('UNSUBSCRIBE', { deviation: 'ill-formed-utf8' }),
    drop,
  ]),
  mutant(
    'unsubscribe-past-end-ignored',
    'MQTT-3.10.3-1',
    'takes no notice of an UNSUBSCRIBE whose filter is not UTF-8 or longer than the packet',
    [{ direction: 'toServer', breaks: 'MQTT-3.10.3-1' }, drop],
  ),
  mutant('wildcards-never-match', 'MQTT-3.8.3-2', 'grants filters with wildcards, and never matches them', [
    fromClient(subscribing),
    inForm(['hidePlus', 'hideHash']),
  ]),
  mutant('plus-never-matches', 'MQTT-3.8.3-2', 'grants filters with +, and never matches them', [
    fromClient(subscribing),
    inForm('hidePlus'),
  ]),
  mutant('hash-never-matches', 'MQTT-3.8.3-2', 'grants filters with #, and never matches them', [
    fromClient(subscribing),
    inForm('hideHash'),
  ]),
  mutant('subscribe-empty-answered', 'MQTT-3.8.3-3', 'answers a SUBSCRIBE without filters', granted('empty-subscribe')),
  mutant('subscribe-empty-ignored', 'MQTT-3.8.3-3', 'takes no notice of a SUBSCRIBE without filters', [
    fromClient('SUBSCRIBE', { deviation: 'empty-subscribe' }),
    drop,
  ]),
  mutant(
    'unsubscribe-empty-answered',
    'MQTT-3.10.3-2',
    'answers an UNSUBSCRIBE without filters',
    unsubscribed('empty-unsubscribe'),
  ),
  mutant('unsubscribe-empty-ignored', 'MQTT-3.10.3-2', 'takes no notice of an UNSUBSCRIBE without filters', [
    fromClient('UNSUBSCRIBE', { deviation: 'empty-unsubscribe' }),
    drop,
  ]),
  mutant('hash-anywhere-granted', 'MQTT-4.7.1-2', 'grants filters with # anywhere', granted('multi-level-wildcard')),
  mutant('hash-anywhere-mended', 'MQTT-4.7.1-2', 'takes a level with a misplaced # for a wildcard alone', [
    fromClient(subscribing, { deviation: 'multi-level-wildcard' }),
    inForm('legalWildcards'),
  ]),
  mutant('plus-anywhere-granted', 'MQTT-4.7.1-3', 'grants filters with + anywhere', granted('single-level-wildcard')),
  mutant('plus-anywhere-mended', 'MQTT-4.7.1-3', 'takes a level with a misplaced + for a wildcard alone', [
    fromClient(subscribing, { deviation: 'single-level-wildcard' }),
    inForm('legalWildcards'),
  ]),
  mutant('filter-empty-granted', 'MQTT-4.7.3-1', 'grants an empty filter', granted('empty-topic')),
  mutant(
    'topic-empty-acknowledged',
    'MQTT-4.7.3-1',
    'acknowledges messages on an empty topic',
    ...acknowledged('empty-topic'),
  ),
  mutant('topic-empty-routed', 'MQTT-4.7.3-1', 'takes an empty topic name or filter for /', [
    fromClient(withTopic, { deviation: 'empty-topic' }),
    inForm('emptyIsSlash'),
  ]),
  mutant('filter-nul-granted', 'MQTT-4.7.3-2', 'grants filters with U+0000', granted('nul-in-text')),
  mutant(
    'topic-nul-acknowledged',
    'MQTT-4.7.3-2',
    'acknowledges messages with U+0000 in their topic',
    ...acknowledged('nul-in-text'),
  ),
  mutant('topic-nul-dropped', 'MQTT-4.7.3-2', 'leaves U+0000 out of topic names and filters, and goes on', [
    fromClient(withTopic, { deviation: 'nul-in-text' }),
    inForm('dropNul'),
  ]),
];

/** The identifier of a SUBSCRIBE that a broken broker adds in the name of its client. */
const ownId = 65_535;

/** Subscribes whoever wants everything to the server's own topics too. */
const matchesServerTopics = (filterStart: string): readonly Bug[] => [
  [
    fromClient('SUBSCRIBE', { filterStart }),
    answer('SUBSCRIBE', 'server', {
      packetId: ownId,
      requestedQos: 0,
      keepFilters: { keep: 'none', othersBecome: '$SYS/#' },
    }),
  ],
];

export const matchingMutants: readonly Mutant[] = [
  mutant(
    'wildcards-match-dollar',
    'MQTT-4.7.2-1',
    'takes $ at the beginning of a topic of the clients for an ordinary character',
    [fromClient(withTopic), inForm('hideDollar')],
    [fromBroker('PUBLISH'), inForm('showHidden')],
  ),
  mutant(
    'wildcards-match-server-topics',
    'MQTT-4.7.2-1',
    'matches filters that begin with a wildcard with the topics below $SYS',
    ...matchesServerTopics('#'),
    ...matchesServerTopics('+'),
    [fromBroker('SUBACK', { packetId: ownId }), drop],
  ),
  mutant('long-topic-cut', 'MQTT-4.7.3-3', 'keeps 1024 characters of a topic name', [
    fromClient('PUBLISH'),
    inForm('cutTo1024'),
  ]),
  mutant(
    'long-topic-and-filter-cut',
    'MQTT-4.7.3-3',
    'keeps 1024 characters of topic names and filters',
    normalising('cutTo1024'),
  ),
  mutant(
    'longest-topic-loses-byte',
    'MQTT-4.7.3-3',
    'cuts the last character off topic names and filters of 65535 bytes',
    normalising('cutLast65535'),
  ),
  mutant(
    'topics-fold-case',
    'MQTT-4.7.3-4',
    'compares topic names and filters in lower case',
    normalising('lowerCase'),
  ),
  mutant('topics-fold-case-delivered', 'MQTT-4.7.3-4', 'delivers topic names in lower case', [
    fromBroker('PUBLISH'),
    inForm('lowerCase'),
  ]),
  mutant('topics-trim-last-slash', 'MQTT-4.7.3-4', 'takes no notice of a / at the end', normalising('trimSlash')),
  mutant(
    'topics-trim-first-slash',
    'MQTT-4.7.3-4',
    'takes no notice of a / at the beginning',
    normalising('trimFirstSlash'),
  ),
  mutant('topics-trim-spaces', 'MQTT-4.7.3-4', 'takes no notice of spaces at the end', normalising('trimSpaces')),
  mutant('topics-collapse-slashes', 'MQTT-4.7.3-4', 'takes // for /', normalising('collapseSlashes')),
  mutant('topics-composed', 'MQTT-4.7.3-4', 'brings topic names and filters into Unicode NFC', normalising('compose')),
];

const several = { several: true } as const;
const nobodysTopic = 'nobody/asked/for/this';
const onlyFirst = rewrite({ keepFilters: { keep: 'first', othersBecome: nobodysTopic } });
const notLast = rewrite({ keepFilters: { keep: 'allButLast', othersBecome: nobodysTopic } });

export const severalFiltersMutants: readonly Mutant[] = [
  mutant('subscribe-first-filter-only', 'MQTT-3.8.4-4', 'grants all filters of a SUBSCRIBE and heeds the first', [
    fromClient('SUBSCRIBE', several),
    onlyFirst,
  ]),
  mutant('subscribe-last-filter-lost', 'MQTT-3.8.4-4', 'grants all filters of a SUBSCRIBE and forgets the last', [
    fromClient('SUBSCRIBE', several),
    notLast,
  ]),
  mutant('suback-twice', 'MQTT-3.8.4-4', 'answers a SUBSCRIBE of several filters twice', [
    fromBroker('SUBACK', several),
    again(),
  ]),
  mutant(
    'subscribe-retained-for-first-only',
    'MQTT-3.8.4-4',
    'sends a client one retained message of all that match its filters',
    loseAtQos1({ retain: true, nth: 2 }),
  ),
  mutant('unsubscribe-first-filter-only', 'MQTT-3.10.4-6', 'deletes only the first of several filters', [
    fromClient('UNSUBSCRIBE', several),
    onlyFirst,
  ]),
  mutant('unsubscribe-last-filter-kept', 'MQTT-3.10.4-6', 'deletes all of several filters but the last', [
    fromClient('UNSUBSCRIBE', several),
    notLast,
  ]),
  mutant('unsuback-twice', 'MQTT-3.10.4-6', 'answers an UNSUBSCRIBE of several filters twice', [
    fromClient('UNSUBSCRIBE', several),
    answer('UNSUBACK'),
  ]),
];
