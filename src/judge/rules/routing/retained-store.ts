// Knows which retained message each topic may hold, allowing for messages that the server may not have handled yet.
import { filterMatches } from '../../../wire/topic.ts';
import type { Message, Moment } from '../session/state.ts';

/** Topics searched for a wildcard filter; in a fleet with more, only exact filters are judged. */
const searchedMost = 1000;
const rememberedStale = 16;

/** A retained message that another one surely replaced. */
interface Stale {
  readonly message: Message;
  readonly by: Message;
}

interface TopicState {
  /** Messages that may be the retained one, in the order in which they were seen. */
  values: Message[];
  stale: Stale[];
}

/** The retained messages of one broker since its last start. */
export class RetainedStore {
  readonly #quietMs: number;
  readonly #topics = new Map<string, TopicState>();
  /** Messages without an acknowledgement of their own that a later acknowledgement covers, with that moment. */
  readonly #covered = new WeakMap<Message, Moment>();

  /** `quietMs`: how long after a first sign of it a QoS 0 message or will may take to be stored. */
  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /** Notes a message with RETAIN 1 on its way, or a will that is due; says whether it is new. */
  add(message: Message): boolean {
    const topic = this.#topics.get(message.topic) ?? { values: [], stale: [] };
    this.#topics.set(message.topic, topic);
    if (topic.values.includes(message) || topic.stale.some((it) => it.message === message)) return false;
    topic.values.push(message);
    return true;
  }

  /** Notes that the server acknowledged a message: what its publisher had sent before at QoS 0 has been read too. */
  cover(accepted: Message, at: Moment): void {
    for (const it of this.#topics.get(accepted.topic)?.values ?? []) {
      if (it.qos > 0 || it.publisher !== accepted.publisher || it.seen.seq > accepted.seen.seq) continue;
      if (!this.#covered.has(it)) this.#covered.set(it, at);
    }
  }

  /** The messages that a subscription made at this moment may find on the topic. */
  possible(topic: string, asked: Moment): readonly Message[] {
    const state = this.#topics.get(topic);
    if (state === undefined) return [];
    const current: Message[] = [];
    for (const it of state.values) {
      const by = state.values.find((later) => this.isSettled(later, asked) && this.#isSurelyBefore(it, later));
      if (by === undefined) current.push(it);
      else state.stale.push({ message: it, by });
    }
    // Moments only go forward, so that what is replaced now stays replaced.
    state.values = current;
    if (state.stale.length > rememberedStale) state.stale.splice(0, state.stale.length - rememberedStale);
    return current;
  }

  /** What surely replaced a message before this moment. */
  replacedBy(message: Message, asked: Moment): Message | undefined {
    this.possible(message.topic, asked);
    const by = this.#topics.get(message.topic)?.stale.find((it) => it.message === message)?.by;
    return by !== undefined && this.isSettled(by, asked) ? by : undefined;
  }

  /** The one message that the topic surely holds; `undefined` when that is not certain. */
  sole(topic: string, asked: Moment): Message | undefined {
    const [only, ...others] = this.possible(topic, asked);
    return only !== undefined && others.length === 0 && this.isSettled(only, asked) ? only : undefined;
  }

  /** Every topic that was ever given a retained message. */
  get topics(): Iterable<string> {
    return this.#topics.keys();
  }

  /** Topics with something retained, or surely cleared, that a filter matches. */
  topicsFor(filter: string): readonly string[] {
    if (!/[+#]/.test(filter)) return this.#topics.has(filter) ? [filter] : [];
    if (this.#topics.size > searchedMost) return [];
    return [...this.#topics.keys()].filter((topic) => filterMatches(filter, topic));
  }

  /** Whether the server had surely handled the message by then. */
  isSettled(message: Message, by: Moment): boolean {
    // What is illegal, or denied to its publisher, the server may have taken notice of or not, acknowledged as it is.
    if (message.publisher.tainted !== undefined) return false;
    if (message.qos > 0 && message.origin === 'publish') {
      return message.accepted !== undefined && message.accepted.seq < by.seq;
    }
    const signs = [message.delivered?.tMs, this.#covered.get(message)?.tMs].filter((it) => it !== undefined);
    return signs.length > 0 && Math.min(...signs) + this.#quietMs < by.tMs;
  }

  #isSurelyBefore(first: Message, second: Message): boolean {
    if (first === second) return false;
    if (this.isSettled(first, second.seen) && second.origin === 'publish') return true;
    if (first.publisher !== second.publisher || first.seen.seq >= second.seen.seq) return false;
    if (first.origin === 'will' || second.origin === 'will') return second.origin === 'will';
    return first.qos === second.qos && (first.qos < 2 || isReleasedBefore(first, second));
  }
}

function isReleasedBefore(first: Message, second: Message): boolean {
  return first.released !== undefined && second.released !== undefined && first.released.seq < second.released.seq;
}
