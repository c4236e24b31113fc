// The other party of the session model test: the smallest broker with one persistent session that keeps its half of the contract.
import type { Packet, Publish } from '../../src/wire/packet.ts';

/** What the broker took over from the client, and the answers it expects next. */
export class ModelBroker {
  /** Tokens by QoS, in the order in which the broker took them over; QoS 1 may repeat. */
  readonly taken: Record<0 | 1 | 2, number[]> = { 0: [], 1: [], 2: [] };
  readonly filters = new Set<string>();
  /** Ids of PUBLISHes in the order the client got them on this connection: its answers must come in that order. */
  readonly pubacksDue: number[] = [];
  readonly pubrecsDue: number[] = [];
  /** Rule breaks of the client. */
  readonly complaints: string[] = [];
  #hasSession = false;
  #connected = false;
  #unreleased = new Set<number>();
  #unacknowledged = new Map<number, Publish>();
  #released = new Set<number>();
  #waiting: Publish[] = [];
  #lastId = 0;

  receive(packet: Packet): Packet[] {
    if (!this.#connected && packet.type !== 'CONNECT') return this.#complain(`${packet.type} before CONNECT`);
    switch (packet.type) {
      case 'CONNECT':
        return this.#connect(packet.cleanSession);
      case 'PUBLISH':
        return this.#publish(packet);
      case 'PUBREL':
        this.#unreleased.delete(packet.packetId);
        return [{ type: 'PUBCOMP', packetId: packet.packetId }];
      case 'PUBACK':
        this.#expectNext(this.pubacksDue, packet.packetId, 'PUBACK');
        this.#unacknowledged.delete(packet.packetId);
        return [];
      case 'PUBREC':
        this.#expectNext(this.pubrecsDue, packet.packetId, 'PUBREC');
        this.#unacknowledged.delete(packet.packetId);
        this.#released.add(packet.packetId);
        return [{ type: 'PUBREL', packetId: packet.packetId }];
      case 'PUBCOMP':
        this.#released.delete(packet.packetId);
        return [];
      case 'SUBSCRIBE':
        for (const { filter } of packet.subscriptions) this.filters.add(filter);
        return [{ type: 'SUBACK', packetId: packet.packetId, returnCodes: packet.subscriptions.map(({ qos }) => qos) }];
      case 'UNSUBSCRIBE':
        for (const filter of packet.filters) this.filters.delete(filter);
        return [{ type: 'UNSUBACK', packetId: packet.packetId }];
      case 'PINGREQ':
        return [{ type: 'PINGRESP' }];
      default:
        return this.#complain(`${packet.type} from a client`);
    }
  }

  /** Sends to the client now or when it is back. */
  publish(qos: 0 | 1 | 2, token: number): Packet[] {
    const packet: Publish = {
      type: 'PUBLISH',
      dup: false,
      qos,
      retain: false,
      topic: 'down',
      payload: Buffer.from(`${token}`),
      ...(qos > 0 && { packetId: (this.#lastId += 1) }),
    };
    if (!this.#connected) {
      if (qos > 0) this.#waiting.push(packet);
      return [];
    }
    if (packet.packetId !== undefined) this.#unacknowledged.set(packet.packetId, packet);
    return [packet];
  }

  /** The client got this packet: what it must answer, and in which order, is known from here on. */
  arrived(packet: Packet): void {
    if (packet.type !== 'PUBLISH' || packet.packetId === undefined) return;
    (packet.qos === 1 ? this.pubacksDue : this.pubrecsDue).push(packet.packetId);
  }

  lose(): void {
    this.#connected = false;
    this.pubacksDue.length = 0;
    this.pubrecsDue.length = 0;
  }

  #connect(cleanSession: boolean): Packet[] {
    if (this.#connected) return this.#complain('second CONNECT');
    this.#connected = true;
    const sessionPresent = this.#hasSession && !cleanSession;
    if (!sessionPresent) this.#newSession();
    this.#hasSession = !cleanSession;
    const again = [...this.#unacknowledged.values()].map((it) => ({ ...it, dup: true }));
    const first = this.#waiting.splice(0);
    for (const packet of first) if (packet.packetId !== undefined) this.#unacknowledged.set(packet.packetId, packet);
    return [
      { type: 'CONNACK', sessionPresent, returnCode: 0 },
      ...[...this.#released].map((packetId) => ({ type: 'PUBREL' as const, packetId })),
      ...again,
      ...first,
    ];
  }

  #newSession(): void {
    this.#unreleased = new Set();
    this.#unacknowledged = new Map();
    this.#released = new Set();
    this.filters.clear();
  }

  #publish(packet: Publish): Packet[] {
    const token = Number(Buffer.from(packet.payload).toString());
    if (packet.qos === 0) {
      this.taken[0].push(token);
      return [];
    }
    const packetId = packet.packetId ?? 0;
    if (packet.qos === 1) {
      this.taken[1].push(token);
      return [{ type: 'PUBACK', packetId }];
    }
    if (!this.#unreleased.has(packetId)) this.taken[2].push(token);
    this.#unreleased.add(packetId);
    return [{ type: 'PUBREC', packetId }];
  }

  #expectNext(due: number[], packetId: number, type: string): void {
    const next = due.shift();
    if (next !== packetId) this.#complain(`${type} ${packetId} where ${next} was due`);
  }

  #complain(what: string): Packet[] {
    this.complaints.push(what);
    return [];
  }
}
