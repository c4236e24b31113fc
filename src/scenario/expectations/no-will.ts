// Whether a device that leaves politely is not declared gone: DISCONNECT discards the will (MQTT-3.14.4-3).
import type { HistoryEvent, PacketSeen } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';
import { ConnectionNames, nothing, type Expectation, type Outcome } from '../expectation.ts';

/** Parameters of the expectation. */
export interface NoWillOptions {
  readonly of: string;
  readonly to: string;
}

/** After a DISCONNECT of `of` its will does not reach `to`. A device that says the same itself is not taken for its will. */
export class NoWill implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: NoWillOptions;
  readonly #names = new ConnectionNames();
  /** The will of each connection that may still be published. */
  readonly #wills = new Map<string, string>();
  /** What the device said itself and has not been sent on, by topic and payload. */
  readonly #said = new Map<string, number>();
  /** Wills that a broken connection may still bring, by topic and payload. */
  readonly #due = new Map<string, number>();
  readonly #discarded = new Map<string, number>();
  #leaves = 0;
  #lastLeave = 0;
  #offence: { readonly leave: number; readonly seq: number } | undefined;

  constructor(options: NoWillOptions) {
    this.#options = options;
    this.id = `no-will:${options.of}->${options.to}`;
    this.title = `${options.of} leaves without a will`;
    this.expected = [`${options.to} gets no will of ${options.of} after a DISCONNECT`];
  }

  step(event: HistoryEvent): void {
    if (event.kind === 'opened') this.#names.note(event);
    if (event.kind === 'ended' && event.seenAt !== 'clientEnd') this.#ended(event.connection);
    if (event.kind !== 'packet') return;
    const client = this.#names.clientOf(event.connection);
    if (client === this.#options.of && event.direction === 'toServer' && event.seenAt !== 'clientEnd') {
      this.#fromDevice(event);
    } else if (client === this.#options.to && event.direction === 'toClient' && event.seenAt !== 'clientEnd') {
      this.#sentOn(event);
    }
  }

  #fromDevice(event: PacketSeen): void {
    const { packet } = frameOf(event);
    if (packet?.type === 'CONNECT' && packet.will) {
      this.#wills.set(event.connection, keyOf(packet.will));
    } else if (packet?.type === 'PUBLISH' && !packet.dup) add(this.#said, keyOf(packet));
    else if (packet?.type === 'DISCONNECT') {
      const will = this.#wills.get(event.connection);
      if (will === undefined) return;
      this.#wills.delete(event.connection);
      this.#discarded.set(will, event.seq);
      this.#leaves++;
      this.#lastLeave = event.seq;
    }
  }

  #ended(connection: string): void {
    const will = this.#wills.get(connection);
    this.#wills.delete(connection);
    if (will !== undefined) add(this.#due, will);
  }

  #sentOn(event: PacketSeen): void {
    const { packet } = frameOf(event);
    if (packet?.type !== 'PUBLISH' || packet.dup || packet.retain) return;
    const key = keyOf(packet);
    if (take(this.#said, key) || take(this.#due, key)) return;
    // A broker may publish the will before a tap sees the end of its connection.
    const early = [...this.#wills].find(([, it]) => it === key);
    if (early) return void this.#wills.delete(early[0]);
    const leave = this.#discarded.get(key);
    if (leave !== undefined) this.#offence ??= { leave, seq: event.seq };
  }

  end(): Outcome {
    if (this.#leaves === 0) return { ...nothing, actual: `${this.#options.of} never left politely` };
    const offence = this.#offence;
    return {
      verdict: offence ? 'fail' : 'pass',
      actual: offence ? 'the will came after a DISCONNECT' : `it left politely ${this.#leaves} times, and no will came`,
      evidence: { events: offence ? [offence.leave, offence.seq] : [this.#lastLeave] },
      measured: [{ name: 'polite leaves', unit: 'times', value: this.#leaves }],
    };
  }
}

function keyOf({ topic, payload }: { readonly topic: string; readonly payload: Uint8Array }): string {
  return `${Buffer.from(payload).toString('hex')} ${topic}`;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function take(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  if (count > 0) counts.set(key, count - 1);
  return count > 0;
}
