// Brokers that are right in another way: the proof that no check takes one broker's habit for the standard.
import type { Segmentation } from '../faults/segmentation.ts';
import { again, answer, drop, faultsOf, fromBroker, fromClient, type Bug } from './mutants/plant.ts';
import type { Variant } from './variant.ts';

const acknowledgements = [
  'CONNACK',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBACK',
  'UNSUBACK',
  'PINGRESP',
] as const;

/** Filters that are well encoded and no filters; on ill-formed text a server has to close. */
const badFilters = ['multi-level-wildcard', 'single-level-wildcard', 'empty-topic'] as const;

/** The words of a planted bug say as well what a good broker does. */
const variant = (id: string, summary: string, ...conduct: readonly Bug[]): Variant => ({
  id,
  summary,
  faults: faultsOf(id, conduct),
});

const cut = (segments: Segmentation, summary: string): Variant => ({
  id: `segments-${segments}`,
  summary,
  faults: [],
  segments,
});

export const variants: readonly Variant[] = [
  cut('bytes', 'every packet travels byte by byte, both ways: TCP promises no segments'),
  cut('random', 'every packet is cut in random places, both ways'),
  cut('joined', 'packets that no reply separates travel in one piece, both ways'),
  variant('answers-slowly', 'takes 300 ms for every answer: the standard sets no time', [
    fromBroker(acknowledgements),
    { do: 'hold', holdMs: 300 },
  ]),
  variant('delivers-slowly', 'takes 300 ms for every delivery', [fromBroker('PUBLISH'), { do: 'hold', holdMs: 300 }]),
  variant(
    'refuses-filters-by-code',
    'answers SUBACK 0x80 to a filter that is none, where the base may close',
    ...badFilters.map((deviation): Bug => [
      fromClient('SUBSCRIBE', { deviation }),
      answer('SUBACK', 'client', { returnCodes: { each: 0x80 } }),
      drop,
    ]),
  ),
  variant('sends-again-at-once', 'sends every QoS 1 message again with DUP 1 before it is acknowledged', [
    fromBroker('PUBLISH', { qos: 1, dup: false }),
    again({ dup: true }),
  ]),
  variant('loses-a-qos0-message', 'loses the second QoS 0 message of a connection: at most once may be never', [
    fromBroker('PUBLISH', { qos: 0, nth: 2, nthTo: 2 }),
    drop,
  ]),
];
