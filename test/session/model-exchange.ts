// A client session and a model broker over a channel that can be cut; checks what must hold at every moment.
import assert from 'node:assert/strict';
import { clientSession, defaultPolicy, wakeAtMs } from '../../src/session/client-session.ts';
import type { ClientSession } from '../../src/session/client-session.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { sessionOutput } from '../../src/session/session-output.ts';
import { step } from '../../src/session/step.ts';
import { encode } from '../../src/wire/encode.ts';
import { liveIdsOf } from '../../src/session/packet-ids.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { ModelBroker } from './model-broker.ts';

export type Qos = 0 | 1 | 2;
/** What happens next in an exchange. */
export type Action =
  | { do: 'publish' | 'serverPublish'; qos: Qos }
  | { do: 'subscribe' | 'unsubscribe'; filter: string }
  /** So many packets of one direction arrive. */
  | { do: 'toServer' | 'toClient'; packets: number }
  /** What is under way is lost, and the connection with it. */
  | { do: 'cut' }
  | { do: 'wait' };

/** One client, one broker, and what is under way between them. */
export class Model {
  readonly broker = new ModelBroker();
  readonly session: ClientSession;
  readonly wanted = new Set<string>();
  readonly meant: Record<Qos, number[]> = { 0: [], 1: [], 2: [] };
  readonly sentDown: Record<Qos, number[]> = { 0: [], 1: [], 2: [] };
  readonly delivered: Record<Qos, number[]> = { 0: [], 1: [], 2: [] };
  readonly published = new Set<number>();
  readonly dropped = new Set<number>();
  #toServer: Packet[] = [];
  #toClient: Packet[] = [];
  #decoder = new StreamDecoder('client');
  #isOpen = false;
  #nowMs = 0;
  #token = 0;

  constructor(window: number, cleanSession: boolean) {
    this.session = clientSession({ clientId: 'model' }, { ...defaultPolicy, window, cleanSession });
    this.feed({ kind: 'connect' });
  }

  play(it: Action): void {
    if (it.do === 'publish') this.#publish(it.qos);
    else if (it.do === 'serverPublish') this.#publishDown(it.qos);
    else if (it.do === 'subscribe' || it.do === 'unsubscribe') this.#want(it.do, it.filter);
    else if (it.do === 'toServer') for (let i = 0; i < it.packets; i += 1) this.#arriveAtServer();
    else if (it.do === 'toClient') for (let i = 0; i < it.packets; i += 1) this.#arriveAtClient();
    else if (it.do === 'cut') this.#cut();
    else this.#wait();
  }

  /** No more cuts: everything that is owed comes through. */
  settle(): void {
    for (let round = 0; round < 10_000 && !this.#isQuiet(); round += 1) {
      if (this.session.phase === 'waiting') this.#wait();
      this.#arriveAtServer();
      this.#arriveAtClient();
    }
    assert(this.#isQuiet(), 'the exchange never comes to rest');
  }

  #isQuiet(): boolean {
    return this.session.phase === 'connected' && this.#toServer.length + this.#toClient.length === 0;
  }

  feed(input: SessionInput): void {
    const out = sessionOutput();
    step(this.session, input, this.#nowMs, out);
    for (const packet of out.packets) this.#send(packet);
    for (const { qos: level, payload } of out.deliveries) {
      this.delivered[level].push(Number(Buffer.from(payload).toString()));
    }
    for (const event of out.events) this.#note(event);
    if (out.transport === 'open') {
      this.#isOpen = true;
      this.#decoder = new StreamDecoder('client');
      this.feed({ kind: 'transport-open' });
    } else if (out.transport === 'close') {
      this.#cut();
    }
    this.#checkIds();
  }

  #note(event: { kind: string; token?: number; why?: string }): void {
    if (event.kind !== 'published' && event.kind !== 'dropped') {
      assert.notEqual(event.why, 'violation');
      return;
    }
    const token = event.token ?? 0;
    assert(!this.published.has(token) && !this.dropped.has(token), `message ${token} is done twice`);
    (event.kind === 'published' ? this.published : this.dropped).add(token);
  }

  /** Every packet of the client passes the strict decoder, and means there what it meant here. */
  #send(packet: Packet): void {
    const frames = this.#decoder.push(encode(packet));
    const deviations = frames.map((it) => it.deviations);
    assert.deepEqual(deviations, [[]]);
    const decoded = frames[0]?.packet;
    assert(decoded?.type === packet.type);
    this.#toServer.push(decoded);
  }

  /** No id is in two live exchanges, and none is live without an exchange. */
  #checkIds(): void {
    const { outbound, subscriptions } = this.session;
    const ids = [outbound?.unacknowledged, outbound?.released, subscriptions?.open].flatMap(
      (it) => it?.map(({ packetId }) => packetId) ?? [],
    );
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(new Set(ids), new Set(liveIdsOf(this.session)));
    const inFlight = (outbound?.unacknowledged?.length ?? 0) + (outbound?.released?.length ?? 0);
    assert(inFlight <= this.session.policy.window, 'more in flight than the window allows');
  }

  #publish(level: Qos): void {
    const token = (this.#token += 1);
    this.meant[level].push(token);
    const message = { topic: 'up', payload: Buffer.from(`${token}`), qos: level, retain: false };
    this.feed({ kind: 'publish', message, token });
  }

  #publishDown(level: Qos): void {
    const token = (this.#token += 1);
    this.sentDown[level].push(token);
    this.#toClient.push(...this.broker.publish(level, token));
  }

  #want(kind: 'subscribe' | 'unsubscribe', name: string): void {
    const token = (this.#token += 1);
    if (kind === 'subscribe') {
      this.wanted.add(name);
      this.feed({ kind, subscriptions: [{ filter: name, qos: 1 }], token });
    } else {
      this.wanted.delete(name);
      this.feed({ kind, filters: [name], token });
    }
  }

  #arriveAtServer(): void {
    const packet = this.#toServer.shift();
    if (packet) this.#toClient.push(...this.broker.receive(packet));
  }

  #arriveAtClient(): void {
    const packet = this.#toClient.shift();
    if (!packet) return;
    this.broker.arrived(packet);
    this.feed({ kind: 'packet', packet });
  }

  #cut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#toServer = [];
    this.#toClient = [];
    this.broker.lose();
    this.feed({ kind: 'transport-closed', detail: 'cut', draw: 0.5 });
  }

  #wait(): void {
    const wakeMs = wakeAtMs(this.session);
    if (wakeMs < Infinity) this.#nowMs = Math.max(this.#nowMs, wakeMs);
    this.feed({ kind: 'time' });
  }
}
