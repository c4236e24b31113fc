// Two parties over a channel that is cut at arbitrary points: the promises of the three QoS levels must hold anyway.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientSession, defaultPolicy, unfinishedCount, wakeAtMs } from '../../src/session/client-session.ts';
import type { ClientSession } from '../../src/session/client-session.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { sessionOutput } from '../../src/session/session-output.ts';
import { step } from '../../src/session/step.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { ModelBroker } from './model-broker.ts';

type Qos = 0 | 1 | 2;
type Action =
  | { do: 'publish' | 'serverPublish'; qos: Qos }
  | { do: 'subscribe' | 'unsubscribe'; filter: string }
  /** So many packets of one direction arrive. */
  | { do: 'toServer' | 'toClient'; packets: number }
  /** What is under way is lost, and the connection with it. */
  | { do: 'cut' }
  | { do: 'wait' };

const qos = fc.constantFrom<Qos>(0, 1, 2);
const filter = fc.constantFrom('a', 'b/+', '#');
const packets = fc.integer({ min: 1, max: 4 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('publish' as const), qos }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('serverPublish' as const), qos }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('subscribe' as const, 'unsubscribe' as const), filter }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('toServer' as const, 'toClient' as const), packets }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);

/** One client, one broker, and what is under way between them. */
class Model {
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
    expect(this.#isQuiet()).toBe(true);
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
      expect(event).not.toMatchObject({ kind: 'lost', why: 'violation' });
      return;
    }
    const token = event.token ?? 0;
    expect(this.published.has(token) || this.dropped.has(token)).toBe(false); // settled once
    (event.kind === 'published' ? this.published : this.dropped).add(token);
  }

  /** Every packet of the client passes the strict decoder, and means there what it meant here. */
  #send(packet: Packet): void {
    const frames = this.#decoder.push(encode(packet));
    expect(frames.map(({ deviations }) => deviations)).toEqual([[]]);
    const decoded = frames[0]?.packet;
    expect(decoded?.type).toBe(packet.type);
    if (decoded) this.#toServer.push(decoded);
  }

  /** No id is in two live exchanges, and none is live without an exchange. */
  #checkIds(): void {
    const { outbound, subscriptions, liveIds } = this.session;
    const ids = [outbound?.unacknowledged, outbound?.released, subscriptions?.open].flatMap((it) => [
      ...(it?.keys() ?? []),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids)).toEqual(new Set(liveIds));
    expect((outbound?.unacknowledged.size ?? 0) + (outbound?.released.size ?? 0)).toBeLessThanOrEqual(
      this.session.policy.window,
    );
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

/** The first coming of each message. */
const firsts = (tokens: readonly number[]): number[] => [...new Set(tokens)];
const ascending = (tokens: readonly number[]): number[] => tokens.toSorted((a, b) => a - b);

test('persistent session: QoS 2 exactly once, QoS 1 at least once, QoS 0 at most once, all in order, both ways', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 80, size: 'max' }), (window, actions) => {
      const model = new Model(window, false);
      for (const it of actions) model.play(it);
      model.settle();
      const { broker, meant, sentDown, delivered } = model;
      expect(broker.complaints).toEqual([]);
      expect(broker.taken[2]).toEqual(meant[2]);
      expect(firsts(broker.taken[1])).toEqual(meant[1]);
      expect(broker.taken[0]).toEqual(ascending(firsts(broker.taken[0])));
      expect(delivered[2]).toEqual(sentDown[2]);
      expect(firsts(delivered[1])).toEqual(sentDown[1]);
      expect(delivered[0]).toEqual(ascending(firsts(delivered[0])));
      expect(broker.filters).toEqual(model.wanted);
      expect(unfinishedCount(model.session)).toBe(0);
      expect(model.dropped.size + model.published.size).toBe(meant[0].length + meant[1].length + meant[2].length);
    }),
    { numRuns: 200 },
  );
});

test('clean session: every message is either acknowledged or reported as dropped, and nothing of one session enters the next', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 80, size: 'max' }), (window, actions) => {
      const model = new Model(window, true);
      for (const it of actions) model.play(it);
      model.settle();
      const { broker, meant, published, dropped } = model;
      expect(broker.complaints).toEqual([]);
      for (const level of [1, 2] as const) {
        expect(broker.taken[level]).toEqual(ascending(firsts(broker.taken[level]))); // once, in order
        for (const token of meant[level]) expect(published.has(token) !== dropped.has(token)).toBe(true);
        for (const token of meant[level]) if (published.has(token)) expect(broker.taken[level]).toContain(token);
      }
      expect(broker.filters).toEqual(model.wanted);
    }),
    { numRuns: 150 },
  );
});
