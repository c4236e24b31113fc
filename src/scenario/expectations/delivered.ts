// Accounts for every message that one part meant to publish: delivered, doubled, lost, or still under way.
import type { HistoryEvent, PacketSeen, PublishIntended } from '../../history/event.ts';
import { frameOf, payloadHashOf } from '../../history/packet-of.ts';
import { ConnectionNames, nothing, percentile, type Expectation, type Outcome } from '../expectation.ts';

/** Parameters of the expectation. */
export interface DeliveredOptions {
  readonly from: string;
  readonly to: string;
  readonly lostAtMost: number;
}

/** How far messages with one topic and payload came; payloads of simulated devices differ, foreign ones may repeat. */
interface Account {
  readonly intents: PublishIntended[];
  /** Times of deliveries at the receiver. */
  readonly deliveredMs: number[];
  sentBy: number;
  reachedBroker: number;
  acknowledged: number;
  lastEvent: number;
}

/**
 * Every message of `from` arrives at `to`; at most `lostAtMost` do not. Identity is topic and payload hash,
 * counted: copies beyond the intents are duplicates, which QoS 1 allows.
 */
export class Delivered implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: DeliveredOptions;
  readonly #names = new ConnectionNames();
  readonly #accounts = new Map<string, Account>();
  /** QoS 1 and 2 messages awaiting their acknowledgement, by connection and packet id. */
  readonly #awaiting = new Map<string, Account>();

  constructor(options: DeliveredOptions) {
    this.#options = options;
    this.id = `delivered:${options.from}->${options.to}`;
    this.title = `messages of ${options.from} arrive at ${options.to}`;
    this.expected = [
      `at most ${options.lostAtMost} of the messages that ${options.from} meant to publish do not arrive`,
    ];
  }

  step(event: HistoryEvent): void {
    if (event.kind === 'opened') this.#names.note(event);
    else if (event.kind === 'intent' && event.part === this.#options.from) this.#intended(event);
    else if (event.kind === 'packet') this.#packet(event);
  }

  #intended(event: PublishIntended): void {
    const account = this.#account(event.topic, event.payloadHash);
    account.intents.push(event);
    account.lastEvent = event.seq;
  }

  #packet(event: PacketSeen): void {
    const client = this.#names.clientOf(event.connection);
    if (client === this.#options.from) this.#atSender(event);
    else if (client === this.#options.to && event.direction === 'toClient') this.#atReceiver(event);
  }

  #atSender(event: PacketSeen): void {
    const packet = frameOf(event).packet;
    if (packet?.type === 'PUBLISH' && event.direction === 'toServer') {
      const account = this.#account(packet.topic, payloadHashOf(event, packet));
      if (event.seenAt !== 'serverEnd') account.sentBy++;
      if (event.seenAt !== 'clientEnd') account.reachedBroker++;
      account.lastEvent = event.seq;
      if (packet.packetId !== undefined) this.#awaiting.set(`${event.connection} ${packet.packetId}`, account);
    } else if ((packet?.type === 'PUBACK' || packet?.type === 'PUBREC') && event.seenAt !== 'serverEnd') {
      const account = this.#awaiting.get(`${event.connection} ${packet.packetId}`);
      if (account) account.acknowledged++;
    }
  }

  #atReceiver(event: PacketSeen): void {
    if (event.seenAt === 'serverEnd') return;
    const packet = frameOf(event).packet;
    if (packet?.type !== 'PUBLISH') return;
    const account = this.#accounts.get(keyOf(packet.topic, payloadHashOf(event, packet)));
    if (account && !(packet.retain && account.deliveredMs.length >= account.intents.length)) {
      account.deliveredMs.push(event.tMs);
    }
  }

  #account(topic: string, hash: string): Account {
    const key = keyOf(topic, hash);
    let account = this.#accounts.get(key);
    if (!account) {
      account = { intents: [], deliveredMs: [], sentBy: 0, reachedBroker: 0, acknowledged: 0, lastEvent: 0 };
      this.#accounts.set(key, account);
    }
    return account;
  }

  end(): Outcome {
    const accounts = [...this.#accounts.values()].filter((it) => it.intents.length > 0);
    const intended = sum(accounts, (it) => it.intents.length);
    const delivered = sum(accounts, (it) => Math.min(it.intents.length, it.deliveredMs.length));
    const duplicated = sum(accounts, (it) => Math.max(0, it.deliveredMs.length - it.intents.length));
    const lost = intended - delivered;
    if (intended === 0) return { ...nothing, actual: `${this.#options.from} meant to publish nothing` };
    const missing = accounts.find((it) => it.deliveredMs.length < it.intents.length);
    const shown = missing ?? accounts[0];
    return {
      verdict: lost > this.#options.lostAtMost ? 'fail' : 'pass',
      actual: [
        `${delivered} of ${intended} messages arrived`,
        ...(duplicated === 0 ? [] : [`, ${duplicated} more than once`]),
        ...(missing
          ? [`; the first that did not, on topic ${missing.intents[0]?.topic ?? ''}, ${lastSeen(missing)}`]
          : []),
      ].join(''),
      evidence: { events: shown ? [...shown.intents.slice(0, 1).map((it) => it.seq), shown.lastEvent] : [] },
      measured: [
        { name: 'intended', unit: 'messages', value: intended },
        { name: 'not delivered', unit: 'messages', value: lost, limit: { max: this.#options.lostAtMost } },
        { name: 'duplicated', unit: 'messages', value: duplicated },
        ...latencies(accounts.flatMap(latenciesMs)),
      ],
    };
  }
}

/** From the moment when the device meant to publish: a stalled device shows, and does not hide. */
function latenciesMs(it: Account): readonly number[] {
  return it.intents.flatMap((intent, index) => {
    const arrivedMs = it.deliveredMs[index];
    return arrivedMs === undefined ? [] : [arrivedMs - intent.tMs];
  });
}

function lastSeen(account: Account): string {
  if (account.acknowledged > 0) return 'was acknowledged by the broker and never delivered';
  if (account.reachedBroker > 0) return 'reached the broker, which neither acknowledged nor delivered it';
  if (account.sentBy > 0) return 'left the device and was last seen there';
  return 'never left the device';
}

function latencies(figuresMs: readonly number[]): Outcome['measured'] {
  if (figuresMs.length === 0) return [];
  return [
    { name: 'latency p50', unit: 'ms', value: Math.round(percentile(figuresMs, 0.5)) },
    { name: 'latency p99', unit: 'ms', value: Math.round(percentile(figuresMs, 0.99)) },
    { name: 'latency max', unit: 'ms', value: Math.round(percentile(figuresMs, 1)) },
  ];
}

const keyOf = (topic: string, hash: string): string => `${hash} ${topic}`;
const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, it) => total + of(it), 0);
