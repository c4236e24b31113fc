// A field sensor: publishes a seeded signal with sequence number and source time, raises alarms, says when it is there.
import type { SessionPolicy } from '../../session/client-session.ts';
import type { Message } from '../../session/session-output.ts';
import { pause } from '../../net/clock.ts';
import type { PartContext } from '../part.ts';
import { Alarm } from './alarm.ts';
import type { AlarmSettings } from './alarm.ts';
import { ByException } from './by-exception.ts';
import type { ExceptionSettings } from './by-exception.ts';
import { startClient } from './client.ts';
import type { StartedClient } from './client.ts';
import { DeviceClock } from './device-clock.ts';
import { DeviceMemory } from './device-memory.ts';
import type { StartedDevice } from './device.ts';
import { identityOf, type LineOptions } from './line.ts';
import { measure } from './measurement.ts';
import type { Measurement, MeasuringLimits } from './measurement.ts';
import { presence } from './presence.ts';
import type { Presence } from './presence.ts';
import { sampler } from './signals/sampler.ts';
import type { Sampler } from './signals/sampler.ts';
import type { Signal } from './signals/signal.ts';
import type { StoreSettings } from './store.ts';

/** A sensor. It publishes below `topic`: `/value`, `/alarm`, `/status` (retained `online` or `offline`, also as will). */
export interface SensorOptions extends LineOptions, ExceptionSettings, MeasuringLimits {
  readonly topic: string;
  /** Of the values; the status is sent at QoS 1. */
  readonly qos: 0 | 1 | 2;
  /** Default: as the values, 1 at least. */
  readonly alarmQos?: 0 | 1 | 2;
  readonly intervalMs: number;
  readonly unit: string;
  readonly signal: Signal;
  readonly alarms?: readonly AlarmSettings[];
  /** How many times faster than written it lives; `intervalMs` is that much shorter already. Default 1. */
  readonly timeCompression?: number;
  /** Millionths by which its clock runs fast. */
  readonly driftPpm?: number;
  readonly store?: StoreSettings;
  readonly policy?: Partial<SessionPolicy>;
}

/** How long a sensor that leaves waits for acknowledgements. */
const FAREWELL_MS = 2000;

/**
 * Starts a sensor. Its first sample is due when it is online, then one each interval, connected or not.
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
  readonly #memory: DeviceMemory;
  readonly #clock: DeviceClock;
  readonly #signal: Sampler;
  readonly #alarms: readonly Alarm[];
  readonly #report: ByException;
  readonly #resting = new AbortController();
  readonly #sampling: Promise<void>;
  #stimulus: number | undefined;
  #last: Measurement = { value: 0, quality: 'bad' };

  constructor(options: SensorOptions, context: PartContext) {
    this.#options = options;
    this.#context = context;
    this.#memory = options.memory ?? new DeviceMemory();
    this.#clock = new DeviceClock(context.clock, options.driftPpm);
    this.#signal = sampler(options.signal, { seed: context.seed, name: options.name });
    this.#alarms = (options.alarms ?? []).map((it) => new Alarm(it));
    this.#report = new ByException(options);
    this.#presence = presence(`${options.topic}/status`);
    this.#client = startClient(
      {
        ...options,
        memory: this.#memory,
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

  stimulate(value: number | undefined): void {
    this.#stimulus = value;
  }

  /** The first of its alarms; one that has none raises a plain `alarm`. */
  raiseAlarm(on: boolean): void {
    const [alarm] = this.#alarms;
    if (!alarm) this.#publishAlarm({ name: 'alarm' }, on);
    else if (alarm.force(on)) this.#publishAlarm(alarm.settings, on);
  }

  stepClock(byMs: number): void {
    this.#clock.step(byMs);
  }

  /** Ends when the sensor rests, is refused, or the run is over. */
  async #sample(): Promise<void> {
    const { clock, signal } = this.#context;
    const { intervalMs, timeCompression = 1 } = this.#options;
    const ends = AbortSignal.any([signal, this.#resting.signal]);
    let isOnline = false;
    try {
      await this.#client.online;
      isOnline = true;
      const onlineMs = clock.nowMs();
      const firstMs = (this.#memory.firstSampleMs ??= onlineMs);
      const missed = Math.ceil((onlineMs - firstMs) / intervalMs); // since its life before
      for (let atMs = missed * intervalMs; ; atMs += intervalMs) {
        await pause(clock, Math.max(0, firstMs + atMs - clock.nowMs()), ends); // the schedule does not drift
        this.#take(atMs * timeCompression);
      }
    } catch (error) {
      if (isOnline && !ends.aborted) throw error;
      // Not online ever, or at rest: there is nothing to sample for.
    }
  }

  /** One sample, at its time since the first. */
  #take(atMs: number): void {
    const raw = this.#stimulus ?? this.#signal(atMs);
    this.#last = measure(raw, atMs, this.#last.value, this.#options);
    if (this.#report.isDue(this.#last, atMs)) this.#publishValue();
    if (this.#last.quality === 'bad') return; // an alarm stays as it is while nobody knows the value
    for (const alarm of this.#alarms) {
      if (alarm.update(this.#last.value, atMs)) this.#publishAlarm(alarm.settings, alarm.isActive);
    }
  }

  #publishValue(): void {
    const { value, quality } = this.#last;
    this.#publish('value', this.#options.qos, { value, unit: this.#options.unit, quality });
  }

  #publishAlarm({ name, above, below }: Partial<AlarmSettings>, active: boolean): void {
    const { qos, alarmQos = qos === 2 ? 2 : 1 } = this.#options;
    const limit = above ?? below;
    this.#publish('alarm', alarmQos, { name, active, value: this.#last.value, ...(limit !== undefined && { limit }) });
  }

  /** Each payload has a number of its own on its topic, so that no message is like another. */
  #publish(topic: 'value' | 'alarm', qos: 0 | 1 | 2, says: Readonly<Record<string, unknown>>): void {
    const stamp = { seq: this.#memory.next(topic), sourceTimeMs: Math.round(this.#clock.nowMs()) };
    const payload = Buffer.from(JSON.stringify({ ...says, ...stamp }));
    this.#client.publish({ topic: `${this.#options.topic}/${topic}`, payload, qos, retain: false });
  }
}
