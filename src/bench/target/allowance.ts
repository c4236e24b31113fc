// What may be done to a target: its file may forbid what the bench could do.
import { FieldbenchError } from '../../error.ts';
import type { BrokerDriver, Login, StartedBroker } from '../../parts/part.ts';

/**
 * Things that may be done to a target; `restart` is also to stop it, `pause` to stop its processes where they are,
 * `reconfigure` to start another instance of it with other settings.
 */
export const allowances = ['restart', 'kill', 'pause', 'reconfigure'] as const;
export type Allowance = (typeof allowances)[number];

/** A driver of brokers to which nothing else is done. */
export function guarded(driver: BrokerDriver, allows: readonly Allowance[]): BrokerDriver {
  const { kind, startSecured } = driver;
  const only = async (starting: Promise<StartedBroker>): Promise<StartedBroker> => {
    const broker = await starting;
    return allowances.every((it) => allows.includes(it)) ? broker : new GuardedBroker(broker, allows);
  };
  return {
    kind,
    start: (name, context) => only(driver.start(name, context)),
    ...(startSecured &&
      allows.includes('reconfigure') && { startSecured: (name, context) => only(startSecured(name, context)) }),
  };
}

/** A broker that is not stopped, restarted, killed or paused where that is not allowed; with the bench it ends in any case. */
class GuardedBroker implements StartedBroker {
  readonly login?: Login;
  readonly #broker: StartedBroker;
  readonly #allows: readonly Allowance[];

  constructor(broker: StartedBroker, allows: readonly Allowance[]) {
    this.#broker = broker;
    if (broker.login) this.login = broker.login;
    this.#allows = allows;
  }

  get name(): string {
    return this.#broker.name;
  }

  get version(): string {
    return this.#broker.version;
  }

  get how(): string {
    return this.#broker.how;
  }

  get endpoint(): StartedBroker['endpoint'] {
    return this.#broker.endpoint;
  }

  get variants(): StartedBroker['variants'] {
    return this.#broker.variants;
  }

  get isForeign(): boolean {
    return this.#broker.isForeign;
  }

  async stop(): Promise<void> {
    this.#mustAllow('restart', 'stopped');
    await this.#broker.stop();
  }

  async start(): Promise<void> {
    this.#mustAllow('restart', 'started');
    await this.#broker.start();
  }

  async pause(): Promise<void> {
    this.#mustAllow('pause', 'paused');
    await this.#broker.pause();
  }

  async resume(): Promise<void> {
    this.#mustAllow('pause', 'resumed');
    await this.#broker.resume();
  }

  async restart(): Promise<void> {
    this.#mustAllow('restart', 'restarted');
    await this.#broker.restart();
  }

  async kill(): Promise<void> {
    this.#mustAllow('kill', 'killed');
    await this.#broker.kill();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#broker[Symbol.asyncDispose]();
  }

  #mustAllow(what: Allowance, done: string): void {
    if (this.#allows.includes(what)) return;
    throw new FieldbenchError({
      code: 'FB_TARGET_CAPABILITY',
      message: `broker "${this.name}" may not be ${done}: its target file does not allow it`,
      expected: `allows: [${what}]`,
      actual: `allows: [${this.#allows.join(', ')}]`,
      hint: 'use another target where the plan has to do that, or allow it',
    });
  }
}
