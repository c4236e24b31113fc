// Holds the places of all messages against what a scenario allows, and says in words and figures how many are where.
import type { Measurement } from '../../../judge/finding.ts';
import { percentile, type Outcome } from '../../expectation.ts';
import type { Balance, Placed } from './balance.ts';
import type { PlaceName } from './place.ts';
import type { Contradiction } from './trail.ts';

/** Whose messages, and how many of them may be where. What has no limit is counted and not judged. */
export interface Limits {
  readonly from: string;
  readonly to: string;
  /** Only messages that were published with this QoS. */
  readonly qos?: 0 | 1 | 2 | undefined;
  /** Messages that a full store dropped count as lost. */
  readonly lostAtMost: number;
  /** Absent: none of those published with QoS 2, any number of others. */
  readonly duplicatedAtMost?: number | undefined;
  readonly reorderedAtMost?: number | undefined;
  readonly inFlightAtMost?: number | undefined;
  readonly unplacedAtMost: number;
}

/** The first message beyond a limit. */
export interface Offence {
  readonly what: string;
  readonly first: Placed;
  /** A message that nobody saw lost is nobody's failure. */
  readonly verdict: 'fail' | 'inconclusive';
}

/** One limit: which messages it is about, and how many there may be. */
interface Limit {
  readonly what: string;
  readonly isOf: (it: Placed) => boolean;
  readonly max: number | undefined;
}

const isAt =
  (...places: readonly PlaceName[]) =>
  (it: Placed): boolean =>
    places.includes(it.place.place);

function limitsOf(options: Limits): readonly Limit[] {
  const { lostAtMost, duplicatedAtMost, reorderedAtMost, inFlightAtMost, unplacedAtMost } = options;
  const isDoubled = isAt('duplicated');
  const duplicated: Limit =
    duplicatedAtMost === undefined
      ? { what: 'duplicated at QoS 2', isOf: (it) => isDoubled(it) && it.trail.meant.qos === 2, max: 0 }
      : { what: 'duplicated', isOf: isDoubled, max: duplicatedAtMost };
  return [
    { what: 'lost', isOf: isAt('lost', 'dropped'), max: lostAtMost },
    duplicated,
    { what: 'reordered', isOf: (it) => it.trail.isOvertaken, max: reorderedAtMost },
    { what: 'in flight', isOf: isAt('inFlight'), max: inFlightAtMost },
    { what: 'unplaced', isOf: isAt('unplaced'), max: unplacedAtMost },
  ];
}

/** What is expected, in words. */
export function expectedOf(options: Limits): readonly string[] {
  const { from, to, qos } = options;
  const which = qos === undefined ? 'messages' : `QoS ${qos} messages`;
  const allowed = limitsOf(options).flatMap(({ what, max }) =>
    max === undefined ? [] : [`${max === 0 ? 'none' : `at most ${max}`} ${what}`],
  );
  return [`of the ${which} that ${from} meant to publish and ${to} subscribed to: ${allowed.join(', ')}`];
}

/** The first message beyond the first limit that is broken; limits that somebody fails come first. */
export function offenceOf(placed: readonly Placed[], options: Limits): Offence | undefined {
  for (const { what, isOf, max = Number.POSITIVE_INFINITY } of limitsOf(options)) {
    const those = placed.filter(isOf);
    const [first] = those;
    if (first && those.length > max) return { what, first, verdict: what === 'unplaced' ? 'inconclusive' : 'fail' };
  }
  return undefined;
}

/** A journal that contradicts itself shows nothing, whatever else it says. */
export function unbalanced({ seq, says }: Contradiction, count: number): Outcome {
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  return {
    verdict: 'inconclusive',
    actual: `the books do not balance: ${says}${more}`,
    evidence: { events: seq === 0 ? [] : [seq] },
    measured: [],
  };
}

const words: readonly (readonly [PlaceName, string])[] = [
  ['lost', 'lost'],
  ['dropped', 'dropped by a full store'],
  ['inFlight', 'in flight'],
  ['unplaced', 'unplaced'],
];

/** e.g. `140 intended: 137 delivered (2 more than once), 1 lost (1 acknowledged by hub, never sent towards display), 2 in flight (...)`. */
export function summary(placed: readonly Placed[]): string {
  const arrived = placed.filter(isAt('delivered', 'duplicated', 'reordered'));
  const beside = [
    ...counted(arrived.filter(isAt('duplicated')).length, 'more than once'),
    ...counted(arrived.filter((it) => it.trail.isOvertaken).length, 'out of order'),
  ];
  const delivered = `${arrived.length} delivered${beside.length === 0 ? '' : ` (${beside.join(', ')})`}`;
  const others = words.flatMap(([place, word]) => {
    const those = placed.filter(isAt(place));
    return those.length === 0 ? [] : [`${those.length} ${word} (${reasons(those)})`];
  });
  return `${placed.length} intended: ${[delivered, ...others].join(', ')}`;
}

function reasons(those: readonly Placed[]): string {
  const counts = new Map<string, number>();
  for (const { place } of those) counts.set(place.says, (counts.get(place.says) ?? 0) + 1);
  return [...counts].map(([says, count]) => (counts.size === 1 ? says : `${count} ${says}`)).join('; ');
}

const counted = (count: number, what: string): readonly string[] => (count === 0 ? [] : [`${count} ${what}`]);

/** The figures: in all with their limits, and for each QoS where there are several. */
export function measured(balance: Balance, options: Limits): readonly Measurement[] {
  const { placed, notMeantFor, unacknowledged, unconfirmed } = balance;
  const qoss = ([0, 1, 2] as const).filter((qos) => placed.some((it) => it.trail.meant.qos === qos));
  return [
    messages('intended', placed.length),
    ...placesOf(placed, options),
    ...some('not acknowledged', unacknowledged),
    ...some('not confirmed', unconfirmed),
    ...some('on other topics', notMeantFor),
    ...latencies(placed),
    ...(qoss.length < 2 ? [] : qoss.flatMap((qos) => figuresOfQos(placed, qos))),
  ];
}

function placesOf(placed: readonly Placed[], options: Limits): readonly Measurement[] {
  const limited = limitsOf(options).flatMap(({ what, isOf, max }): readonly Measurement[] => {
    const figure = messages(what, placed.filter(isOf).length);
    if (max === undefined) return figure.value === 0 ? [] : [figure];
    return [{ ...figure, limit: { max } }];
  });
  return [messages('delivered', placed.filter(isAt('delivered', 'duplicated', 'reordered')).length), ...limited];
}

function figuresOfQos(all: readonly Placed[], qos: 0 | 1 | 2): readonly Measurement[] {
  const placed = all.filter((it) => it.trail.meant.qos === qos);
  const of = (what: string, ...places: readonly PlaceName[]): readonly Measurement[] =>
    some(`QoS ${qos} ${what}`, placed.filter(isAt(...places)).length);
  return [
    messages(`QoS ${qos} intended`, placed.length),
    ...of('delivered once, in order', 'delivered'),
    ...of('duplicated', 'duplicated'),
    ...of('reordered', 'reordered'),
    ...of('lost', 'lost'),
    ...of('dropped', 'dropped'),
    ...of('in flight', 'inFlight'),
    ...of('unplaced', 'unplaced'),
  ];
}

/** From the moment when the device meant to publish: a stalled device shows, and does not hide. */
function latencies(placed: readonly Placed[]): readonly Measurement[] {
  const timesMs = placed.flatMap(({ trail: { arrivals, meant } }) =>
    arrivals[0] ? [arrivals[0].tMs - meant.tMs] : [],
  );
  if (timesMs.length === 0) return [];
  const figure = (name: string, share: number): Measurement => ({
    name,
    unit: 'ms',
    value: Math.round(percentile(timesMs, share)),
  });
  return [figure('latency p50', 0.5), figure('latency p99', 0.99), figure('latency max', 1)];
}

/** Where there is one at all. */
const some = (name: string, value: number): readonly Measurement[] => (value === 0 ? [] : [messages(name, value)]);
const messages = (name: string, value: number): Measurement => ({ name, unit: 'messages', value });
