// The parts of a plan that stand so far, and what is done to them.
import { FieldbenchError } from '../error.ts';
import { pause } from '../net/clock.ts';
import { startForeignDevice } from '../parts/foreign/foreign-device.ts';
import { startModbusGateway } from '../parts/gateways/modbus-mqtt.ts';
import { bridgeConfiguration, followBridge, type BridgeOptions } from '../parts/gateways/mosquitto-bridge.ts';
import { startNodeRed } from '../parts/gateways/node-red.ts';
import type { StartedDevice } from '../parts/devices/device.ts';
import { DeviceMemory } from '../parts/devices/device-memory.ts';
import { DeviceLife, type DeviceLifeOptions } from '../parts/devices/device-life.ts';
import { startPlc, type PlcOptions, type StartedPlc } from '../parts/devices/plc.ts';
import { startSensor } from '../parts/devices/sensor.ts';
import { startHttpPoller } from '../parts/http/http-poller.ts';
import { startWebServer } from '../parts/http/web-server.ts';
import { startSubscriber } from '../parts/devices/subscriber.ts';
import type { LineOptions } from '../parts/devices/line.ts';
import type { StreamContent } from '../faults/segmenter.ts';
import { linkBackend } from '../parts/links/backend.ts';
import type { StartedFaultyLink } from '../parts/links/link-options.ts';
import type { PartContext, StartedBroker } from '../parts/part.ts';
import { actOnBroker, actOnDevice, actOnLink, actOnPlc } from './acts.ts';
import type { Bench } from './bench.ts';
import { readPlcFile } from './devices/plc-file.ts';
import type { Conditions } from './condition.ts';
import { isForeign, tapOf, type ForeignPlanned, type ForeignPrograms } from './foreign-programs.ts';
import type { Plan, PlannedBroker, PlannedLink } from './plan.ts';
import type { PlannedAction } from './planned-action.ts';
import type { PlannedBridge } from './planned-bridge.ts';
import type { PlannedDevice, PlannedHttpPoller, PlannedSession } from './planned-device.ts';
import { targetOf, targetWritten, type Target } from './target/target.ts';

/** How long everybody may take to be online at the beginning. */
const onlineWithinMs = 60_000;

/**
 * What a plan names as the target of a broker.
 * @throws FieldbenchError those of {@link targetOf}
 */
export function targetOfBroker({ name, target, file }: PlannedBroker): Target {
  return typeof target === 'string' ? targetOf(target, file) : targetWritten(name, target, file);
}

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
  readonly #brokers = new Map<string, StartedBroker>();
  readonly #plcs = new Map<string, StartedPlc>();
  readonly #devices = new Map<string, DeviceLife>();
  /** Every device on a link has a link of its own; the timeline moves them together. */
  readonly #links = new Map<string, StartedFaultyLink[]>();

  constructor(plan: Plan, bench: Bench, options: AssemblyOptions) {
    this.#plan = plan;
    this.#bench = bench;
    this.#options = options;
  }

  async startBroker(it: PlannedBroker): Promise<void> {
    const bridges = this.#plan.bridges.filter(({ from }) => from === it.name);
    const target = targetOfBroker(it);
    if (bridges.length === 0) {
      this.#brokers.set(it.name, await this.#bench.startTarget(it.name, target));
      return;
    }
    const configuration: string[] = [];
    for (const bridge of bridges) configuration.push(await this.#bridge(bridge));
    const bridged = target.bridged?.(configuration.join('\n')) ?? missing('way to bridge the broker', it.name);
    const following = bridges.map((bridge) => this.#bench.use(followBridge(this.#followed(bridge))));
    this.#brokers.set(it.name, await this.#bench.startTarget(it.name, bridged));
    for (const bridge of following) await this.#online(bridge);
  }

  /** The link of a bridge, and its lines in the configuration of its broker. */
  async #bridge(it: PlannedBridge): Promise<string> {
    const { endpoint, login } = this.#broker(it.to);
    const link = this.#plan.links.find(({ name }) => name === it.link) ?? tapOf(it.name);
    const standing = await this.#startLink(link, it.name, it.to, endpoint);
    return bridgeConfiguration({ ...it, endpoint: standing.endpoint, ...(login && { login }) });
  }

  #followed({ name, from, topics }: PlannedBridge): BridgeOptions {
    const filters = topics.filter(({ direction }) => direction !== 'out').length;
    return { name, from, filters, history: this.#bench.history };
  }

  async startDevice(it: PlannedDevice): Promise<void> {
    const { context } = this.#bench;
    if (it.kind === 'plc') {
      this.#plcs.set(it.name, this.#bench.use(await startPlc(await this.#programOf(it), context)));
      return;
    }
    if (it.kind === 'http-poller') return this.#startPoller(it);
    const { line, vanish } = await this.#line(it);
    const options = { ...line, policy: policyOf(it.session), ...memoryOfLives() };
    const life = this.#bench.use(
      new DeviceLife(
        { name: it.name, role: roleOf(it), start: (world) => this.#start(it, options, world), ...vanish },
        context,
      ),
    );
    this.#devices.set(it.name, life);
    if (it.session.startsLater === true) return;
    await life.start();
    if (life.device) await this.#online(life.device);
  }

  /** The web server stands beside the broker; the link is between it and the device. */
  async #startPoller(it: PlannedHttpPoller): Promise<void> {
    const { name, session, filters, intervalMs } = it;
    const { context } = this.#bench;
    const { endpoint, login } = this.#broker(session.broker);
    const web = `${name}-web`;
    const line = { name: web, endpoint, server: session.broker, ...(login && { login }) };
    const options = { ...line, filters, policy: policyOf(session), connections: this.#bench.connectionIds };
    const server = this.#bench.use(await startWebServer(options, context));
    await this.#online(server);
    const link = this.#plan.links.find((known) => known.name === session.link);
    const standing = link && (await this.#startLink(link, name, web, server.endpoint, 'opaque'));
    const dialled = standing?.endpoint ?? server.endpoint;
    const start = (world: PartContext): StartedDevice =>
      startHttpPoller({ name, endpoint: dialled, intervalMs }, world);
    const vanish = standing && { vanish: () => standing.vanish?.() };
    const life = this.#bench.use(new DeviceLife({ name, role: 'device', start, ...vanish }, context));
    this.#devices.set(name, life);
    if (session.startsLater === true) return;
    await life.start();
    if (life.device) await this.#online(life.device);
  }

  /** With its time compressed a PLC scans more often. */
  async #programOf({ name, program: path }: Extract<PlannedDevice, { kind: 'plc' }>): Promise<PlcOptions> {
    const program = await readPlcFile(this.#options.resolveFile(path));
    return { name, program: { ...program, scanMs: program.scanMs / (this.#plan.timeCompression ?? 1) } };
  }

  #start(
    it: Exclude<PlannedDevice, { kind: 'plc' | 'http-poller' }>,
    line: LineOptions,
    context: PartContext,
  ): StartedDevice {
    switch (it.kind) {
      case 'sensor':
        return startSensor({ ...it, ...line }, context);
      case 'subscriber':
        return startSubscriber({ ...it, ...line }, context);
      case 'modbus-mqtt':
        return startModbusGateway({ ...it, ...line, plc: this.#plc(it.plc) }, context);
      case 'mqtt-js':
      case 'paho-python':
        return startForeignDevice({ ...it, ...line, ...this.#foreign(it) }, context);
      case 'node-red':
      case 'container:node-red':
        return startNodeRed({ ...it, ...line, ...this.#foreign(it), plc: this.#plc(it.plc) }, context);
    }
  }

  /** What a program gets that the bench does not run itself. */
  #foreign({ name, session }: ForeignPlanned) {
    const { keepAliveS, cleanSession, backOff: reconnect } = session;
    const program = this.#options.programs.get(name) ?? missing('program for the device', name);
    return { program, history: this.#bench.history, keepAliveS, cleanSession, reconnect };
  }

  /** @returns why it could not be done, where it could not */
  async act(action: PlannedAction): Promise<string | undefined> {
    if (action.do === 'phase') return undefined;
    if ('link' in action) {
      const links = this.#links.get(action.link) ?? [];
      await Promise.all(links.map((link) => actOnLink(link, action)));
      return undefined;
    }
    const [device, plc] = [this.#devices.get(action.part), this.#plcs.get(action.part)];
    if (device) return actOnDevice(device, action, { ...this.#options, context: this.#bench.context });
    if (plc) await actOnPlc(plc, action);
    else await actOnBroker(this.#broker(action.part), action);
    return undefined;
  }

  rest(): void {
    for (const device of this.#devices.values()) device.rest();
  }

  async #online(device: Pick<StartedDevice, 'name' | 'online'>): Promise<void> {
    const { clock, signal } = this.#bench.context;
    const enough = new AbortController();
    // A device that waits for a mute broker does not hear of an interruption itself.
    const late = pause(clock, onlineWithinMs, AbortSignal.any([signal, enough.signal])).then(() => {
      throw notOnline(device.name);
    });
    try {
      await Promise.race([device.online, late]);
    } finally {
      enough.abort();
    }
  }

  /** Where a device dials: its broker, or a link of its own before it. */
  async #line(it: Exclude<PlannedDevice, { kind: 'plc' | 'http-poller' }>): Promise<Way> {
    const { name, session } = it;
    const server = session.broker;
    const { endpoint, login } = this.#broker(server);
    const said = login && { login };
    const { connectionIds } = this.#bench;
    const link = this.#plan.links.find((known) => known.name === session.link);
    if (link === undefined && !isForeign(it)) {
      return { line: { name, endpoint, server, connections: connectionIds, ...said }, vanish: {} };
    }
    const standing = await this.#startLink(link ?? tapOf(name), name, server, endpoint);
    return {
      line: { name, endpoint: standing.endpoint, server, ...said },
      vanish: { vanish: () => standing.vanish?.() },
    };
  }

  async #startLink(
    it: PlannedLink,
    client: string,
    server: string,
    upstream: StartedBroker['endpoint'],
    content: StreamContent = 'mqtt',
  ): Promise<StartedFaultyLink> {
    const link = await this.#bench.startLink(linkBackend(it.backend), {
      name: `${it.name}/${client}`,
      upstream,
      client,
      server,
      profile: it.profile,
      ...(it.faults && { faults: it.faults }),
      ...(it.timeline && { timeline: it.timeline }),
      ...(it.needs && { needs: it.needs }),
      ...(it.tariff && { tariff: it.tariff }),
      content,
      taps: content === 'mqtt', // A tap reads MQTT, and would find nothing but mistakes.
      isMetered: true,
    });
    this.#links.set(it.name, [...(this.#links.get(it.name) ?? []), link]);
    return link;
  }

  #broker(name: string): StartedBroker {
    return this.#brokers.get(name) ?? missing('broker', name);
  }

  #plc(name: string): StartedPlc {
    return this.#plcs.get(name) ?? missing('PLC that stands before its gateway', name);
  }
}

/** The way of a device to its broker. */
interface Way {
  readonly line: LineOptions;
  /** How its connections vanish when its power is cut: on a link; without one they are reset. */
  readonly vanish: Pick<DeviceLifeOptions, 'vanish'>;
}

function roleOf(it: PlannedDevice): DeviceLifeOptions['role'] {
  return 'plc' in it ? 'gateway' : 'device';
}

/** A device gives a silent broker up after one keep alive period, so that both sides notice a dead link alike. */
function policyOf(session: PlannedSession) {
  const { keepAliveS, cleanSession, backOff } = session;
  return { keepAliveS, cleanSession, backOff, pingTimeoutMs: keepAliveS === 0 ? 10_000 : keepAliveS * 1000 };
}

function notOnline(name: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_NOT_ONLINE',
    message: `"${name}" was not online within ${onlineWithinMs / 1000} s`,
    expected: 'CONNACK 0, and every subscription granted',
    hint: 'the journal shows what it met: its connections stand under its name',
  });
}

/** What a device knows of its lives before. */
function memoryOfLives() {
  const memory = new DeviceMemory();
  return { memory, ordinals: memory.ordinals };
}

function missing(what: string, name: string): never {
  throw new FieldbenchError({ code: 'FB_PLAN', message: `the plan has no ${what} named "${name}"` });
}
