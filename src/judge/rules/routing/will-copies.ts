// Counts the copies of wills against the connections that may have left them: each once, and none that was withdrawn.
import type { Report } from '../../rule.ts';
import type { Message, Moment, Session } from '../session/state.ts';
import type { Broker } from './digest.ts';
import type { Delivery } from './traffic.ts';
import { messageText, sessionText } from './words.ts';

/** All wills with the same topic and payload: their deliveries cannot be told apart. */
interface Kin {
  /** Wills that the server may publish, or may have published. */
  allowed: number;
  /** Wills whose fate the bench cannot know: nothing is called wrong any more. */
  unsure: boolean;
  readonly copies: Map<Session, Copy[]>;
}

/** One delivery of a will. */
interface Copy {
  readonly delivery: Delivery;
  readonly at: Moment;
}

/** What may come of the wills at one broker, and what came. */
export class WillCopies {
  readonly #broker: Broker;
  readonly #kin = new Map<string, Kin>();
  /** Wills from before the broker was stopped, which may put off publishing them until it is back (section 3.1.2.5). */
  readonly #earlier = new Set<string>();
  /** Client ids whose latest connection ended without DISCONNECT and had no will, with that moment. */
  readonly #willless = new Map<string, Moment>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** The server has accepted a connection with this will: one more may come. */
  registered(will: Message, clientId: string): void {
    this.#of(will).allowed += 1;
    this.#willless.delete(clientId);
  }

  /**
   * The will must not come any more. Reports one that has come since its client said DISCONNECT, and says so: over a
   * link the connection may end long after that.
   */
  withdrawn(will: Message, report: Report): boolean {
    const kin = this.#of(will);
    kin.allowed -= 1;
    const saidSeq = will.publisher.disconnect?.seq ?? Infinity;
    const since = [...kin.copies.values()].filter((copies) => (copies.at(-1)?.at.seq ?? 0) > saidSeq);
    return since.map((copies) => this.#isTooMany(kin, copies, will, report)).includes(true);
  }

  /** Whether it comes nobody can say. */
  doubted(will: Message): void {
    this.#of(will).unsure = true;
  }

  /** A connection of this client id ended without DISCONNECT and had no will. */
  leftWithout(clientId: string, at: Moment): void {
    this.#willless.set(clientId, at);
  }

  /** Whether a copy of this will says for sure that the will was published, and that it was this one. */
  isTelling(will: Message): boolean {
    return !this.#of(will).unsure && !this.#isAlsoPublished(will);
  }

  /** The broker ended: what it held is unknown. */
  restarted(): void {
    for (const key of this.#kin.keys()) this.#earlier.add(key);
    this.#kin.clear();
    this.#willless.clear();
  }

  /** Counts a copy; reports one too many and says so. One will may bring a copy for each matching subscription. */
  count(it: Delivery, own: Message, at: Moment, report: Report): boolean {
    const kin = this.#of(own);
    const copies = kin.copies.get(it.session) ?? [];
    kin.copies.set(it.session, copies);
    copies.push({ delivery: it, at });
    return this.#isTooMany(kin, copies, own, report);
  }

  /** Reports the last of these copies when it is one too many, and says so. */
  #isTooMany(kin: Kin, copies: readonly Copy[], own: Message, report: Report): boolean {
    const it = copies.at(-1)?.delivery;
    if (it === undefined) return false;
    const matching = this.#broker.traffic.index
      .matching(own.topic)
      .filter((each) => each.session === it.session).length;
    if (!it.session.known || copies.length <= kin.allowed * Math.max(1, matching)) return false;
    if (it.connection.tainted !== undefined || !this.isTelling(own)) return false;
    this.#tooMany(it, own, copies, report);
    return true;
  }

  #tooMany(it: Delivery, own: Message, copies: readonly Copy[], report: Report): void {
    const willless = this.#willless.get(own.publisher.session?.clientId ?? '');
    const { disconnect } = own.publisher;
    const cause = willless?.seq ?? disconnect?.seq;
    const found = {
      events: [own.seen.seq, ...(cause === undefined ? [] : [cause]), ...copies.slice(-2).map((each) => each.at.seq)],
      connection: it.connection.view,
      actual: `${sessionText(it.session)} got ${messageText(own)}`,
    };
    const once = 'each will once, when its own connection ended without DISCONNECT, and not again';
    if (willless !== undefined) {
      const what = { ...found, expected: ['no will for a connection that was made without one'] };
      // One that DISCONNECT did not discard may have been published when that connection ended, and come late.
      if (disconnect === undefined) report.fail('MQTT-3.1.2-12', what);
      else report.inconclusive('MQTT-3.1.2-12', what);
    }
    if (disconnect !== undefined) {
      report.fail('MQTT-3.14.4-3', { ...found, expected: ['no will of a connection that ended with DISCONNECT'] });
    }
    // One more copy at QoS 1 may be a repetition on the way (at least once), unless something shows that it is not.
    const certain = it.qos !== 1 || willless !== undefined || disconnect !== undefined;
    if (certain) report.fail('MQTT-3.1.2-10', { ...found, expected: [once] });
    else report.warn('MQTT-3.1.2-10', { ...found, expected: [once] });
  }

  #isAlsoPublished(it: Message): boolean {
    return this.#broker.traffic.messages.find(it.topic, it.payloadKey).some((each) => each.origin === 'publish');
  }

  #of(it: Message): Kin {
    const key = `${it.topic}\0${it.payloadKey}`;
    const kin = this.#kin.get(key) ?? { allowed: 0, unsure: this.#earlier.has(key), copies: new Map() };
    this.#kin.set(key, kin);
    return kin;
  }
}
