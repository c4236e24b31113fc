// Runs one client session over real connections: dials, feeds packets and time, writes what the session sends.
import { FieldbenchError } from '../../error.ts';
import { draw } from '../../faults/draw.ts';
import { payloadHash } from '../../history/payload-hash.ts';
import type { CancelTimer } from '../../net/clock.ts';
import { clientSession, defaultPolicy, unfinishedCount, wakeAtMs } from '../../session/client-session.ts';
import type { ClientSession, SessionPolicy } from '../../session/client-session.ts';
import type { SessionIdentity } from '../../session/identity.ts';
import type { SessionInput } from '../../session/session-input.ts';
import { sessionOutput } from '../../session/session-output.ts';
import type { Delivery, Message, SessionEvent } from '../../session/session-output.ts';
import { step } from '../../session/step.ts';
import type { Subscription } from '../../session/subscriptions.ts';
import type { PartContext } from '../part.ts';
import { DeviceMemory } from './device-memory.ts';
import { Line } from './line.ts';
import type { LineOptions } from './line.ts';
import { Milestone } from './milestone.ts';
import { stoppedBefore } from './not-online.ts';
import { storePolicy } from './store.ts';
import type { StoreSettings } from './store.ts';

/** How a client is run. */
export interface ClientOptions extends LineOptions {
  readonly role: 'device' | 'gateway';
  readonly identity: SessionIdentity;
  /** What differs from {@link defaultPolicy}. */
  readonly policy?: Partial<SessionPolicy>;
  /** Default: the queue of the policy, which does not survive a loss of power. */
  readonly store?: StoreSettings;
  readonly onDelivery?: (message: Delivery) => void;
  readonly onEvent?: (event: SessionEvent) => void;
}

/** An MQTT client that stays connected as well as it can until it is stopped. */
export interface StartedClient extends AsyncDisposable {
  readonly name: string;
  /** See `StartedDevice.online`; connected is enough. */
  readonly online: Promise<void>;
  readonly isConnected: boolean;
  /** Messages that are queued or in flight. */
  readonly unfinished: number;
  /**
   * Records the intent, then publishes now or when it can; what becomes of it comes as an event with the token.
   * After `stop` it does nothing.
   * @throws FieldbenchError `FB_SESSION_INTENT` for a topic that no PUBLISH may carry; nothing is recorded then.
   */
  publish(message: Message): number;
  /** @throws FieldbenchError `FB_SESSION_INTENT` for an illegal topic filter or an empty list. */
  subscribe(subscriptions: readonly Subscription[]): number;
  /** Waits until nothing is queued or in flight, at most so long. Gives whether that came about. */
  drained(withinMs: number): Promise<boolean>;
  /** DISCONNECT, and waits until the connection is closed. */
  stop(): Promise<void>;
}

/**
 * Starts a client and returns at once; {@link StartedClient.online} tells when it is connected.
 * @throws FieldbenchError `FB_SESSION_IDENTITY` when no client may connect with this identity.
 */
export function startClient(options: ClientOptions, context: PartContext): StartedClient {
  const client = new SessionClient(options, context);
  client.start();
  return client;
}

class SessionClient implements StartedClient {
  readonly #options: ClientOptions;
  readonly #context: PartContext;
  readonly #session: ClientSession;
  readonly #line: Line;
  readonly #online = new Milestone();
  readonly #idle = new Set<() => void>();
  readonly #memory: DeviceMemory;
  /** Messages so far, by topic. */
  readonly #ordinals: Map<string, number>;
  #cancelTimer: CancelTimer = () => {};
  #stopped: Promise<void> | undefined;

  constructor(options: ClientOptions, context: PartContext) {
    this.#options = options;
    this.#context = context;
    this.#memory = options.memory ?? new DeviceMemory();
    const policy = { ...defaultPolicy, ...options.policy, ...storePolicy(options.store) };
    this.#session = clientSession(options.identity, policy);
    this.#ordinals = options.ordinals ?? this.#memory.ordinals;
    this.#line = new Line(options, context, {
      opened: () => this.#feed({ kind: 'transport-open' }),
      packet: (packet) => this.#feed({ kind: 'packet', packet }),
      violation: (detail) => this.#feed({ kind: 'violation', detail }),
      closed: (detail, ordinal) => this.#feed({ kind: 'transport-closed', detail, draw: this.#backOffDraw(ordinal) }),
    });
  }

  get name(): string {
    return this.#options.name;
  }

  get online(): Promise<void> {
    return this.#online.promise;
  }

  get isConnected(): boolean {
    return this.#session.phase === 'connected';
  }

  get unfinished(): number {
    return unfinishedCount(this.#session);
  }

  start(): void {
    this.#note('starting');
    this.#context.signal.addEventListener('abort', this.#halt, { once: true });
    if (this.#context.signal.aborted) {
      this.#halt();
      return;
    }
    this.#recall();
    this.#feed({ kind: 'connect' });
  }

  publish(message: Message): number {
    const token = this.#memory.next('token');
    if (this.#stopped) return token;
    this.#feed({ kind: 'publish', message, token }, () => this.#recordIntent(message, token));
    return token;
  }

  subscribe(subscriptions: readonly Subscription[]): number {
    const token = this.#memory.next('token');
    if (!this.#stopped) this.#feed({ kind: 'subscribe', subscriptions, token });
    return token;
  }

  async drained(withinMs: number): Promise<boolean> {
    if (this.unfinished > 0 && !this.#stopped) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = this.#context.clock.after(withinMs, resolve);
      this.#idle.add(resolve);
      await promise;
      this.#idle.delete(resolve);
      cancel();
    }
    return this.unfinished === 0;
  }

  stop(): Promise<void> {
    this.#feed({ kind: 'disconnect' });
    return (this.#stopped ??= this.#end());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** The run is over: the wires are closed by the same signal. */
  readonly #halt = (): void => {
    this.#stopped ??= this.#end();
  };

  async #end(): Promise<void> {
    this.#cancelTimer();
    this.#context.signal.removeEventListener('abort', this.#halt);
    for (const resolve of this.#idle) resolve();
    this.#online.fail(stoppedBefore(this.name));
    await this.#line[Symbol.asyncDispose]();
    if (this.#context.power?.isCut !== true) this.#note('stopped');
  }

  /** One step; `before` runs between the step and what follows from it, so that an intent is older than its packet. */
  #feed(input: SessionInput, before?: () => void): void {
    if (this.#stopped) return;
    const out = sessionOutput(); // of its own: what a callback makes of an event may feed the next input
    step(this.#session, input, this.#context.clock.nowMs(), out);
    before?.();
    for (const packet of out.packets) this.#line.send(packet);
    this.#arm();
    for (const message of out.deliveries) this.#options.onDelivery?.(message);
    for (const event of out.events) this.#tell(event);
    if (out.transport === 'open' && !this.#stopped) this.#line.open();
    else if (out.transport === 'close') this.#line.close(isDead(out.events) ? 'reset' : 'end');
    if (this.unfinished === 0) for (const resolve of this.#idle) resolve();
  }

  /** Messages of the life before: the store kept them and they wait again, or they are gone. */
  #recall(): void {
    const kept = [...this.#memory.undelivered];
    for (const [token, { message }] of kept) {
      if (this.#options.store?.survivesPowerLoss) this.#feed({ kind: 'publish', message, token });
      else this.#recordDrop(token, 'power-loss');
    }
  }

  #tell(event: SessionEvent): void {
    if (event.kind === 'published') this.#memory.undelivered.delete(event.token);
    if (event.kind === 'dropped') this.#recordDrop(event.token, event.why);
    if (event.kind === 'connected' && this.#online.reach()) this.#note('ready');
    if (event.kind === 'refused' && event.final) {
      const error = refusedForGood(this.name, event.returnCode);
      this.#online.fail(error);
      this.#note('failed', error.message);
    }
    this.#options.onEvent?.(event);
  }

  #arm(): void {
    this.#cancelTimer();
    const { clock } = this.#context;
    const delayMs = wakeAtMs(this.#session) - clock.nowMs();
    if (delayMs === Infinity || this.#stopped) return;
    this.#cancelTimer = clock.after(Math.max(0, delayMs), () => this.#feed({ kind: 'time' }));
  }

  #recordIntent(message: Message, token: number): void {
    const { topic, payload, qos, retain } = message;
    const ordinal = (this.#ordinals.get(topic) ?? 0) + 1;
    this.#ordinals.set(topic, ordinal);
    const identity = { part: this.name, topic, qos, retain, ordinal, payloadHash: payloadHash(payload) };
    this.#memory.undelivered.set(token, { message, identity });
    this.#context.history.record({ kind: 'intent', ...identity });
  }

  /** A message that was meant and will not be sent (again): nobody is to blame for its absence but this end. */
  #recordDrop(token: number, why: string): void {
    const kept = this.#memory.undelivered.get(token);
    if (!kept) return;
    this.#memory.undelivered.delete(token);
    this.#context.history.record({ kind: 'mark', name: 'dropped', data: { ...kept.identity, why } });
  }

  #backOffDraw(connection: number): number {
    const { seed } = this.#context;
    return draw({ seed, link: this.name, connection, direction: 'toServer', purpose: 'back-off', n: 0 });
  }

  #note(state: 'starting' | 'ready' | 'stopped' | 'failed', detail?: string): void {
    const { name, role } = this.#options;
    this.#context.history.record({ kind: 'part', part: name, role, state, ...(detail !== undefined && { detail }) });
  }
}

/** Nobody may be there to answer a FIN. */
function isDead(events: readonly SessionEvent[]): boolean {
  return events.some((it) => it.kind === 'lost' && (it.why === 'no-pingresp' || it.why === 'connect-timeout'));
}

function refusedForGood(name: string, returnCode: number): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DEVICE_REFUSED',
    message: `the broker refuses "${name}" for good`,
    expected: 'CONNACK with code 0',
    actual: `CONNACK with code ${returnCode}`,
    hint: 'codes: 1 protocol level, 2 client id, 4 user name or password, 5 not authorised',
  });
}
