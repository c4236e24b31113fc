// The built-in gateway: polls a PLC over Modbus TCP, publishes changes to MQTT, writes coils on command.
import { pause } from '../../net/clock.ts';
import type { SessionPolicy } from '../../session/client-session.ts';
import { backOffMs } from '../../session/back-off.ts';
import type { Delivery, Message, SessionEvent } from '../../session/session-output.ts';
import { draw } from '../../faults/draw.ts';
import { startClient } from '../devices/client.ts';
import type { StartedClient } from '../devices/client.ts';
import type { StartedDevice } from '../devices/device.ts';
import { identityOf, type LineOptions } from '../devices/line.ts';
import type { PlcProgram, PlcRegister } from '../devices/plc-program.ts';
import { presence } from '../devices/presence.ts';
import type { Presence } from '../devices/presence.ts';
import type { StoreSettings } from '../devices/store.ts';
import type { Endpoint, PartContext } from '../part.ts';
import { ModbusSource } from './modbus-source.ts';

/**
 * A gateway. It publishes retained below `topic`: `/<register>` by exception, `/plc` (`connected` or `lost`) and
 * `/status` (`online` or `offline`, also as will); it obeys `/set/<coil>` with `1`, `0`, `true` or `false`.
 */
export interface GatewayOptions extends LineOptions {
  readonly plc: { readonly endpoint: Endpoint; readonly program: PlcProgram };
  readonly topic: string;
  /** Of the register values; status is sent, and commands are taken, at QoS 1. */
  readonly qos: 0 | 1 | 2;
  readonly pollMs: number;
  /** Messages that wait while there is no connection to the broker. */
  readonly store?: StoreSettings;
  readonly policy?: Partial<SessionPolicy>;
}

const FAREWELL_MS = 2000;
const PLC_BACK_OFF = { baseMs: 200, capMs: 5000 };
/** Commands that wait while the PLC is away; older ones give way. */
const MOST_COMMANDS = 16;
const words: Readonly<Record<string, boolean>> = { '1': true, true: true, '0': false, false: false };

/**
 * Starts a gateway; it is online when it is connected to the broker. It comes back to either side by itself.
 * @throws FieldbenchError `FB_SESSION_IDENTITY`, `FB_SESSION_INTENT` for a topic that cannot be.
 */
export function startModbusGateway(options: GatewayOptions, context: PartContext): StartedDevice {
  return new ModbusGateway(options, context);
}

class ModbusGateway implements StartedDevice {
  readonly #options: GatewayOptions;
  readonly #context: PartContext;
  readonly #presence: Presence;
  readonly #client: StartedClient;
  readonly #resting = new AbortController();
  readonly #polling: Promise<void>;
  /** What was published last, by register. */
  readonly #published = new Map<string, number>();
  readonly #commands: { readonly register: PlcRegister; readonly isOn: boolean }[] = [];
  #wake: () => void = () => {};
  #wasConnected = false;
  #plcState: 'unknown' | 'connected' | 'lost' = 'unknown';

  constructor(options: GatewayOptions, context: PartContext) {
    this.#options = options;
    this.#context = context;
    this.#presence = presence(`${options.topic}/status`);
    this.#client = startClient(
      {
        ...options,
        role: 'gateway',
        identity: { clientId: options.name, will: this.#presence.will, ...identityOf(options) },
        onEvent: (event) => this.#heed(event),
        onDelivery: (message) => this.#obey(message),
      },
      context,
    );
    this.#client.subscribe([{ filter: `${options.topic}/set/+`, qos: 1 }]);
    this.#polling = this.#poll(AbortSignal.any([context.signal, this.#resting.signal]));
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
    await this.#polling;
    if (this.#client.isConnected) {
      this.#client.publish(this.#presence.offline);
      await this.#client.drained(FAREWELL_MS);
    }
    await this.#client.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #heed(event: SessionEvent): void {
    if (event.kind !== 'connected') return;
    if (this.#wasConnected && !event.sessionPresent) this.#forgetPublished();
    this.#wasConnected = true;
    this.#client.publish(this.#presence.online);
  }

  /** A broker that lost the session may have lost what it retained: everything is published again. */
  #forgetPublished(): void {
    this.#published.clear();
    this.#plcState = 'unknown';
  }

  /** Comes from the wire: anything but a known coil and a known word is ignored, and so is an old retained command. */
  #obey({ topic, payload, retain }: Delivery): void {
    const register = this.#options.plc.program.registers[topic.slice(`${this.#options.topic}/set/`.length)];
    const text = payload.length <= 5 ? Buffer.from(payload).toString() : '';
    const isOn = Object.hasOwn(words, text) ? words[text] : undefined;
    if (retain || register?.table !== 'coil' || isOn === undefined) return;
    this.#commands.push({ register, isOn });
    if (this.#commands.length > MOST_COMMANDS) this.#commands.shift();
    this.#wake();
  }

  /** Stays with the PLC until the gateway rests; never rejects. */
  async #poll(ends: AbortSignal): Promise<void> {
    for (let failures = 0; !ends.aborted; failures += 1) {
      try {
        using source = await ModbusSource.connect(this.#options.plc.endpoint, this.#options.plc.program, ends);
        failures = 0;
        await this.#serve(source, ends);
      } catch {
        if (ends.aborted) return;
        this.#tellPlc('lost');
        await pause(this.#context.clock, this.#backOffMs(failures), ends).catch(() => {});
      }
    }
  }

  async #serve(source: ModbusSource, ends: AbortSignal): Promise<void> {
    for (;;) {
      await this.#writeCommands(source, ends);
      const values = await source.readAll(ends);
      this.#tellPlc('connected');
      for (const [name, value] of values) this.#publishChange(name, value);
      await this.#nextPoll(ends);
    }
  }

  async #writeCommands(source: ModbusSource, ends: AbortSignal): Promise<void> {
    for (let command = this.#commands[0]; command; command = this.#commands[0]) {
      await source.writeCoil(command.register.address, command.isOn, ends);
      this.#commands.shift(); // only now: one that failed is tried again on the next connection
    }
  }

  /** Until the next poll is due, or a command came. */
  async #nextPoll(ends: AbortSignal): Promise<void> {
    const hurry = new AbortController();
    this.#wake = () => hurry.abort(new Error('a command came'));
    if (this.#commands.length > 0) return;
    await pause(this.#context.clock, this.#options.pollMs, AbortSignal.any([ends, hurry.signal])).catch(() => {});
    ends.throwIfAborted();
  }

  #publishChange(name: string, value: number): void {
    const { topic, qos, plc } = this.#options;
    const { unit = '', deadband = 0 } = plc.program.registers[name] ?? {};
    const before = this.#published.get(name);
    if (before !== undefined && (before === value || Math.abs(value - before) <= deadband)) return;
    this.#published.set(name, value);
    const payload = Buffer.from(JSON.stringify({ value, unit, quality: 'good' }));
    this.#client.publish({ topic: `${topic}/${name}`, payload, qos, retain: true });
  }

  #tellPlc(state: 'connected' | 'lost'): void {
    if (state === this.#plcState) return;
    this.#plcState = state;
    this.#client.publish({ topic: `${this.#options.topic}/plc`, payload: Buffer.from(state), qos: 1, retain: true });
  }

  #backOffMs(failures: number): number {
    const name = { seed: this.#context.seed, link: `${this.name}/plc`, connection: 1, n: failures } as const;
    return backOffMs(PLC_BACK_OFF, failures, draw({ ...name, direction: 'toServer', purpose: 'back-off' }));
  }
}
