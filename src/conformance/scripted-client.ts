// A client that does exactly what a check tells it, keeps every packet that comes back, and never waits without a bound.
import type { ServerEnd } from '../bench/linked-connection.ts';
import type { ConnectionId, History } from '../history/event.ts';
import type { Clock } from '../net/clock.ts';
import type { Wire } from '../net/wire.ts';
import type { RuleParameters } from '../judge/rule.ts';
import { encode, type Spoil } from '../wire/encode.ts';
import type { Connect, Packet, PacketOf, PacketType, Publish, Text } from '../wire/packet.ts';
import { StreamDecoder } from '../wire/stream-decoder.ts';
import { SituationFailed, type ScriptedClient } from './bench.ts';
import type { Pace } from './pace.ts';

/** What a scripted client needs of its bench. */
export interface ScriptedClientOptions {
  readonly wire: Wire;
  readonly connection: ConnectionId;
  readonly connect: Connect;
  readonly acknowledge: boolean;
  /** Bytes that are expected beyond the usual; only more than these are a flood. */
  readonly expectedB: number;
  readonly history: History;
  readonly clock: Clock;
  readonly parameters: RuleParameters;
  readonly pace: Pace;
  /** Of the link, where it can be read. */
  readonly serverEnd?: ServerEnd;
  /** Called once when the target sends without end: the check cannot go on, and memory is not for ever. */
  readonly onFlood: (what: string) => void;
}

/** Far more than any check asks for on one connection (some 300 packets); behind it stands a flood. */
const floodPackets = 2000;
const floodB = 4 * 1024 * 1024;

interface Waiter {
  readonly wants: (packet: Packet) => boolean;
  readonly give: (packet: Packet | undefined) => void;
}

/** Scripted client over one connection. */
export class WireScriptedClient implements ScriptedClient, AsyncDisposable {
  readonly connection: ConnectionId;
  readonly clientId: string;
  readonly deliveries: Publish[] = [];
  readonly #options: ScriptedClientOptions;
  readonly #decoder = new StreamDecoder('server');
  readonly #untaken: Packet[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #peerClosed = Promise.withResolvers<void>();
  #isPeerClosed = false;
  #lastPacketId = 0;
  #receivedB = 0;
  #receivedPackets = 0;
  #isFlooded = false;
  #sentB = 0;
  /** When everything that was sent, or is waited for, will have passed the link. */
  #passedAtMs = 0;

  constructor(options: ScriptedClientOptions) {
    this.#options = options;
    this.connection = options.connection;
    this.clientId = options.connect.clientId;
    options.wire.onBytes((chunk) => this.#received(chunk));
    options.wire.onPeerEnd(() => this.#ended());
    void options.wire.closed.then(() => this.#ended());
  }

  get sentB(): number {
    return this.#sentB;
  }

  async send(packet: Packet<Text>): Promise<void> {
    await this.#put(encode(packet));
  }

  async sendIllegal(why: string, packet: Packet<Text> | Uint8Array, spoil?: Spoil): Promise<void> {
    this.taint(why);
    await this.#put(packet instanceof Uint8Array ? packet : encode(packet, spoil));
  }

  /** What is sent next is illegal on purpose. */
  protected taint(why: string): void {
    this.#options.history.record({ kind: 'taint', connection: this.connection, why, offset: this.#sentB });
  }

  /** So many bytes of MQTT are on their way. */
  protected noteSent(lengthB: number): void {
    if (this.#options.wire.isWritable) this.#sentB += lengthB;
    this.#expect(lengthB);
  }

  #put(bytes: Uint8Array): Promise<void> {
    this.noteSent(bytes.length);
    return this.#options.wire.send(bytes);
  }

  /** So many bytes have to pass the link before anything behind them can. */
  #expect(lengthB: number): void {
    const { clock, pace } = this.#options;
    this.#passedAtMs = Math.max(this.#passedAtMs, clock.nowMs()) + pace.transferMs(lengthB);
  }

  /** A wait, and what has to pass the link meanwhile. */
  #patient(timeoutMs: number): number {
    return timeoutMs + Math.max(0, this.#passedAtMs - this.#options.clock.nowMs());
  }

  async next<T extends PacketType>(
    type: T,
    where: (packet: PacketOf<T>) => boolean = () => true,
  ): Promise<PacketOf<T> | undefined> {
    const wants = (packet: Packet): packet is PacketOf<T> => packet.type === type && where(packet as PacketOf<T>);
    const { responseTimeoutMs } = this.#options.parameters;
    // A PINGREQ proves nothing where its very answer is missing.
    const wait =
      type === 'PINGRESP' ? this.#wait(wants, responseTimeoutMs) : this.#nextWithin(wants, responseTimeoutMs);
    return (await wait) as PacketOf<T> | undefined;
  }

  async connected(): Promise<PacketOf<'CONNACK'>> {
    const timeoutMs = Math.max(this.#options.parameters.responseTimeoutMs, leastConnectMs);
    const connack = await this.#wait((it) => it.type === 'CONNACK', timeoutMs);
    if (connack?.type === 'CONNACK' && connack.returnCode === 0) return connack;
    const came =
      connack?.type === 'CONNACK'
        ? `CONNACK with code ${connack.returnCode}`
        : this.#isPeerClosed
          ? 'a close'
          : 'nothing';
    throw new SituationFailed(`${this.clientId} was to be connected, and got ${came}`);
  }

  async subscribe(filters: Readonly<Record<string, 0 | 1 | 2>>): Promise<PacketOf<'SUBACK'> | undefined> {
    const packetId = this.#nextPacketId();
    const subscriptions = Object.entries(filters).map(([filter, qos]) => ({ filter, qos }));
    await this.send({ type: 'SUBSCRIBE', packetId, subscriptions });
    return this.next('SUBACK', (it) => it.packetId === packetId);
  }

  async unsubscribe(...filters: string[]): Promise<PacketOf<'UNSUBACK'> | undefined> {
    const packetId = this.#nextPacketId();
    await this.send({ type: 'UNSUBSCRIBE', packetId, filters });
    return this.next('UNSUBACK', (it) => it.packetId === packetId);
  }

  async publish(message: Parameters<ScriptedClient['publish']>[0]): Promise<number | undefined> {
    const { topic, qos = 0, retain = false } = message;
    const payload = bytesOf(message.payload);
    if (qos === 0) {
      await this.send({ type: 'PUBLISH', dup: false, qos, retain, topic, payload });
      return undefined;
    }
    const packetId = this.#nextPacketId();
    const isMine = (it: { readonly packetId: number }): boolean => it.packetId === packetId;
    await this.send({ type: 'PUBLISH', dup: false, qos, retain, topic, payload, packetId });
    if (qos === 1) return (await this.next('PUBACK', isMine))?.packetId;
    // PUBACK is the wrong answer, but one: to wait for the right one would only take time from all other checks.
    const isAnswer = (it: Packet): boolean => (it.type === 'PUBREC' || it.type === 'PUBACK') && isMine(it);
    const answer = await this.#nextWithin(isAnswer, this.#options.parameters.responseTimeoutMs);
    if (answer?.type !== 'PUBREC') return undefined;
    await this.send({ type: 'PUBREL', packetId });
    return (await this.next('PUBCOMP', isMine))?.packetId;
  }

  async delivery(
    topic: string,
    payload: string | Uint8Array,
    withinMs: number = certainMs(this.#options.parameters),
  ): Promise<Publish | undefined> {
    const wanted = Buffer.from(bytesOf(payload));
    const wants = (it: Packet): boolean => it.type === 'PUBLISH' && it.topic === topic && wanted.equals(it.payload);
    this.#expect(topic.length + wanted.length);
    return (await this.#nextWithin(wants, withinMs)) as Publish | undefined;
  }

  async ping(): Promise<boolean> {
    await this.send({ type: 'PINGREQ' });
    return (await this.#wait((it) => it.type === 'PINGRESP', this.#options.parameters.responseTimeoutMs)) !== undefined;
  }

  async disconnect(): Promise<void> {
    await this.send({ type: 'DISCONNECT' });
    await this.abort('fin');
  }

  async abort(how: 'fin' | 'rst'): Promise<void> {
    if (how === 'fin') this.#options.wire.end();
    else this.#options.wire.reset();
    const { wire, serverEnd, parameters, pace } = this.#options;
    // A server may leave its own side open; what the check does next must not wait for that.
    await this.#within(Promise.all([wire.closed, serverEnd?.ended]), parameters.quietMs + pace.roundTripMs);
  }

  async closedByServer(timeoutMs = this.#options.parameters.closeTimeoutMs): Promise<boolean> {
    await this.#within(this.#peerClosed.promise, timeoutMs);
    return this.#isPeerClosed;
  }

  /** Waits until everything that it has sent has come to the server's end of its link. */
  async settle(): Promise<void> {
    const { serverEnd, pace } = this.#options;
    if (serverEnd !== undefined) await this.#within(serverEnd.arrived(this.#sentB), pace.roundTripMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.wire[Symbol.asyncDispose]();
  }

  #nextPacketId(): number {
    this.#lastPacketId += 1;
    return this.#lastPacketId;
  }

  #received(chunk: Uint8Array): void {
    if (this.#isFlooded) return;
    this.#receivedB += chunk.length;
    for (const { packet } of this.#decoder.push(chunk)) {
      this.#receivedPackets += 1;
      if (packet) this.#arrived(packet);
    }
    if (this.#receivedPackets <= floodPackets && this.#receivedB <= floodB + this.#options.expectedB) return;
    this.#isFlooded = true;
    const { clientId } = this;
    this.#options.onFlood(
      `the target floods: ${clientId} got ${this.#receivedPackets} packets, ${this.#receivedB} B, on one connection`,
    );
  }

  #arrived(packet: Packet): void {
    if (packet.type === 'PUBLISH') this.deliveries.push(packet);
    if (this.#options.acknowledge) this.#acknowledge(packet);
    for (const waiter of this.#waiters) {
      if (!waiter.wants(packet)) continue;
      this.#waiters.delete(waiter);
      waiter.give(packet);
      return;
    }
    this.#untaken.push(packet);
  }

  /** What a good receiver answers. Exactly-once is the judge's business here, so no state is kept. */
  #acknowledge(packet: Packet): void {
    if (packet.type === 'PUBLISH' && packet.packetId !== undefined) {
      void this.send({ type: packet.qos === 1 ? 'PUBACK' : 'PUBREC', packetId: packet.packetId });
    } else if (packet.type === 'PUBREL') {
      void this.send({ type: 'PUBCOMP', packetId: packet.packetId });
    }
  }

  #ended(): void {
    this.#isPeerClosed = true;
    this.#peerClosed.resolve();
    for (const waiter of this.#waiters) waiter.give(undefined);
    this.#waiters.clear();
  }

  /** What did not come is followed by a proof of life, so that its absence can be judged. */
  async #nextWithin(wants: (packet: Packet) => boolean, withinMs: number): Promise<Packet | undefined> {
    const found = await this.#wait(wants, withinMs);
    if (found !== undefined || this.#isPeerClosed) return found;
    if (!(await this.ping()) && !this.#isPeerClosed) {
      throw new SituationFailed(`${this.clientId} got no answer, and none to PINGREQ either: the target is silent`);
    }
    return undefined;
  }

  #wait(wants: (packet: Packet) => boolean, timeoutMs: number): Promise<Packet | undefined> {
    const index = this.#untaken.findIndex(wants);
    if (index >= 0) return Promise.resolve(this.#untaken.splice(index, 1)[0]);
    if (this.#isPeerClosed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        wants,
        give: (packet) => {
          cancel();
          resolve(packet);
        },
      };
      const cancel = this.#options.clock.after(this.#patient(timeoutMs), () => {
        this.#waiters.delete(waiter);
        resolve(undefined);
      });
      this.#waiters.add(waiter);
    });
  }

  /** Waits for it, at most so long. */
  async #within(it: Promise<unknown>, delayMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(this.#patient(delayMs), late.resolve);
    await Promise.race([it, late.promise]);
    cancel();
  }
}

/** A connection is a situation, and not what is judged: on a busy machine it may take longer than a short tolerance. */
export const leastConnectMs = 3000;

/** When an expected message that has not come is certain to be missing. */
function certainMs({ responseTimeoutMs, effectTimeoutMs, quietMs }: RuleParameters): number {
  return Math.max(responseTimeoutMs, effectTimeoutMs + quietMs);
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
