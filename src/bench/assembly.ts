// The parts of a plan that stand so far, and what is done to them.
import { DeviceMemory } from '../parts/devices/device-memory.ts';
import { DeviceLife, type DeviceLifeOptions } from '../parts/devices/device-life.ts';
import { startPlc } from '../parts/devices/plc.ts';
import type { PlcOptions, StartedPlc } from '../parts/devices/started-plc.ts';
import type { LineOptions } from '../parts/devices/line.ts';
import type { StartedBroker } from '../parts/part.ts';
import { actOnBroker, actOnDevice } from './acts.ts';
import type { Bench } from './bench.ts';
import { startBridged } from './bridged-broker.ts';
import type { Conditions } from './condition.ts';
import { readPlcFile } from './devices/plc-file.ts';
import { isForeign, tapOf, type ForeignPrograms } from './foreign-programs.ts';
import { notInPlan } from './not-in-plan.ts';
import type { Plan, PlannedBroker } from './plan.ts';
import type { PlannedAction } from './planned-action.ts';
import type { PlannedDevice, PlannedPlc } from './planned-device.ts';
import { actOnPlc } from './plc-acts.ts';
import { pollerLife } from './poller-life.ts';
import { policyOf } from './session-policy.ts';
import { StandingLinks } from './standing-links.ts';
import { roleOf, startDevice, type PlannedOnMqtt } from './start-device.ts';
import { targetOfBroker } from './target-of-broker.ts';
import { untilOnline } from './until-online.ts';

/** What parts need to know beside the plan. */
export interface AssemblyOptions {
  /** Turns the path of a PLC's program, as the scenario gives it, into one that can be read. */
  readonly resolveFile: (path: string) => string;
  readonly conditions: Conditions;
  /** Those of {@link findPrograms}. */
  readonly programs: ForeignPrograms;
}

/** The parts of a plan that stand so far. */
export class Assembly {
  readonly #plan: Plan;
  readonly #bench: Bench;
  readonly #options: AssemblyOptions;
  readonly #links: StandingLinks;
  readonly #brokers = new Map<string, StartedBroker>();
  readonly #plcs = new Map<string, StartedPlc>();
  readonly #devices = new Map<string, DeviceLife>();

  constructor(plan: Plan, bench: Bench, options: AssemblyOptions) {
    this.#plan = plan;
    this.#bench = bench;
    this.#options = options;
    this.#links = new StandingLinks(plan, bench);
  }

  async startBroker(it: PlannedBroker): Promise<void> {
    const bridges = this.#plan.bridges.filter(({ from }) => from === it.name);
    const target = targetOfBroker(it);
    const world = { bench: this.#bench, links: this.#links, broker: (name: string) => this.#broker(name) };
    const started =
      bridges.length === 0
        ? await this.#bench.startTarget(it.name, target)
        : await startBridged(it.name, target, bridges, world);
    this.#brokers.set(it.name, started);
  }

  /** It is online when this resolves, unless the timeline starts it. */
  async startDevice(it: PlannedDevice): Promise<void> {
    const { context } = this.#bench;
    if (it.kind === 'plc') {
      this.#plcs.set(it.name, this.#bench.use(await startPlc(await this.#programOf(it), context)));
      return;
    }
    const life = this.#bench.use(new DeviceLife(await this.#lifeOf(it), context));
    this.#devices.set(it.name, life);
    if (it.session.startsLater === true) return;
    await life.start();
    if (life.device) await untilOnline(life.device, context);
  }

  /** @returns why it could not be done, where it could not */
  async act(action: PlannedAction): Promise<string | undefined> {
    if (action.do === 'phase') return undefined;
    if ('link' in action) {
      await this.#links.act(action);
      return undefined;
    }
    const [device, plc] = [this.#devices.get(action.part), this.#plcs.get(action.part)];
    if (device) return actOnDevice(device, action, { ...this.#options, context: this.#bench.context });
    if (plc) return actOnPlc(plc, action);
    await actOnBroker(this.#broker(action.part), action);
    return undefined;
  }

  rest(): void {
    for (const device of this.#devices.values()) device.rest();
  }

  /** With its time compressed a PLC scans more often. */
  async #programOf({ name, program: path }: PlannedPlc): Promise<PlcOptions> {
    const program = await readPlcFile(this.#options.resolveFile(path));
    return { name, program: { ...program, scanMs: program.scanMs / (this.#plan.timeCompression ?? 1) } };
  }

  async #lifeOf(it: Exclude<PlannedDevice, PlannedPlc>): Promise<DeviceLifeOptions> {
    if (it.kind === 'http-poller') {
      return pollerLife(it, { bench: this.#bench, links: this.#links, broker: this.#broker(it.session.broker) });
    }
    const { line, vanish } = await this.#way(it);
    const memory = new DeviceMemory(); // What it knows of its lives before.
    const options = { ...line, policy: policyOf(it.session), memory, ordinals: memory.ordinals };
    const world = { programs: this.#options.programs, history: this.#bench.history, plcs: this.#plcs };
    return {
      name: it.name,
      role: roleOf(it),
      start: (context) => startDevice(it, options, world, context),
      ...(vanish && { vanish }),
    };
  }

  /** Where a device dials: its broker, or a link of its own before it. */
  async #way(it: PlannedOnMqtt): Promise<Way> {
    const { name, session } = it;
    const server = session.broker;
    const { endpoint: upstream, login } = this.#broker(server);
    const said = login && { login };
    const link = this.#links.planned(session.link);
    if (link === undefined && !isForeign(it)) {
      return { line: { name, endpoint: upstream, server, connections: this.#bench.connectionIds, ...said } };
    }
    const standing = await this.#links.start(link ?? tapOf(name), { client: name, server, upstream });
    return { line: { name, endpoint: standing.endpoint, server, ...said }, vanish: () => standing.vanish?.() };
  }

  #broker(name: string): StartedBroker {
    return this.#brokers.get(name) ?? notInPlan('broker', name);
  }
}

/** The way of a device to its broker. */
interface Way {
  readonly line: LineOptions;
  /** How its connections vanish when its power is cut: on a link; without one they are reset. */
  readonly vanish?: NonNullable<DeviceLifeOptions['vanish']>;
}
