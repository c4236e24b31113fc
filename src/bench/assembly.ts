// The parts of a plan that stand so far, and what is done to them.
import { FieldbenchError } from '../error.ts';
import { pause } from '../net/clock.ts';
import { startModbusGateway } from '../parts/gateways/modbus-mqtt.ts';
import type { StartedDevice } from '../parts/devices/device.ts';
import { startPlc, type StartedPlc } from '../parts/devices/plc.ts';
import { startSensor } from '../parts/devices/sensor.ts';
import { startSubscriber } from '../parts/devices/subscriber.ts';
import type { LineOptions } from '../parts/devices/line.ts';
import { linkBackend } from '../parts/links/backend.ts';
import type { StartedFaultyLink } from '../parts/links/link-options.ts';
import type { StartedBroker, StartedLink } from '../parts/part.ts';
import type { Bench } from './bench.ts';
import { readPlcFile } from './devices/plc-file.ts';
import type { Plan, PlannedBroker, PlannedLink } from './plan.ts';
import type { PlannedAction } from './planned-action.ts';
import type { PlannedDevice, PlannedSession } from './planned-device.ts';
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

/** The parts of a plan that stand so far. */
export class Assembly {
  readonly #plan: Plan;
  readonly #bench: Bench;
  readonly #resolveFile: (path: string) => string;
  readonly #brokers = new Map<string, StartedBroker>();
  readonly #plcs = new Map<string, StartedPlc>();
  readonly #devices: StartedDevice[] = [];
  /** Every device on a link has a link of its own; the timeline moves them together. */
  readonly #links = new Map<string, StartedFaultyLink[]>();

  /** @param resolveFile turns the path of a PLC's program, as the scenario gives it, into one that can be read */
  constructor(plan: Plan, bench: Bench, resolveFile: (path: string) => string) {
    this.#plan = plan;
    this.#bench = bench;
    this.#resolveFile = resolveFile;
  }

  async startBroker(it: PlannedBroker): Promise<void> {
    this.#brokers.set(it.name, await this.#bench.startTarget(it.name, targetOfBroker(it)));
  }

  async startDevice(it: PlannedDevice): Promise<void> {
    const { context } = this.#bench;
    if (it.kind === 'plc') {
      const program = await readPlcFile(this.#resolveFile(it.program));
      this.#plcs.set(it.name, this.#bench.use(await startPlc({ name: it.name, program }, context)));
      return;
    }
    const line = { ...(await this.#line(it.name, it.session)), policy: policyOf(it.session) };
    const device = this.#bench.use(this.#start(it, line));
    this.#devices.push(device);
    await this.#online(device);
  }

  #start(it: Exclude<PlannedDevice, { kind: 'plc' }>, line: LineOptions): StartedDevice {
    const { context } = this.#bench;
    switch (it.kind) {
      case 'sensor':
        return startSensor({ ...it, ...line }, context);
      case 'subscriber':
        return startSubscriber({ ...it, ...line }, context);
      case 'modbus-mqtt':
        return startModbusGateway({ ...it, ...line, plc: this.#plc(it.plc) }, context);
    }
  }

  async act(action: PlannedAction): Promise<void> {
    if ('broker' in action) {
      const broker = this.#broker(action.broker);
      if (action.do === 'kill') await broker.kill();
      else if (action.do === 'stop') await broker.stop();
      else await broker.restart();
      return;
    }
    const links = this.#links.get(action.link) ?? [];
    await Promise.all(links.map((link) => actOnLink(link, action)));
  }

  rest(): void {
    for (const device of this.#devices) device.rest();
  }

  async #online(device: StartedDevice): Promise<void> {
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
  async #line(name: string, session: PlannedSession): Promise<LineOptions> {
    const server = session.broker;
    const { endpoint, login } = this.#broker(server);
    const said = login && { login };
    const { connectionIds } = this.#bench;
    const link = this.#plan.links.find((it) => it.name === session.link);
    if (link === undefined) return { name, endpoint, server, connections: connectionIds, ...said };
    const standing = await this.#startLink(link, name, server, endpoint);
    return { name, endpoint: standing.endpoint, server, ...said };
  }

  async #startLink(
    it: PlannedLink,
    client: string,
    server: string,
    upstream: StartedBroker['endpoint'],
  ): Promise<StartedLink> {
    const link = await this.#bench.startLink(linkBackend(it.backend), {
      name: `${it.name}/${client}`,
      upstream,
      client,
      server,
      profile: it.profile,
      ...(it.faults && { faults: it.faults }),
      ...(it.timeline && { timeline: it.timeline }),
      ...(it.needs && { needs: it.needs }),
      taps: true,
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

async function actOnLink(link: StartedFaultyLink, action: Extract<PlannedAction, { link: string }>): Promise<void> {
  switch (action.do) {
    case 'shape':
      return link.shape(action);
    case 'cut':
      return link.cut(action.how);
    case 'half-open':
      return link.halfOpen(action.dead);
    case 'restore':
      return link.restore();
    case 'fault':
      return link.addFaults(action.faults);
  }
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

function missing(what: string, name: string): never {
  throw new FieldbenchError({ code: 'FB_PLAN', message: `the plan has no ${what} named "${name}"` });
}
