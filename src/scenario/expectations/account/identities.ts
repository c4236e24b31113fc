// Which message a packet carries: topic and payload say it, and where several messages are alike, their order does.
import type { PacketSeen } from '../../../history/event.ts';
import type { Connect } from '../../../wire/packet.ts';
import { payloadHash } from '../../../history/payload-hash.ts';
import { identityOf, trailOf, type Meant, type Trail } from './trail.ts';

/** Messages that are alike: same topic, same payload. */
interface Alike {
  readonly own: Trail[];
  /** Messages like these from somebody else that reached a broker, and have not been sent on as far as is known. */
  others: number;
  /** Connections that left a will like these, which the broker may publish. */
  readonly wills: Set<string>;
}

/** All messages of one sender by what they look like. */
export class Identities {
  readonly #alike = new Map<string, Alike>();
  readonly #byOrdinal = new Map<string, Trail>();
  /** In the order in which they were meant. */
  readonly trails: Trail[] = [];

  /**
   * A message that the sender means to publish. What a program of its own tells may come behind what a tap sees of it:
   * then the message is there already.
   */
  mean(meant: Meant): Trail {
    const untold = this.own(identityOf(meant.topic, meant.payloadHash)).find((it) => it.isUntold);
    if (untold === undefined) return this.#begin(meant, false);
    untold.meant = meant;
    untold.isUntold = false;
    this.#byOrdinal.set(`${meant.ordinal} ${meant.topic}`, untold);
    return untold;
  }

  /** A message that a tap saw, and of which no intent has told. */
  meanUntold(meant: Meant): Trail {
    return this.#begin(meant, true);
  }

  #begin(meant: Meant, isUntold: boolean): Trail {
    const trail = trailOf(meant, this.trails.length + 1, isUntold);
    this.trails.push(trail);
    this.#of(identityOf(meant.topic, meant.payloadHash)).own.push(trail);
    this.#byOrdinal.set(`${meant.ordinal} ${meant.topic}`, trail);
    return trail;
  }

  /** The latest message with this ordinal on this topic. */
  byOrdinal(topic: string, ordinal: number): Trail | undefined {
    return this.#byOrdinal.get(`${ordinal} ${topic}`);
  }

  /** Messages of the sender that look so, in the order in which they were meant. */
  own(identity: string): readonly Trail[] {
    return this.#alike.get(identity)?.own ?? [];
  }

  /** Somebody else's message reached a broker. */
  othersReached(identity: string): void {
    this.#of(identity).others++;
  }

  /** The will of a connection, from CONNECT on: a broker may publish it before a tap sees that the connection ended. */
  willLeft(event: PacketSeen, { will }: Connect): void {
    if (will) this.#of(identityOf(will.topic, payloadHash(will.payload))).wills.add(event.connection);
  }

  /** DISCONNECT: the will is discarded (MQTT-3.14.4-3). */
  willDiscarded(connection: string): void {
    for (const { wills } of this.#alike.values()) wills.delete(connection);
  }

  /** Takes one message that is not the sender's: somebody else's, or a will. Gives whether there was one. */
  takeForeign(identity: string): boolean {
    const alike = this.#alike.get(identity);
    if (alike === undefined) return false;
    if (alike.others > 0) {
      alike.others--;
      return true;
    }
    const [will] = alike.wills;
    return will !== undefined && alike.wills.delete(will);
  }

  #of(identity: string): Alike {
    let alike = this.#alike.get(identity);
    if (alike === undefined) this.#alike.set(identity, (alike = { own: [], others: 0, wills: new Set() }));
    return alike;
  }
}
