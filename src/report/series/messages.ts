// Which messages were meant, and when each arrived where: told by topic and payload, alike ones by their order.
import type { HistoryEvent, PacketSeen } from '../../history/event.ts';
import { frameOf, payloadHashOf } from '../../history/packet-of.ts';

/** A message. */
export interface MeantMessage {
  readonly meantMs: number;
  /** When the first copy reached each of its receivers. */
  readonly arrivedMs: number[];
}

/** Messages that look the same, and how many of them each receiver has had. */
interface Alike {
  readonly messages: MeantMessage[];
  readonly had: Map<string, number>;
}

/** A reducer over history. */
export class Messages {
  readonly all: MeantMessage[] = [];
  readonly #alike = new Map<string, Alike>();
  readonly #telling: ReadonlySet<string>;
  readonly #clientOf: (connection: string) => string | undefined;

  /**
   * @param telling parts that say themselves what they mean to publish; what others publish counts from when it left them
   * @param clientOf who dialled a connection
   */
  constructor(telling: ReadonlySet<string>, clientOf: (connection: string) => string | undefined) {
    this.#telling = telling;
    this.#clientOf = clientOf;
  }

  step(event: HistoryEvent): void {
    if (event.kind === 'intent') this.#meant(keyOf(event.topic, event.payloadHash), event.tMs);
    else if (event.kind === 'packet' && event.seenAt !== 'serverEnd') this.#packet(event);
  }

  #packet(event: PacketSeen): void {
    const { packet } = frameOf(event);
    const client = this.#clientOf(event.connection);
    if (packet?.type !== 'PUBLISH' || client === undefined) return;
    const key = keyOf(packet.topic, payloadHashOf(event, packet));
    if (event.direction === 'toServer') {
      if (!packet.dup && !this.#telling.has(client)) this.#meant(key, event.tMs);
    } else if (!packet.retain) {
      this.#arrived(key, client, event.tMs); // With RETAIN it is an old message, told to a new subscriber.
    }
  }

  #meant(key: string, meantMs: number): void {
    const message: MeantMessage = { meantMs, arrivedMs: [] };
    const alike: Alike = this.#alike.get(key) ?? { messages: [], had: new Map() };
    this.#alike.set(key, alike);
    alike.messages.push(message);
    this.all.push(message);
  }

  /** Copies beyond the messages that were meant are repeats. */
  #arrived(key: string, client: string, tMs: number): void {
    const alike = this.#alike.get(key);
    const nth = alike?.had.get(client) ?? 0;
    const message = alike?.messages[nth];
    if (alike === undefined || message === undefined) return;
    alike.had.set(client, nth + 1);
    message.arrivedMs.push(tMs);
  }
}

/** Parts that say what they mean to publish. */
export function tellingParts(events: Iterable<HistoryEvent>): ReadonlySet<string> {
  const telling = new Set<string>();
  for (const event of events) if (event.kind === 'intent') telling.add(event.part);
  return telling;
}

const keyOf = (topic: string, hash: string): string => `${hash} ${topic}`;
