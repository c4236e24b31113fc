// The devices of one process: feeds sockets, time and intents to their sessions, and does what the sessions ask for.
import { draw } from '../faults/draw.ts';
import type { Clock } from '../net/clock.ts';
import { unfinishedCount, wakeAtMs, type ClientSession } from '../session/client-session.ts';
import type { SessionInput } from '../session/session-input.ts';
import { sessionOutput, type Delivery, type SessionEvent } from '../session/session-output.ts';
import { step } from '../session/step.ts';
import type { Frame } from '../wire/frame.ts';
import { Connections } from './connections.ts';
import { noCounts, type CountName, type Counts } from './counts.ts';
import { brokerOf, deviceTable, identityAt, type DeviceTable } from './device-table.ts';
import { DialGate } from './dial-gate.ts';
import { DeviceEnds } from './device-ends.ts';
import type { FleetHooks } from './hooks.ts';
import { LocalPorts } from './local-ports.ts';
import { readPayload } from './payload.ts';
import { Publishing, UNTIMED } from './publishing.ts';
import type { Shard } from './shard.ts';
import { Times } from './times.ts';
import { TimerWheel } from './timer-wheel.ts';

/** The timers of a device, in front of one for each of its topics. */
const SESSION_TIMER = 0;
const LINK_TIMER = 1;
const FIRST_LANE_TIMER = 2;
/** Tokens of what is no planned message; those of planned ones are the times when they were due. */
const BIRTH = -1;
const SUBSCRIPTION = -3;
/** Latest that a keep alive may be looked at after its time, so that many devices are served in one wake-up. */
const LONGEST_SLACK_MS = 250;

const lossCounts = {
  transport: 'lostTransport',
  'connect-timeout': 'connectTimeouts',
  refused: 'lostRefused',
  'no-pingresp': 'lostNoPingresp',
  violation: 'lostViolation',
} as const satisfies Record<string, CountName>;

const dropCounts = {
  offline: 'droppedOffline',
  'queue-full': 'droppedQueueFull',
  'session-ended': 'droppedSessionEnded',
} as const satisfies Record<string, CountName>;

/** What a fleet runs in. */
export interface FleetOptions {
  readonly clock: Clock;
  /** Number of this process: it has a loopback address of its own. */
  readonly pid: number;
  readonly hooks?: FleetHooks;
}

/** All devices of one shard. Times are those of the run's clock. */
export class Fleet {
  readonly counts: Counts = noCounts();
  /** Failures by what they were, e.g. `dial ECONNREFUSED`. */
  readonly failures = new Map<string, number>();
  readonly times = new Times();
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
    this.#clock = clock;
    this.#table = deviceTable(shard);
    const { count, lanes } = this.#table;
    this.#timersEach = FIRST_LANE_TIMER + lanes;
    this.#wheel = new TimerWheel(count * this.#timersEach, clock, (timer, nowMs) => this.#due(timer, nowMs));
    this.#gate = new DialGate(count, shard.connectWindow);
    this.#connections = new Connections(count, (device) => brokerOf(this.#table, device), new LocalPorts(pid), {
      opened: (device) => this.#opened(device),
      bytes: (device, chunk) => this.#ends.received(device, chunk, clock.nowMs()),
      closed: (device, code) => this.#closed(device, code),
      portTaken: () => (this.counts.portsTaken += 1),
    });
    this.#ends = new DeviceEnds(hooks, this.#connections, {
      arrived: (device, frame, nowMs) => this.#arrived(device, frame, nowMs),
      settled: (device, nowMs) => {
        this.#settle(device, nowMs);
        this.#passGate(nowMs);
      },
      nowMs: () => clock.nowMs(),
      counts: this.counts,
      timers: {
        arm: (device, dueMs) => this.#wheel.arm(device * this.#timersEach + LINK_TIMER, dueMs),
        disarm: (device) => this.#wheel.disarm(device * this.#timersEach + LINK_TIMER),
      },
    });
    this.#publishing = new Publishing(this.#table, shard, {
      armLane: (device, lane, dueMs) => this.#wheel.arm(device * this.#timersEach + FIRST_LANE_TIMER + lane, dueMs),
      publish: (device, message, token, nowMs) => {
        this.counts.intended += 1;
        this.#step(device, { kind: 'publish', message, token }, nowMs);
        this.#settle(device, nowMs);
      },
      late: (lateMs) => this.times.lateness.recordMs(lateMs),
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

  /** Messages that are queued or in flight. */
  get unfinished(): number {
    return this.#table.sessions.reduce((sum, session) => sum + unfinishedCount(session), 0);
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
      this.times.dialLateness.recordMs(nowMs - (this.#dialledMs[device] ?? nowMs));
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
    if (session.phase === 'connected') this.#fail(`lost ${code === '' ? 'FIN' : code}`);
    else if (session.phase === 'opening') this.#fail(`dial ${code}`);
    else if (session.phase === 'connecting') this.#fail(`CONNECT ${code === '' ? 'FIN' : code}`);
    this.#ends.closed(
      device,
      session.phase === 'closing' || session.phase === 'away' ? 'client' : 'server',
      code,
      nowMs,
    );
    this.#step(device, { kind: 'transport-closed', detail: code, draw: this.#backOffDraw(device) }, nowMs);
    if (this.#gate.end(device)) this.counts.notConnected += 1;
    this.#settle(device, nowMs);
    this.#passGate(nowMs);
  }

  /** @returns whether the rest of what came with it is of interest */
  #arrived(device: number, { packet, deviations: [flaw] }: Frame, nowMs: number): boolean {
    this.counts.packetsReceived += 1;
    if (packet && !flaw) {
      this.#step(device, { kind: 'packet', packet }, nowMs);
      return true;
    }
    const detail = flaw ? `${flaw.code}: ${flaw.actual}` : 'bytes that are no packet';
    this.#fail(`violation ${detail}`);
    this.#step(device, { kind: 'violation', detail }, nowMs);
    return false;
  }

  #step(device: number, input: SessionInput, nowMs: number): void {
    step(this.#sessionOf(device), input, nowMs, this.#out);
  }

  /** Does what the steps of a device asked for since it was last settled. */
  #settle(device: number, nowMs: number): void {
    const { packets, deliveries, events, transport } = this.#out;
    const session = this.#sessionOf(device);
    if (packets.length > 0) {
      this.counts.packetsSent += packets.length;
      this.#ends.send(device, packets, nowMs);
      empty(packets);
    }
    for (const delivery of deliveries) this.#deliver(delivery, nowMs);
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
    this.counts.dialled += 1;
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

  #deliver({ payload, dup, retain }: Delivery, nowMs: number): void {
    this.counts.received += 1;
    if (dup) this.counts.receivedDup += 1;
    if (retain) this.counts.receivedRetained += 1;
    const identity = readPayload(payload, this.#shard.run);
    if (!identity) return;
    this.counts.receivedOwn += 1;
    // A retained message is as old as its topic is quiet, which says nothing of the way.
    if (!retain) this.times.delivery.recordMs(nowMs - identity.intendedMs);
  }

  /** @returns whether nobody may be there to answer a FIN */
  #tell(device: number, event: SessionEvent, nowMs: number): boolean {
    const { counts } = this;
    switch (event.kind) {
      case 'connected':
        counts.connected += 1;
        if (event.sessionPresent) counts.sessionsPresent += 1;
        this.times.connect.recordMs(nowMs - (this.#dialledMs[device] ?? nowMs));
        this.#gate.end(device);
        this.#birthDue = true;
        this.#publishing.online(device, nowMs);
        return false;
      case 'refused':
        counts.refused += 1;
        if (event.final) counts.refusedForGood += 1;
        this.#fail(`CONNACK ${event.returnCode}`);
        return false;
      case 'lost':
        // A connection that never stood was not lost: it is counted as one that did not come about.
        if (event.why !== 'transport' || this.#isOnline[device] === 1) counts[lossCounts[event.why]] += 1;
        return event.why === 'no-pingresp' || event.why === 'connect-timeout';
      case 'published':
        this.#published(event.token, nowMs);
        return false;
      case 'dropped':
        if (event.token !== BIRTH) counts[dropCounts[event.why]] += 1;
        return false;
      case 'subscribed':
        for (const code of event.returnCodes) counts[code === 0x80 ? 'subscriptionsRefused' : 'subscribed'] += 1;
        return false;
      case 'retry':
      case 'unsubscribed':
        return false;
    }
  }

  #published(token: number, nowMs: number): void {
    if (token === BIRTH) {
      this.counts.births += 1;
      return;
    }
    this.counts.published += 1;
    this.#followers += 1;
    if (token !== UNTIMED) this.times.acknowledged.recordMs(nowMs - token);
  }

  #fail(what: string): void {
    this.failures.set(what, (this.failures.get(what) ?? 0) + 1);
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
