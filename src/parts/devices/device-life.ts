// The lives of one device on MQTT: started, stopped, cut from its power, paused and started again under one name.
import type { PartChanged } from '../../history/event.ts';
import type { PartContext, StartedPart } from '../part.ts';
import { PowerSwitch } from '../power.ts';
import type { StartedDevice } from './device.ts';

/** Whose lives they are, and how each begins. */
export interface DeviceLifeOptions {
  readonly name: string;
  readonly role: 'device' | 'gateway';
  /** Begins one life; what runs on the clock and the signal of this context goes with its power. */
  readonly start: (context: PartContext) => StartedDevice | Promise<StartedDevice>;
  /** Lets the connections that it has now vanish without a FIN, before it is cut from its power. */
  readonly vanish?: () => void;
}

/** A device and its power. */
interface Life {
  readonly device: StartedDevice;
  readonly power: PowerSwitch;
}

/**
 * A device that can be ended and started again. Each life begins with an empty memory: no session state, no queue, packet
 * ids from 1. Its client id is the same, and with it what the broker kept of the session.
 */
export class DeviceLife implements StartedPart {
  readonly #options: DeviceLifeOptions;
  readonly #context: PartContext;
  #life: Life | undefined;
  #isResting = false;
  /** What is done to a device happens one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: DeviceLifeOptions, context: PartContext) {
    this.#options = options;
    this.#context = context;
  }

  get name(): string {
    return this.#options.name;
  }

  /** The device, while it runs. */
  get device(): StartedDevice | undefined {
    return this.#life?.device;
  }

  get isPaused(): boolean {
    return this.#life?.power.isPaused === true;
  }

  /** Begins a life, if it has none; does not wait until it is online. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#begin());
  }

  /** Says goodbye: DISCONNECT, after what is under way. */
  stop(): Promise<void> {
    return this.#inTurn(() => this.#leave());
  }

  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#leave();
      await this.#begin();
    });
  }

  /** Cuts its power: its connections vanish, and so does what it had not yet sent. */
  kill(): Promise<void> {
    return this.#inTurn(() => this.#die());
  }

  /** It neither reads, nor pings, nor publishes; its connections stay. */
  pause(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#life === undefined || this.isPaused) return;
      const { device, power } = this.#life;
      this.#note('paused');
      await device.pause?.();
      power.pause();
    });
  }

  resume(): Promise<void> {
    return this.#inTurn(() => this.#goOn());
  }

  rest(): void {
    this.#isResting = true;
    this.#life?.device.rest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    const life = this.#life;
    this.#life = undefined;
    if (life?.power.isPaused === true) {
      await life.device.resume?.();
      life.power.cut(); // To resume it would let it say what nobody waits for any more.
    }
    await life?.device[Symbol.asyncDispose]();
  }

  async #begin(): Promise<void> {
    if (this.#life !== undefined) return;
    const power = new PowerSwitch(this.#context.clock, this.#context.signal);
    const { clock, signal } = power;
    const device = await this.#options.start({ ...this.#context, clock, signal, power });
    this.#life = { device, power };
    if (this.#isResting) device.rest();
  }

  async #leave(): Promise<void> {
    await this.#goOn();
    const life = this.#life;
    this.#life = undefined;
    await life?.device.stop();
  }

  async #die(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    this.#note('stopping');
    this.#options.vanish?.();
    await life.device.kill?.();
    life.power.cut();
    await life.device[Symbol.asyncDispose]();
    this.#note('killed');
  }

  async #goOn(): Promise<void> {
    if (this.#life === undefined || !this.isPaused) return;
    const { device, power } = this.#life;
    await device.resume?.();
    this.#note('resumed');
    power.resume();
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #note(state: PartChanged['state']): void {
    const { name, role } = this.#options;
    this.#context.history.record({ kind: 'part', part: name, role, state });
  }
}
