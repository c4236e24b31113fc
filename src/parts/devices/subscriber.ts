// A hub that only listens: it subscribes, acknowledges and counts.
import type { SessionPolicy } from '../../session/client-session.ts';
import { checkIntent } from '../../session/intent-check.ts';
import type { Delivery, Message, SessionEvent } from '../../session/session-output.ts';
import type { PartContext } from '../part.ts';
import { startClient } from './client.ts';
import type { StartedClient } from './client.ts';
import type { StartedDevice } from './device.ts';
import { identityOf, type LineOptions } from './line.ts';
import { Milestone } from './milestone.ts';
import { notGranted, stoppedBefore } from './not-online.ts';

/** A subscriber. */
export interface SubscriberOptions extends LineOptions {
  /** QoS by topic filter; at least one. */
  readonly filters: Readonly<Record<string, 0 | 1 | 2>>;
  readonly policy?: Partial<SessionPolicy>;
  readonly onDelivery?: (message: Delivery) => void;
}

/** A subscriber that runs. */
export interface StartedSubscriber extends StartedDevice {
  /** Messages delivered so far; QoS 2 counts once, QoS 1 as often as it came. */
  readonly received: number;
}

/**
 * Starts a subscriber; it is online when its first SUBACK granted every filter.
 * `online` rejects with `FB_DEVICE_NOT_GRANTED` when one was refused.
 * @throws FieldbenchError `FB_SESSION_IDENTITY`, `FB_SESSION_INTENT` for an illegal topic filter or none.
 */
export function startSubscriber(options: SubscriberOptions, context: PartContext): StartedSubscriber {
  return new Subscriber(options, context);
}

class Subscriber implements StartedSubscriber {
  readonly name: string;
  readonly #client: StartedClient;
  readonly #subscribed = new Milestone();
  #received = 0;

  constructor(options: SubscriberOptions, context: PartContext) {
    this.name = options.name;
    const subscriptions = Object.entries(options.filters).map(([filter, qos]) => ({ filter, qos }));
    checkIntent({ kind: 'subscribe', subscriptions, token: 0 }); // before anything runs
    this.#client = startClient(
      {
        ...options,
        role: 'device',
        identity: { clientId: options.name, ...identityOf(options) },
        onDelivery: (message) => {
          this.#received += 1;
          options.onDelivery?.(message);
        },
        onEvent: (event) => this.#watch(event),
      },
      context,
    );
    this.#client.online.catch((error: Error) => this.#subscribed.fail(error));
    this.#client.subscribe(subscriptions);
  }

  get online(): Promise<void> {
    return this.#subscribed.promise;
  }

  get received(): number {
    return this.#received;
  }

  publish(message: Message): void {
    this.#client.publish(message);
  }

  rest(): void {
    // it begins nothing by itself
  }

  async stop(): Promise<void> {
    await this.#client.stop();
    this.#subscribed.fail(stoppedBefore(this.name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #watch(event: SessionEvent): void {
    if (event.kind !== 'subscribed') return;
    if (event.returnCodes.every((code) => code <= 2)) this.#subscribed.reach();
    else this.#subscribed.fail(notGranted(`"${this.name}"`, event.returnCodes));
  }
}
