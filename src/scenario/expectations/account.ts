// Every message that one part meant to publish has one place when the books close: delivered, lost and where, or under way.
import type { HistoryEvent, PacketSeen } from '../../history/event.ts';
import { hasEnded } from '../../history/part-state.ts';
import { frameOf, payloadHashOf } from '../../history/packet-of.ts';
import type { Packet } from '../../wire/packet.ts';
import { nothing, type Expectation, type Outcome } from '../expectation.ts';
import { AnswerBook } from './account/answer-book.ts';
import type { Balance } from './account/balance.ts';
import { Closings } from './account/closings.ts';
import { Identities } from './account/identities.ts';
import { expectedOf, offenceOf, measured, summary, unbalanced, type Limits } from './account/limits.ts';
import { pathEvents, pathWords } from './account/path.ts';
import { placeOf } from './account/place.ts';
import { ReceiverSide } from './account/receiver-side.ts';
import { SenderSide, type End } from './account/sender-side.ts';
import { Standing } from './account/standing.ts';
import { StreamBook } from './account/stream-book.ts';
import { GrantedFilters } from './account/subscriptions.ts';
import { identityOf, type Contradiction } from './account/trail.ts';

/** Parameters of the expectation. */
export interface AccountOptions extends Limits {
  /** The sender records what it means to publish; a foreign one does not, and its first tap has to tell. */
  readonly hasIntents?: boolean;
}

/** The name of the mark at which the books close: what happens from then on is the bench being taken down. */
const settledMark = 'settled';

/** Accounts for the messages from one part to another. */
export class Account implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: AccountOptions;
  readonly #contradictions: Contradiction[] = [];
  readonly #identities = new Identities();
  readonly #standing = new Standing();
  readonly #granted = new GrantedFilters();
  readonly #streams: StreamBook;
  readonly #closings = new Closings();
  readonly #answers: AnswerBook;
  readonly #sender: SenderSide;
  readonly #receiver: ReceiverSide;
  #intents = 0;
  #isClosed = false;

  constructor(options: AccountOptions) {
    const { from, to, qos } = options;
    this.#options = options;
    const contradict = (event: Pick<HistoryEvent, 'seq'>, says: string): void => {
      this.#contradictions.push({ seq: event.seq, says });
    };
    this.#streams = new StreamBook(contradict);
    this.#answers = new AnswerBook(this.#streams, contradict);
    const books = { identities: this.#identities, streams: this.#streams, contradict, closings: this.#closings };
    this.#sender = new SenderSide(from, books);
    this.#receiver = new ReceiverSide(to, books);
    this.id = `account:${from}->${to}${qos === undefined ? '' : `:qos${qos}`}`;
    this.title = `every ${qos === undefined ? '' : `QoS ${qos} `}message from ${from} to ${to} is accounted for`;
    this.expected = expectedOf(options);
  }

  step(event: HistoryEvent): void {
    if (this.#isClosed) return;
    this.#standing.step(event);
    this.#streams.note(event);
    this.#ended(event);
    if (event.kind === 'packet') this.#packet(event);
    else if (event.kind === 'intent' && event.part === this.#options.from) {
      this.#intents++;
      this.#sender.intent(event);
    } else if (event.kind === 'part' && event.part === this.#options.from) {
      if (hasEnded(event.state)) this.#sender.gone(event.seq);
    } else if (event.kind === 'mark') {
      if (event.name === settledMark) this.#isClosed = true;
      if (event.name === 'dropped' && event.data?.['part'] === this.#options.from) this.#sender.dropped(event);
    }
  }

  #ended(event: HistoryEvent): void {
    this.#closings.step(event);
    if (event.kind === 'ended' && event.by === 'client' && event.seenAt !== 'serverEnd') this.#receiver.closed(event);
  }

  #packet(event: PacketSeen): void {
    const { packet } = frameOf(event);
    const client = this.#standing.clientOf(event.connection);
    const isParty = client === this.#options.from || client === this.#options.to;
    if (isParty) this.#streams.packet(event);
    if (packet === undefined) return;
    if (isParty) {
      this.#standing.packet(event, packet);
      this.#answers.packet(event, packet);
    }
    for (const end of endsOf(event)) {
      this.#wills(event, packet, end);
      if (client === this.#options.from) this.#sender.packet(event, packet, end);
      else if (end === 'serverEnd' && client !== undefined) this.#others(event, packet, client);
      if (client === this.#options.to) this.#receiver.packet(event, packet, end);
    }
    if (client === this.#options.to) this.#granted.packet(event, packet);
  }

  #wills(event: PacketSeen, packet: Packet, end: End): void {
    if (end !== 'serverEnd') return;
    if (packet.type === 'CONNECT') this.#identities.willLeft(event, packet);
    else if (packet.type === 'DISCONNECT') this.#identities.willDiscarded(event.connection);
  }

  /** Somebody else's message is none of the sender's, unless a bridge carries it on to another broker. */
  #others(event: PacketSeen, packet: Packet, client: string): void {
    if (packet.type !== 'PUBLISH' || event.direction !== 'toServer') return;
    const identity = identityOf(packet.topic, payloadHashOf(event, packet));
    const isElsewhere = this.#standing.serverOf(client) !== this.#standing.serverOf(this.#options.from);
    if (isElsewhere && this.#identities.own(identity).length > 0) return;
    this.#identities.othersReached(identity);
  }

  /** Closes the books. */
  balance(): Balance {
    const { from, to, qos } = this.#options;
    const { trails } = this.#identities;
    const ofQos = trails.filter((it) => qos === undefined || it.meant.qos === qos);
    const meantFor = ofQos.filter((it) => this.#granted.matching(it.meant.topic) > 0);
    const last = this.#standing.lastOf(to);
    const books = {
      from,
      to,
      standing: this.#standing,
      granted: this.#granted,
      streams: this.#streams,
      waitingForReceiver: last === undefined ? [] : this.#receiver.unconfirmed(last),
      trails,
    };
    const isOfBooks = new Set(meantFor);
    return {
      placed: meantFor.map((trail) => ({ trail, place: placeOf(trail, books) })),
      notMeantFor: ofQos.length - meantFor.length,
      contradictions: [...this.#contradictions, ...this.#untold()],
      unacknowledged: meantFor.filter((it) => it.meant.qos > 0 && it.left.length > 0 && !it.finished).length,
      unconfirmed: this.#receiver.unconfirmed().filter((it) => isOfBooks.has(it)).length,
    };
  }

  end(): Outcome {
    const balance = this.balance();
    const { placed, contradictions } = balance;
    const contradiction = contradictions[0] ?? this.#imbalance(balance);
    if (contradiction) return unbalanced(contradiction, contradictions.length);
    if (placed.length === 0) return { ...nothing, actual: this.#nothingMeant(balance) };
    const offence = offenceOf(placed, this.#options);
    const shown = offence?.first ?? placed[0];
    const broker = this.#standing.serverOf(this.#options.from) ?? 'the broker';
    return {
      verdict: offence ? offence.verdict : 'pass',
      actual: offence
        ? `${summary(placed)}; first ${offence.what}: ${pathWords(offence.first.trail, offence.first.place, { ...this.#options, broker })}`
        : summary(placed),
      evidence: { events: shown ? pathEvents(shown.trail, shown.place) : [] },
      measured: measured(balance, this.#options),
    };
  }

  /** Messages of a sender that records what it means, and had not meant these. */
  #untold(): readonly Contradiction[] {
    const { from, hasIntents = true } = this.#options;
    if (!hasIntents) return [];
    return this.#identities.trails.flatMap(({ isUntold, meant: { seq, topic } }) =>
      isUntold ? [{ seq, says: `${from} sent a message on ${topic} that it had not meant to publish` }] : [],
    );
  }

  /** What was intended was counted apart from its trails. */
  #imbalance({ placed, notMeantFor }: Balance): Contradiction | undefined {
    if (this.#options.qos !== undefined || this.#options.hasIntents === false) return undefined;
    if (placed.length + notMeantFor === this.#intents) return undefined;
    return { seq: 0, says: `${this.#intents} messages were meant, and ${placed.length + notMeantFor} have a place` };
  }

  #nothingMeant({ notMeantFor }: Balance): string {
    const { from, to } = this.#options;
    if (notMeantFor === 0) return `${from} meant to publish nothing`;
    return `${to} subscribed to no topic that ${from} published on`;
  }
}

function endsOf({ seenAt, direction }: PacketSeen): readonly End[] {
  if (seenAt !== 'wire') return [seenAt];
  return direction === 'toServer' ? ['clientEnd', 'serverEnd'] : ['serverEnd', 'clientEnd'];
}
