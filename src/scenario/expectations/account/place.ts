// The one place of a message, by what was observed of it and by who could be reached when the books closed.
import type { Direction } from '../../../history/event.ts';
import type { GrantedFilters } from './subscriptions.ts';
import type { Absence, Standing } from './standing.ts';
import type { StreamBook } from './stream-book.ts';
import type { Sighting, Trail } from './trail.ts';

/** Where a message can be. */
export type PlaceName = 'delivered' | 'duplicated' | 'reordered' | 'lost' | 'dropped' | 'inFlight' | 'unplaced';

/** Where a message is, why that is known, and the events that show it beside its own trail. */
export interface Place {
  readonly place: PlaceName;
  readonly says: string;
  readonly proof: readonly number[];
}

/** What a place is told from. */
export interface ClosedBooks {
  readonly from: string;
  readonly to: string;
  readonly standing: Standing;
  readonly granted: GrantedFilters;
  readonly streams: StreamBook;
  /** Messages that the receiver holds back on its last connection. */
  readonly waitingForReceiver: readonly Trail[];
  /** In the order in which they were meant. */
  readonly trails: readonly Trail[];
}

/** Where the message of a trail is when the books close. */
export function placeOf(trail: Trail, books: ClosedBooks): Place {
  if (trail.arrivals.length > 0) return arrived(trail, books);
  if (trail.dropped) return gaveUp(trail.dropped, books);
  const place = missing(trail, books);
  // What the journal does not hold may be the very thing that would tell.
  if (place.place === 'lost' && books.streams.hasPartial)
    return { ...place, place: 'unplaced', says: `${place.says}, as far as the journal goes, which has gaps` };
  return place;
}

function arrived(trail: Trail, { granted }: ClosedBooks): Place {
  const copies = trail.arrivals.length - 1;
  if (trail.arrivals.length > Math.max(1, granted.matching(trail.meant.topic))) {
    return at('duplicated', `delivered, and ${copies === 1 ? 'once' : `${copies} times`} more`);
  }
  return trail.isOvertaken ? at('reordered', 'delivered behind a later one') : at('delivered', 'delivered');
}

function gaveUp({ why, seq }: NonNullable<Trail['dropped']>, { from }: ClosedBooks): Place {
  if (why === 'queue-full') return at('dropped', `dropped by ${from}, whose store was full`, seq);
  if (why === 'offline')
    return at('lost', `never left ${from}, which keeps no QoS 0 message while it has no connection`, seq);
  return at('lost', `given up by ${from}: ${why}`, seq);
}

function missing(trail: Trail, books: ClosedBooks): Place {
  const sentOn = trail.forwarded.at(-1);
  if (sentOn) return onReceiversLink(trail, sentOn, books);
  const reached = trail.reached.at(-1);
  if (reached && (trail.taken || trail.meant.qos === 0)) return atBroker(trail, reached, books);
  if (reached) return notTaken(trail, reached, books);
  const left = trail.left.at(-1);
  return left ? onSendersLink(trail, left, books) : inDevice(trail, books);
}

function onReceiversLink(trail: Trail, sentOn: Sighting, books: ClosedBooks): Place {
  const { to, standing } = books;
  const link = linkWord(standing, sentOn.connection, to);
  if (isUnderWay(sentOn, 'toClient', books)) return at('inFlight', `under way to ${to} on ${link}`);
  const waits = waitsForReceiver(trail, books, `sent towards ${to}`, sentOn.seq);
  if (waits) return waits;
  const refused = trail.refused.at(-1);
  if (refused) return at('lost', `sent towards ${to}, which closed the connection without taking it`, refused.seq);
  return at('lost', `sent towards ${to}, lost on ${link}`);
}

function atBroker(trail: Trail, reached: Sighting, books: ClosedBooks): Place {
  const { to, standing, granted, waitingForReceiver, trails, from } = books;
  const broker = standing.serverOf(from) ?? 'the broker';
  const closed = trail.taken ? undefined : standing.closedBefore(reached.connection, reached.seq);
  if (closed !== undefined) return at('lost', `came when ${broker} had closed the connection`, closed);
  const how = trail.taken ? `acknowledged by ${broker}` : `reached ${broker}`;
  if (granted.sinceSeq(trail.meant.topic) > reached.seq) return at('lost', `${how} before ${to} had subscribed`);
  const waits = waitsForReceiver(trail, books, how, (trail.taken ?? reached).seq);
  if (waits) return waits;
  const hasPassed = trails.some((it) => it.index > trail.index && alike(it, trail) && it.forwarded.length > 0);
  const first = waitingForReceiver[0]?.forwarded.at(-1);
  if (!hasPassed && first && effectiveQos(trail, books) > 0) {
    return at('inFlight', `${how}, which waits for ${to} to confirm ${waitingForReceiver.length} messages`, first.seq);
  }
  return at('lost', `${how}, never sent towards ${to}`);
}

/** The broker keeps a message for a receiver that is away, where both QoS and session say so. */
function waitsForReceiver(trail: Trail, books: ClosedBooks, how: string, sinceSeq: number): Place | undefined {
  const { to, from, standing } = books;
  const away = standing.cutOff(to);
  if (away === undefined || effectiveQos(trail, books) === 0 || !standing.keepsSession(to)) return undefined;
  const broker = standing.serverOf(from);
  if (standing.brokeAfter(broker, sinceSeq)) {
    return at(
      'unplaced',
      `${how}; ${broker ?? 'the broker'} was stopped since while ${away.says}: nobody saw whether it still has it`,
      away.seq,
    );
  }
  return at('inFlight', `${how}, which keeps it: ${away.says}`, away.seq);
}

function notTaken(trail: Trail, reached: Sighting, books: ClosedBooks): Place {
  const held = heldBySender(trail, books, 'reached the broker, not acknowledged');
  if (held) return held;
  const { standing, from } = books;
  const broker = standing.serverOf(from) ?? 'the broker';
  const isOpen = standing.isOpen(reached.connection);
  return at(
    'lost',
    `reached ${broker}, ${isOpen ? 'which never acknowledged it' : 'which had not acknowledged it when the connection ended'}`,
  );
}

function onSendersLink(trail: Trail, left: Sighting, books: ClosedBooks): Place {
  const { from, standing } = books;
  const link = linkWord(standing, left.connection, from);
  if (isUnderWay(left, 'toServer', books)) return at('inFlight', `under way from ${from} on ${link}`);
  return heldBySender(trail, books, `left ${from}`) ?? at('lost', `left ${from}, lost on ${link}`);
}

function inDevice(trail: Trail, books: ClosedBooks): Place {
  const { from, trails } = books;
  const held = heldBySender(trail, books, `never left ${from}`);
  if (held) return held;
  if (trail.forgotten !== undefined)
    return at('lost', `never left ${from}, which was stopped with it`, trail.forgotten);
  const before = trails.find(
    (it) =>
      it.index < trail.index &&
      it.meant.qos > 0 &&
      it.left.length > 0 &&
      it.finished === undefined &&
      it.forgotten === undefined,
  );
  if (before)
    return at(
      'inFlight',
      `waits in ${from} behind a message that is not acknowledged`,
      before.left.at(-1)?.seq ?? before.meant.seq,
    );
  return at('lost', `never left ${from}`);
}

/** A sender that cannot reach its broker keeps what is not acknowledged, unless it was stopped itself. */
function heldBySender(trail: Trail, books: ClosedBooks, how: string): Place | undefined {
  const { from, standing } = books;
  const away: Absence | undefined = standing.cutOff(from);
  const isKept = trail.meant.qos > 0 || trail.left.length === 0;
  if (away === undefined || !isKept || trail.forgotten !== undefined) return undefined;
  return at('inFlight', `${how}; ${from} still holds it: ${away.says}`, away.seq);
}

/** It set out on a link that still passes, on a connection that still stands, and nothing behind it has arrived. */
function isUnderWay(from: Sighting, direction: Direction, { standing, streams }: ClosedBooks): boolean {
  const { connection, offset } = from;
  if (standing.linkOf(connection) === undefined || !standing.isOpen(connection)) return false;
  return !streams.isRewritten(connection) && !streams.hasArrived(connection, direction, offset);
}

const alike = (one: Trail, other: Trail): boolean =>
  one.meant.topic === other.meant.topic && one.meant.qos === other.meant.qos;

function effectiveQos({ meant }: Trail, { granted }: ClosedBooks): number {
  return Math.min(meant.qos, granted.qosOf(meant.topic));
}

function linkWord(standing: Standing, connection: string, client: string): string {
  return standing.linkOf(connection) ?? `the connection of ${client}`;
}

const at = (place: PlaceName, says: string, ...proof: readonly number[]): Place => ({ place, says, proof });
