// A field sensor: publishes a seeded signal with sequence number and source time, raises an alarm, says when it is there.
import { draw } from '../../faults/draw.ts';
import type { SessionPolicy } from '../../session/client-session.ts';
import type { Message } from '../../session/session-output.ts';
import { pause } from '../../net/clock.ts';
import type { PartContext } from '../part.ts';
import { startClient } from './client.ts';
import type { StartedClient } from './client.ts';
import type { StartedDevice } from './device.ts';
import { identityOf, type LineOptions } from './line.ts';
import { presence } from './presence.ts';
import type { Presence } from './presence.ts';

/** A random walk between two walls. */
interface Signal {
  readonly unit: string;
  readonly start: number;
  /** Largest change from one sample to the next. */
  readonly step: number;
  readonly min: number;
  readonly max: number;
}

/** A sensor. It publishes below `topic`: `/value`, `/alarm`, `/status` (retained `online` or `offline`, also as will). */
export interface SensorOptions extends LineOptions {
  readonly topic: string;
  /** Of the values; the alarm is sent at QoS 1 at least, the status at QoS 1. */
  readonly qos: 0 | 1 | 2;
  readonly intervalMs: number;
  readonly signal: Signal;
  /** An alarm is raised when the value passes it, and cleared when it is back. */
  readonly alarmAbove?: number;
  readonly policy?: Partial<SessionPolicy>;
}

/** How long a sensor that leaves waits for acknowledgements. */
const FAREWELL_MS = 2000;

/**
 * Starts a sensor. Its first value is due when it is online, then one each interval, connected or not.
 * @throws FieldbenchError `FB_SESSION_IDENTITY`, `FB_SESSION_INTENT` for a topic that cannot be.
 */
export function startSensor(options: SensorOptions, context: PartContext): StartedDevice {
  return new Sensor(options, context);
}

class Sensor implements StartedDevice {
  readonly #options: SensorOptions;
  readonly #context: PartContext;
  readonly #client: StartedClient;
  readonly #presence: Presence;
  readonly #resting = new AbortController();
  readonly #sampling: Promise<void>;
  #seq = 0;
  #value: number;
  #isAlarmed = false;

  constructor(options: SensorOptions, context: PartContext) {
    this.#options = options;
    this.#context = context;
    this.#value = options.signal.start;
    this.#presence = presence(`${options.topic}/status`);
    this.#client = startClient(
      {
        ...options,
        role: 'device',
        identity: { clientId: options.name, will: this.#presence.will, ...identityOf(options) },
        onEvent: (event) => {
          if (event.kind === 'connected') this.#client.publish(this.#presence.online);
        },
      },
      context,
    );
    this.#sampling = this.#sample();
  }

  get name(): string {
    return this.#options.name;
  }

  get online(): Promise<void> {
    return this.#client.online;
  }

  publish(message: Message): void {
    this.#client.publish(message);
  }

  rest(): void {
    this.#resting.abort(new Error('resting'));
  }

  async stop(): Promise<void> {
    this.rest();
    await this.#sampling;
    if (this.#client.isConnected) {
      this.#client.publish(this.#presence.offline); // DISCONNECT discards the will, so the sensor says itself that it goes (MQTT-3.14.4-3)
      await this.#client.drained(FAREWELL_MS);
    }
    await this.#client.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Ends when the sensor rests, is refused, or the run is over. */
  async #sample(): Promise<void> {
    const { clock, signal } = this.#context;
    const ends = AbortSignal.any([signal, this.#resting.signal]);
    try {
      await this.#client.online;
      for (let dueMs = clock.nowMs(); ; dueMs += this.#options.intervalMs) {
        await pause(clock, Math.max(0, dueMs - clock.nowMs()), ends); // the schedule does not drift
        this.#publishValue();
        this.#watchAlarm();
        this.#walk();
      }
    } catch {
      // not online ever, or at rest: there is nothing to sample for
    }
  }

  #publishValue(): void {
    const { topic, qos } = this.#options;
    this.#seq += 1;
    this.#client.publish({ topic: `${topic}/value`, payload: this.#reading(), qos, retain: false });
  }

  #watchAlarm(): void {
    const { topic, qos, alarmAbove = Infinity } = this.#options;
    const active = this.#value > alarmAbove;
    if (active === this.#isAlarmed) return;
    this.#isAlarmed = active;
    const payload = Buffer.from(JSON.stringify({ active, value: this.#value, limit: alarmAbove, seq: this.#seq }));
    this.#client.publish({ topic: `${topic}/alarm`, payload, qos: qos === 2 ? 2 : 1, retain: false });
  }

  #reading(): Buffer {
    const { unit } = this.#options.signal;
    const sourceTimeMs = Math.round(this.#context.clock.nowMs());
    return Buffer.from(JSON.stringify({ value: this.#value, unit, quality: 'good', seq: this.#seq, sourceTimeMs }));
  }

  #walk(): void {
    const { step, min, max } = this.#options.signal;
    const share = draw({
      seed: this.#context.seed,
      link: this.name,
      connection: 1,
      direction: 'toServer',
      purpose: 'signal',
      n: this.#seq,
    });
    const next = this.#value + (2 * share - 1) * step;
    this.#value = Math.round(Math.min(max, Math.max(min, next)) * 1000) / 1000;
  }
}
