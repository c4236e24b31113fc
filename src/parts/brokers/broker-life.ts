// What every broker's life has in common: it starts, gets ready, ends and comes back, and each step is noted once.
import { FieldbenchError } from '../../error.ts';
import type { PartChanged } from '../../history/event.ts';
import type { BrokerVariants, Endpoint, Login, PartContext, StartedBroker } from '../part.ts';
import { placeOf } from '../../net/endpoint.ts';
import { awaitReady } from './readiness.ts';

/** One life of a broker, from launch to its end. */
export interface BrokerInstance {
  readonly version: string;
  /** Resolves when it is gone, with how it ended, e.g. `exit code 1`. Never rejects. */
  readonly gone: Promise<string>;
  /** What it said last, on stderr or in its log. */
  lastWords(): Promise<string> | string;
  /** Asks it to end, insists after a while, and waits until it is gone. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Stops every process of it where it is. */
  pause(): Promise<void>;
  /** Lets them go on. */
  resume(): Promise<void>;
}

/** How one broker is brought up, again and again on the same endpoint and storage. */
export interface BrokerRecipe {
  /** Command, image with id, or URL. */
  readonly how: string;
  readonly endpoint: Endpoint;
  /** Default: the plain listener is the only way in. */
  readonly variants?: BrokerVariants;
  /** Starts it; need not wait until it serves. Rejects when it cannot even be launched. */
  launch(): Promise<BrokerInstance>;
  /** Removes what outlives an instance. */
  clear?(): Promise<void>;
  /** What every CONNECT to `endpoint` has to carry. */
  readonly login?: Login;
  /** Listeners beside `endpoint` that have to answer CONNECT with CONNACK 0 too before it is ready. */
  readonly alsoReady?: readonly { readonly endpoint: Endpoint; readonly login?: Login }[];
  /** How long it may take until it serves; default 60,000. */
  readonly readyWithinMs?: number;
  /** Somebody else's broker: it is never stopped, killed or restarted. */
  readonly foreign?: boolean;
}

/**
 * Starts a broker and waits until it answers CONNECT with CONNACK 0.
 * @throws FieldbenchError `FB_BROKER_START` with what it said last; the signal's reason when aborted.
 */
export async function startBroker(name: string, recipe: BrokerRecipe, context: PartContext): Promise<StartedBroker> {
  const life = new BrokerLife(name, recipe, context);
  try {
    await life.launch();
  } catch (error) {
    await life[Symbol.asyncDispose]();
    throw error;
  }
  return life;
}

class BrokerLife implements StartedBroker {
  readonly name: string;
  readonly login?: Login;
  readonly #recipe: BrokerRecipe;
  readonly #context: PartContext;
  /** Aborted on disposal: a restart that still waits for readiness then gives up. */
  readonly #ending = new AbortController();
  #running: BrokerInstance | undefined;
  #isPaused = false;
  #version = 'unknown';
  /** What the bench does to a broker happens one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(name: string, recipe: BrokerRecipe, context: PartContext) {
    this.name = name;
    if (recipe.login) this.login = recipe.login;
    this.#recipe = recipe;
    this.#context = context;
  }

  get version(): string {
    return this.#version;
  }

  get how(): string {
    return this.#recipe.how;
  }

  get endpoint(): Endpoint {
    return this.#recipe.endpoint;
  }

  get variants(): BrokerVariants {
    return this.#recipe.variants ?? {};
  }

  get isForeign(): boolean {
    return this.#recipe.foreign === true;
  }

  async launch(): Promise<void> {
    const signal = AbortSignal.any([this.#context.signal, this.#ending.signal]);
    signal.throwIfAborted();
    this.#note('starting', this.#recipe.how);
    let instance: BrokerInstance | undefined;
    try {
      instance = await this.#recipe.launch().catch((cause: unknown) => {
        throw this.#notLaunched(cause);
      });
      this.#running = instance;
      this.#version = instance.version;
      await this.#ready(instance, signal);
    } catch (error) {
      this.#running = undefined;
      await instance?.kill();
      if (!signal.aborted) this.#note('failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
    this.#note('ready');
    void instance.gone.then((how) => this.#exited(instance, how));
  }

  stop(): Promise<void> {
    return this.#end('stop', 'stopped');
  }

  kill(): Promise<void> {
    return this.#end('kill', 'killed');
  }

  start(): Promise<void> {
    return this.#inTurn('start', async () => {
      if (this.#running === undefined) await this.launch();
    });
  }

  pause(): Promise<void> {
    return this.#inTurn('pause', async () => {
      if (this.#running === undefined || this.#isPaused) return;
      this.#isPaused = true;
      this.#note('paused'); // Before it happens, so that no silence is older than its reason.
      await this.#running.pause();
    });
  }

  resume(): Promise<void> {
    return this.#inTurn('resume', () => this.#goOn());
  }

  restart(): Promise<void> {
    return this.#inTurn('restart', async () => {
      await this.#endNow('stop', 'stopped');
      await this.launch();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new Error(`broker "${this.name}" is being disposed of`));
    if (this.#recipe.foreign === true) return;
    await this.#turn;
    await this.#endNow('stop', 'stopped');
    await this.#recipe.clear?.();
  }

  #end(how: 'stop' | 'kill', state: 'stopped' | 'killed'): Promise<void> {
    return this.#inTurn(how, () => this.#endNow(how, state));
  }

  async #endNow(how: 'stop' | 'kill', state: 'stopped' | 'killed'): Promise<void> {
    await this.#goOn(); // What stands still hears no request to end.
    const instance = this.#running;
    if (!instance) return;
    this.#running = undefined;
    // Noted before it happens: the wills and closes that a stopping broker sends show on the wire at once.
    this.#note('stopping');
    await instance[how]();
    this.#note(state);
  }

  async #goOn(): Promise<void> {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#running === undefined) return;
    await this.#running.resume();
    this.#note('resumed');
  }

  #inTurn(what: string, act: () => Promise<void>): Promise<void> {
    if (this.#recipe.foreign === true) return Promise.reject(this.#incapable(what));
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** For errors: a broker that the command line names is called by its own URL. */
  get #title(): string {
    const { how } = this.#recipe;
    return how === this.name ? `the broker at ${how}` : `broker "${this.name}" (${how})`;
  }

  #incapable(what: string): FieldbenchError {
    return new FieldbenchError({
      code: 'FB_TARGET_CAPABILITY',
      message: `broker "${this.name}" at ${this.#recipe.how} was not started by this bench, so it cannot ${what} it`,
      expected: 'a target that the bench starts itself',
      hint: `use a target such as "embedded" or "mosquitto" where the plan has to ${what} the broker`,
    });
  }

  #notLaunched(cause: unknown): FieldbenchError {
    if (cause instanceof FieldbenchError) return cause;
    return new FieldbenchError({
      code: 'FB_BROKER_START',
      message: `${this.#title} could not be launched`,
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: 'fieldbench doctor shows what this machine has',
      cause,
    });
  }

  /** CONNACK 0 on every listener, or the broker's own end, whichever comes first. */
  async #ready(instance: BrokerInstance, signal: AbortSignal): Promise<void> {
    const { endpoint, login, alsoReady = [] } = this.#recipe;
    const died = new AbortController();
    void instance.gone.then((how) => died.abort(how));
    await this.#answers(instance, { endpoint, ...(login && { login }) }, signal, died.signal);
    await Promise.all(alsoReady.map((it) => this.#answers(instance, it, signal, died.signal)));
  }

  async #answers(
    instance: BrokerInstance,
    { endpoint, login }: { readonly endpoint: Endpoint; readonly login?: Login },
    signal: AbortSignal,
    died: AbortSignal,
  ): Promise<void> {
    const { readyWithinMs } = this.#recipe;
    const outcome = await awaitReady(endpoint, {
      clock: this.#context.clock,
      signal: AbortSignal.any([signal, died]),
      ...(login && { login }),
      ...(readyWithinMs !== undefined && { overallMs: readyWithinMs }),
    }).catch((error: unknown) => {
      if (died.aborted && !signal.aborted) return `it ended: ${String(died.reason)}`;
      throw error;
    });
    if (outcome === 'ready' && !died.aborted) return;
    const words = await instance.lastWords();
    throw new FieldbenchError({
      code: 'FB_BROKER_START',
      message: `${this.#title} did not become ready`,
      expected: `CONNACK with code 0 from ${placeOf(endpoint)}`,
      actual: words === '' ? outcome : `${outcome}; it said last:\n${words}`,
      hint: this.#recipe.foreign === true ? 'is the URL right, and is the broker running?' : 'see what it said last',
    });
  }

  async #exited(instance: BrokerInstance, how: string): Promise<void> {
    if (this.#running !== instance) return;
    this.#running = undefined;
    this.#isPaused = false;
    const words = await instance.lastWords();
    this.#note('exited', words === '' ? how : `${how}; it said last:\n${words}`);
  }

  #note(state: PartChanged['state'], detail?: string): void {
    const { history } = this.#context;
    history.record({
      kind: 'part',
      part: this.name,
      role: 'broker',
      state,
      ...(this.#recipe.foreign === true && { foreign: true }),
      ...(detail === undefined ? {} : { detail }),
    });
  }
}
