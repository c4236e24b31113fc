// What a device keeps while it has no power: its counters always, undelivered messages where its store is made for that.
import type { Message } from '../../session/session-output.ts';

/** Names one message for the history. */
export interface MessageIdentity {
  readonly part: string;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Of the messages of this part on this topic, from 1. */
  readonly ordinal: number;
  readonly payloadHash: string;
}

/** A message that is neither delivered nor given up. */
interface KeptMessage {
  readonly message: Message;
  readonly identity: MessageIdentity;
}

/**
 * Memory of one device over its lives: whoever starts it again after a loss of power hands in the same one. Without it
 * each life would count its readings from 1 again, and nobody would know what became of messages it had not sent.
 */
export class DeviceMemory {
  /** By the token of the message, in the order of publishing. */
  readonly undelivered = new Map<number, KeptMessage>();
  /** Messages so far, by topic. */
  readonly ordinals = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  /** When its first sample was due; its signal goes on from there. */
  firstSampleMs: number | undefined;

  /** Counts one more of these; the first is 1. */
  next(what: string): number {
    const count = this.count(what) + 1;
    this.#counts.set(what, count);
    return count;
  }

  /** How many there were so far. */
  count(what: string): number {
    return this.#counts.get(what) ?? 0;
  }
}
