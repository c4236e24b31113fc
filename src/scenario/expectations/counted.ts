// Follows a counter through a gateway: what it read of a register that counts shows in the values whether all came through.
import type { HistoryEvent, PacketSeen } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';
import { ConnectionNames, nothing, type Expectation, type Outcome } from '../expectation.ts';

/** Parameters of the expectation. */
export interface CountedOptions {
  readonly topic: string;
  readonly to: string;
  readonly missingAtMost: number;
  /** Absent: counted, not judged. */
  readonly repeatedAtMost?: number | undefined;
  readonly reorderedAtMost?: number | undefined;
}

/** A value and where it was seen. */
interface Value {
  readonly count: number;
  readonly seq: number;
}

/** The values of a counter at `to` leave no gap; a counter that begins again at 0 or 1 has been started anew. */
export class Counted implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: CountedOptions;
  readonly #names = new ConnectionNames();
  readonly #seen = new Set<number>();
  readonly #held = new Set<number>();
  #greatest: Value | undefined;
  #missing = 0;
  #repeated = 0;
  #reordered = 0;
  #restarts = 0;
  #values = 0;
  /** The first of each kind. */
  #firstGap: readonly [Value, Value] | undefined;
  #firstRepeat: Value | undefined;
  #firstLate: Value | undefined;

  constructor(options: CountedOptions) {
    this.#options = options;
    this.id = `counted:${options.topic}->${options.to}`;
    this.title = `the counter on ${options.topic} arrives at ${options.to} without a gap`;
    const { missingAtMost, repeatedAtMost, reorderedAtMost } = options;
    this.expected = [
      [
        `at most ${missingAtMost} values missing`,
        ...(repeatedAtMost === undefined ? [] : [`${repeatedAtMost} repeated`]),
        ...(reorderedAtMost === undefined ? [] : [`${reorderedAtMost} behind later ones`]),
      ].join(', '),
    ];
  }

  step(event: HistoryEvent): void {
    if (event.kind === 'opened') this.#names.note(event);
    if (event.kind !== 'packet' || event.direction !== 'toClient' || event.seenAt === 'serverEnd') return;
    if (this.#names.clientOf(event.connection) !== this.#options.to) return;
    const count = this.#countIn(event);
    if (count !== undefined) this.#take({ count, seq: event.seq });
  }

  /** The number that a first delivery on the topic carries: `{"value": 17, ...}`, or the digits alone. */
  #countIn(event: PacketSeen): number | undefined {
    const { packet } = frameOf(event);
    if (packet?.type === 'PUBREL') this.#held.delete(packet.packetId);
    if (packet?.type === 'CONNACK' && !packet.sessionPresent) this.#held.clear();
    if (packet?.type !== 'PUBLISH' || packet.topic !== this.#options.topic || packet.retain) return undefined;
    if (packet.qos === 2 && packet.packetId !== undefined) {
      if (this.#held.has(packet.packetId)) return undefined;
      this.#held.add(packet.packetId);
    }
    return countOf(packet.payload);
  }

  #take(value: Value): void {
    this.#values++;
    const before = this.#greatest;
    const { count } = value;
    if (this.#seen.has(count) && !(before && count <= 1 && before.count > 1)) {
      this.#repeated++;
      this.#firstRepeat ??= value;
    } else if (before === undefined || count > before.count) this.#goOn(before, value);
    else if (count <= 1) this.#startAnew(value);
    else {
      // It was missed when a later one came, and is here after all.
      this.#missing = Math.max(0, this.#missing - 1);
      this.#reordered++;
      this.#firstLate ??= value;
    }
    this.#seen.add(count);
  }

  #goOn(before: Value | undefined, value: Value): void {
    const gap = before === undefined ? 0 : value.count - before.count - 1;
    this.#missing += gap;
    if (before && gap > 0) this.#firstGap ??= [before, value];
    this.#greatest = value;
  }

  #startAnew(value: Value): void {
    this.#restarts++;
    this.#seen.clear();
    this.#greatest = value;
  }

  end(): Outcome {
    const { topic, to, missingAtMost, repeatedAtMost = Infinity, reorderedAtMost = Infinity } = this.#options;
    if (this.#values === 0) return { ...nothing, actual: `no number arrived at ${to} on ${topic}` };
    const broken =
      this.#missing > missingAtMost
        ? this.#firstGap?.map((it) => it.seq)
        : this.#repeated > repeatedAtMost
          ? this.#firstRepeat && [this.#firstRepeat.seq]
          : this.#reordered > reorderedAtMost
            ? this.#firstLate && [this.#firstLate.seq]
            : undefined;
    const gap = this.#firstGap;
    return {
      verdict: broken ? 'fail' : 'pass',
      actual: [
        `${this.#values} values: ${this.#missing} missing, ${this.#repeated} repeated, ${this.#reordered} behind later ones`,
        this.#restarts === 0 ? '' : `; the counter began anew ${this.#restarts} times`,
        gap === undefined ? '' : `; the first gap is between ${gap[0].count} and ${gap[1].count}`,
      ].join(''),
      evidence: { events: broken ?? (this.#greatest ? [this.#greatest.seq] : []) },
      measured: [
        { name: 'missing', unit: 'values', value: this.#missing, limit: { max: missingAtMost } },
        { name: 'repeated', unit: 'values', value: this.#repeated },
        { name: 'behind later ones', unit: 'values', value: this.#reordered },
      ],
    };
  }
}

/** Comes from the wire: anything but a whole number is none. */
function countOf(payload: Uint8Array): number | undefined {
  if (payload.length > 4096) return undefined;
  try {
    const read: unknown = JSON.parse(Buffer.from(payload).toString());
    const value = typeof read === 'object' && read !== null && 'value' in read ? read.value : read;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
