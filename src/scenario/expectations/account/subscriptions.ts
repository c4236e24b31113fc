// What the receiver asked for and was granted: a message on another topic was never meant to reach it.
import type { PacketSeen } from '../../../history/event.ts';
import type { Packet } from '../../../wire/packet.ts';
import { filterMatches } from '../../../wire/topic.ts';

type Qos = 0 | 1 | 2;

/** Topic filters of one client, with the QoS that was granted. */
export class GrantedFilters {
  readonly #asked = new Map<string, readonly string[]>();
  readonly #granted = new Map<string, { readonly qos: Qos; readonly seq: number }>();

  /** A packet of the receiver, at either end. */
  packet(event: PacketSeen, packet: Packet): void {
    if (packet.type === 'SUBSCRIBE') {
      this.#asked.set(
        `${event.connection} ${packet.packetId}`,
        packet.subscriptions.map((it) => it.filter),
      );
    }
    if (packet.type !== 'SUBACK') return;
    const filters = this.#asked.get(`${event.connection} ${packet.packetId}`) ?? [];
    for (const [n, filter] of filters.entries()) {
      const code = packet.returnCodes[n];
      if (code !== 0 && code !== 1 && code !== 2) continue;
      this.#granted.set(filter, { qos: code, seq: this.#granted.get(filter)?.seq ?? event.seq });
    }
  }

  /** How many filters match: a server may send a message once for each (MQTT-3.3.5-1). */
  matching(topic: string): number {
    return this.#of(topic).length;
  }

  /** The greatest QoS at which a message on this topic is sent. */
  qosOf(topic: string): Qos {
    return Math.max(0, ...this.#of(topic).map((it) => it.qos)) as Qos;
  }

  /** The first event at which a filter for this topic was granted. */
  sinceSeq(topic: string): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#of(topic).map((it) => it.seq));
  }

  #of(topic: string) {
    return [...this.#granted].filter(([filter]) => filterMatches(filter, topic)).map(([, it]) => it);
  }
}
