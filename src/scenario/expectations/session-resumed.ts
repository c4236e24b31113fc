// Whether a device that comes back finds its session: session present, and its subscriptions still served.
import type { HistoryEvent, PacketSeen } from '../../history/event.ts';
import { frameOf, payloadHashOf } from '../../history/packet-of.ts';
import type { Packet, Publish } from '../../wire/packet.ts';
import { ConnectionNames, nothing, type Expectation, type Outcome } from '../expectation.ts';
import { GrantedFilters } from './account/subscriptions.ts';
import { identityOf } from './account/trail.ts';

/** A return of the device. */
interface Return {
  readonly seq: number;
  readonly isPresent: boolean;
  /** Messages for its subscriptions that reached the broker since, and those that were sent to it. */
  due: number;
  served: number;
  /** The device subscribed anew, so that nothing shows what the session held. */
  hasSubscribed: boolean;
}

/** Every return of `device` finds its session. */
export class SessionResumed implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #device: string;
  readonly #names = new ConnectionNames();
  readonly #granted = new GrantedFilters();
  readonly #returns: Return[] = [];
  readonly #awaited = new Map<string, Return>();
  #hasBeenHere = false;
  #connection: string | undefined;

  constructor({ device }: { readonly device: string }) {
    this.#device = device;
    this.id = `session-resumed:${device}`;
    this.title = `${device} finds its session when it comes back`;
    this.expected = ['CONNACK with session present, and what it subscribed to is sent without another SUBSCRIBE'];
  }

  step(event: HistoryEvent): void {
    if (event.kind === 'opened') this.#names.note(event);
    if (event.kind === 'ended' && event.connection === this.#connection) this.#connection = undefined;
    if (event.kind !== 'packet') return;
    const { packet } = frameOf(event);
    if (packet === undefined) return;
    if (this.#names.clientOf(event.connection) === this.#device) this.#own(event, packet);
    if (packet.type === 'PUBLISH' && event.direction === 'toServer' && event.seenAt !== 'clientEnd') {
      this.#reached(event, packet);
    }
  }

  #own(event: PacketSeen, packet: Packet): void {
    this.#granted.packet(event, packet);
    if (packet.type === 'CONNACK' && event.seenAt !== 'serverEnd' && packet.returnCode === 0) {
      this.#connection = event.connection;
      if (this.#hasBeenHere) {
        const { sessionPresent: isPresent } = packet;
        this.#returns.push({ seq: event.seq, isPresent, due: 0, served: 0, hasSubscribed: false });
      }
      this.#hasBeenHere = true;
    }
    const last = this.#returns.at(-1);
    if (packet.type === 'SUBSCRIBE' && last) last.hasSubscribed = true;
    if (packet.type !== 'PUBLISH' || event.direction !== 'toClient' || event.seenAt === 'clientEnd') return;
    const key = identityOf(packet.topic, payloadHashOf(event, packet));
    const of = this.#awaited.get(key);
    if (of) of.served++;
    this.#awaited.delete(key);
  }

  #reached(event: PacketSeen, packet: Publish): void {
    const last = this.#returns.at(-1);
    if (last === undefined || this.#connection === undefined || this.#granted.matching(packet.topic) === 0) return;
    last.due++;
    this.#awaited.set(identityOf(packet.topic, payloadHashOf(event, packet)), last);
  }

  end(): Outcome {
    const [first] = this.#returns;
    if (first === undefined) return { ...nothing, actual: `${this.#device} never came back` };
    const absent = this.#returns.find((it) => !it.isPresent);
    const lost = this.#returns.find((it) => it.isPresent && !it.hasSubscribed && it.due > 0 && it.served === 0);
    const shown = absent ?? lost ?? first;
    const times = `${this.#returns.length} ${this.#returns.length === 1 ? 'time' : 'times'}`;
    const isShown = this.#returns.some((it) => it.served > 0 && !it.hasSubscribed);
    const kept = isShown
      ? 'and was sent what it had subscribed to'
      : 'and no message showed whether its subscriptions were kept';
    return {
      verdict: absent || lost ? 'fail' : 'pass',
      actual: absent
        ? 'CONNACK without session present'
        : lost
          ? `session present, and none of ${lost.due} messages that it had subscribed to was sent to it`
          : `it came back ${times}, found its session, ${kept}`,
      evidence: { events: [shown.seq] },
      measured: [{ name: 'returns', unit: 'times', value: this.#returns.length }],
    };
  }
}
