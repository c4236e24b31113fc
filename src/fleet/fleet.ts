// The devices of one process: feeds sockets, time and intents to their sessions, and does what the sessions ask for.
import { draw } from '../faults/draw.ts';
import type { Clock } from '../net/clock.ts';
import { wakeAtMs, type ClientSession } from '../session/client-session.ts';
import type { SessionInput } from '../session/session-input.ts';
import { sessionOutput, type SessionEvent } from '../session/session-output.ts';
import { step } from '../session/step.ts';
import type { Frame } from '../wire/frame.ts';
import { Connections } from './connections.ts';
import { brokerOf, deviceTable, identityAt, type DeviceTable } from './device-table.ts';
import { DialGate } from './dial-gate.ts';
import { DeviceEnds } from './device-ends.ts';
import type { FleetHooks } from './hooks.ts';
import { LocalPorts } from './local-ports.ts';
import { Publishing } from './publishing.ts';
import type { Shard } from './shard.ts';
import { Tally } from './tally.ts';
import { TimerWheel } from './timer-wheel.ts';
import { BIRTH, SUBSCRIPTION } from './tokens.ts';

/** The timers of a device, in front of one for each of its topics. */
const SESSION_TIMER = 0;
const LINK_TIMER = 1;
const FIRST_LANE_TIMER = 2;
/** Latest that a keep alive may be looked at after its time, so that many devices are served in one wake-up. */
const LONGEST_SLACK_MS = 250;

/** What a fleet runs in. */
export interface FleetOptions {
  readonly clock: Clock;
  /** Number of this process: it has a loopback address of its own. */
  readonly pid: number;
  readonly hooks?: FleetHooks;
}

/** All devices of one shard. Times are those of the run's clock. */
export class Fleet {
  readonly tally: Tally;
  readonly #shard: Shard;
  readonly #clock: Clock;
  readonly #table: DeviceTable;
  readonly #gate: DialGate;
  readonly #connections: Connections;
  readonly #ends: DeviceEnds;
  readonly #wheel: TimerWheel;
  readonly #timersEach: number;
  readonly #publishing: Publishing;
  readonly #out = sessionOutput();
  readonly #dialledMs: Float64Array;
  /** Connections so far, of each device. */
  readonly #ordinals: Uint32Array;
  /** Closed traffic of the step that is being settled: so many messages are done, and more may follow. */
  #followers = 0;
  #birthDue = false;
  readonly #isOnline: Uint8Array;
  #online = 0;
  #stopped: Promise<void> | undefined;

  constructor(shard: Shard, { clock, pid, hooks = {} }: FleetOptions) {
    this.#shard = shard;
    this.tally = new Tally(shard.run);
    this.#clock = clock;
    this.#table = deviceTable(shard);
    const { count, lanes } = this.#table;
    this.#timersEach = FIRST_LANE_TIMER + lanes;
    this.#wheel = new TimerWheel(count * this.#timersEach, clock, (timer, nowMs) => this.#due(timer, nowMs));
    this.#gate = new DialGate(count, shard.connectWindow);
    this.#connections = new Connections(count, (device) => brokerOf(this.#table, device), new LocalPorts(pid), {
      opened: (device) => this.#opened(device),
      bytes: (device, buffer, lengthB) => this.#ends.received(device, buffer, lengthB, clock.nowMs()),
      closed: (device, code) => this.#closed(device, code),
      portTaken: () => (this.tally.counts.portsTaken += 1),
    });
    this.#ends = new DeviceEnds(hooks, this.#connections, {
      arrived: (device, frame, nowMs) => this.#arrived(device, frame, nowMs),
      settled: (device, nowMs) => {
        this.#settle(device, nowMs);
        this.#passGate(nowMs);
      },
      nowMs: () => clock.nowMs(),
      counts: this.tally.counts,
      timers: {
        arm: (device, dueMs) => this.#wheel.arm(device * this.#timersEach + LINK_TIMER, dueMs),
        disarm: (device) => this.#wheel.disarm(device * this.#timersEach + LINK_TIMER),
      },
    });
    this.#publishing = new Publishing(this.#table, shard, {
      armLane: (device, lane, dueMs) => this.#wheel.arm(device * this.#timersEach + FIRST_LANE_TIMER + lane, dueMs),
      publish: (device, message, token, nowMs) => {
        this.tally.counts.intended += 1;
        this.#step(device, { kind: 'publish', message, token }, nowMs);
        this.#settle(device, nowMs);
      },
      late: (lateMs) => this.tally.times.lateness.recordMs(lateMs),
      isOnline: (device) => this.#isOnline[device] === 1,
    });
    this.#dialledMs = new Float64Array(count);
    this.#ordinals = new Uint32Array(count);
    this.#isOnline = new Uint8Array(count);
  }

  get devices(): number {
    return this.#table.count;
  }

  /** Devices whose CONNACK came and whose connection stands. */
  get online(): number {
    return this.#online;
  }

  /** Devices that want a connection and are held back by the window. */
  get heldBack(): number {
    return this.#gate.waiting;
  }

  /** All devices want to be online, and subscribed, from now on. */
  connect(): void {
    const nowMs = this.#clock.nowMs();
    for (let device = 0; device < this.devices; device++) {
      const { filters } = identityAt(this.#table.identities, device).texts;
      if (filters.length > 0) {
        const identity = identityAt(this.#table.identities, device);
        const subscriptions = filters.map(({ filter, qos }) => ({ filter: filter.text(identity), qos }));
        this.#step(device, { kind: 'subscribe', subscriptions, token: SUBSCRIPTION }, nowMs);
      }
      this.#dialledMs[device] = nowMs;
      this.#gate.queue(device);
    }
    this.#passGate(nowMs);
  }

  /** Publishes what is planned between these times; what was due before is late, and counts as that. */
  publish(fromMs: number, untilMs: number): void {
    this.#publishing.begin(fromMs, untilMs);
  }

  /** Plans nothing more. */
  stopPublishing(): void {
    this.#publishing.end();
  }

  /** DISCONNECT for all; resolves when every connection is closed, at the latest after `withinMs`. */
  stop(withinMs = 5000): Promise<void> {
    return (this.#stopped ??= this.#end(withinMs));
  }

  async #end(withinMs: number): Promise<void> {
    const nowMs = this.#clock.nowMs();
    this.#publishing.end();
    this.#gate.clear();
    for (let device = 0; device < this.devices; device++) {
      this.#step(device, { kind: 'disconnect' }, nowMs);
      this.#settle(device, nowMs);
    }
    await new Promise<void>((resolve) => {
      const untilMs = nowMs + withinMs;
      const look = (): void => {
        if (this.#connections.open === 0 || this.#clock.nowMs() >= untilMs) resolve();
        else this.#clock.after(10, look);
      };
      look();
    });
    this.#connections.destroyAll();
    this.#wheel.stop();
  }

  #due(timer: number, nowMs: number): void {
    const device = Math.floor(timer / this.#timersEach);
    const which = timer - device * this.#timersEach;
    if (which >= FIRST_LANE_TIMER) this.#publishing.due(device, which - FIRST_LANE_TIMER, nowMs);
    else if (which === LINK_TIMER) this.#ends.linkDue(device, nowMs);
    else this.#sessionDue(device, nowMs);
    this.#passGate(nowMs);
  }

  #sessionDue(device: number, nowMs: number): void {
    const session = this.#sessionOf(device);
    if (session.phase === 'waiting' && nowMs >= session.deadlineMs) {
      this.#dialledMs[device] = session.deadlineMs;
      this.#gate.queue(device);
    } else {
      this.#step(device, { kind: 'time' }, nowMs);
      this.#settle(device, nowMs);
    }
  }

  #passGate(nowMs: number): void {
    for (let device = this.#gate.pass(); device !== undefined; device = this.#gate.pass()) {
      this.tally.times.dialLateness.recordMs(nowMs - (this.#dialledMs[device] ?? nowMs));
      const isFirst = this.#sessionOf(device).phase === 'away';
      this.#step(device, isFirst ? { kind: 'connect' } : { kind: 'time' }, nowMs);
      this.#settle(device, nowMs);
    }
  }

  #opened(device: number): void {
    const nowMs = this.#clock.nowMs();
    this.#ends.opened(device, this.#ordinals[device] ?? 0, nowMs);
    this.#step(device, { kind: 'transport-open' }, nowMs);
    this.#settle(device, nowMs);
  }

  #closed(device: number, code: string): void {
    const nowMs = this.#clock.nowMs();
    const session = this.#sessionOf(device);
    this.tally.closed(session.phase, code);
    this.#ends.closed(
      device,
      session.phase === 'closing' || session.phase === 'away' ? 'client' : 'server',
      code,
      nowMs,
    );
    // A device that left has no next try to draw the time of.
    const drawn = session.phase === 'away' ? 0 : this.#backOffDraw(device);
    this.#step(device, { kind: 'transport-closed', detail: code, draw: drawn }, nowMs);
    if (this.#gate.end(device)) this.tally.counts.notConnected += 1;
    this.#settle(device, nowMs);
    this.#passGate(nowMs);
  }

  /** @returns whether the rest of what came with it is of interest */
  #arrived(device: number, { packet, deviations: [flaw] }: Frame, nowMs: number): boolean {
    this.tally.counts.packetsReceived += 1;
    if (packet && !flaw) {
      this.#step(device, { kind: 'packet', packet }, nowMs);
      return true;
    }
    const detail = flaw ? `${flaw.code}: ${flaw.actual}` : 'bytes that are no packet';
    this.tally.fail(`violation ${detail}`);
    this.#step(device, { kind: 'violation', detail }, nowMs);
    return false;
  }

  #step(device: number, input: SessionInput, nowMs: number): void {
    if (input.kind === 'publish') this.tally.unfinished += 1;
    step(this.#sessionOf(device), input, nowMs, this.#out);
  }

  /** Does what the steps of a device asked for since it was last settled. */
  #settle(device: number, nowMs: number): void {
    const { packets, deliveries, events, transport } = this.#out;
    const session = this.#sessionOf(device);
    if (packets.length > 0) {
      this.tally.counts.packetsSent += packets.length;
      this.#ends.send(device, packets, nowMs);
      empty(packets);
    }
    for (const delivery of deliveries) this.tally.delivered(delivery, nowMs);
    empty(deliveries);
    let isDead = false;
    for (const event of events) isDead = this.#tell(device, event, nowMs) || isDead;
    empty(events);
    this.#out.transport = undefined;
    this.#noteOnline(device, session.phase === 'connected' ? 1 : 0);
    if (transport === 'open') this.#dial(device);
    else if (transport === 'close') this.#connections.close(device, isDead ? 'reset' : 'end');
    this.#armSession(device, session);
    this.#followUp(device, nowMs);
  }

  #dial(device: number): void {
    this.#gate.begin(device);
    this.tally.counts.dialled += 1;
    this.#ordinals[device] = (this.#ordinals[device] ?? 0) + 1;
    this.#connections.dial(device);
  }

  #noteOnline(device: number, isOnline: 0 | 1): void {
    this.#online += isOnline - (this.#isOnline[device] ?? 0);
    this.#isOnline[device] = isOnline;
  }

  #armSession(device: number, session: ClientSession): void {
    const dueMs = wakeAtMs(session);
    if (dueMs === Infinity) return;
    const { keepAliveS } = session.policy;
    const slackMs = session.phase === 'connected' ? Math.min(LONGEST_SLACK_MS, (keepAliveS * 1000) / 64) : 0;
    const atMs = slackMs > 0 ? Math.ceil(dueMs / slackMs) * slackMs : dueMs;
    this.#wheel.armBy(device * this.#timersEach + SESSION_TIMER, atMs);
  }

  /** What a step's events bring about is a step of its own. */
  #followUp(device: number, nowMs: number): void {
    if (this.#birthDue) {
      this.#birthDue = false;
      const identity = identityAt(this.#table.identities, device);
      const { texts } = identity;
      if (texts.birth) {
        const message = texts.message(texts.birth, identity);
        this.#step(device, { kind: 'publish', message, token: BIRTH }, nowMs);
        this.#settle(device, nowMs);
      }
    }
    if (this.#followers === 0) return;
    const followers = this.#followers;
    this.#followers = 0;
    this.#publishing.follow(device, followers, nowMs);
  }

  /** @returns whether nobody may be there to answer a FIN */
  #tell(device: number, event: SessionEvent, nowMs: number): boolean {
    const { tally } = this;
    switch (event.kind) {
      case 'connected':
        tally.connected(event, nowMs - (this.#dialledMs[device] ?? nowMs));
        this.#gate.end(device);
        this.#birthDue = true;
        this.#publishing.online(device, nowMs);
        return false;
      case 'refused':
        tally.refused(event);
        return false;
      case 'lost':
        tally.lost(event, this.#isOnline[device] === 1);
        return event.why === 'no-pingresp' || event.why === 'connect-timeout';
      case 'published':
        if (tally.published(event, nowMs)) this.#followers += 1;
        return false;
      case 'dropped':
        if (tally.dropped(event)) this.#followers += 1;
        return false;
      case 'subscribed':
        tally.subscribed(event);
        return false;
      case 'retry':
      case 'unsubscribed':
        return false;
    }
  }

  #sessionOf(device: number): ClientSession {
    return this.#table.sessions[device] as ClientSession;
  }

  #backOffDraw(device: number): number {
    const { population: link, n: connection } = identityAt(this.#table.identities, device);
    const n = this.#ordinals[device] ?? 0;
    return draw({ seed: this.#shard.seed, link, connection, direction: 'toServer', purpose: 'back-off', n });
  }
}

/** By popping: setting the length would throw the array's memory away, to be asked for again with the next packet. */
function empty(list: unknown[]): void {
  while (list.length > 0) list.pop();
}
