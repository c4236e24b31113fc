// A check's corner of the bench on real sockets: clients are dialled here and end with the check.
import type { ConnectionId, History } from '../history/event.ts';
import { defaultCaps, RecordingBudget } from '../history/recorder.ts';
import { pause, type Clock } from '../net/clock.ts';
import type { ConnectionIds } from '../net/connection-ids.ts';
import { dial, type DialOptions } from '../net/dial.ts';
import { dialWebSocket } from '../net/dial-websocket.ts';
import type { ConnectionLink, LinkBefore, ServerEnd } from '../bench/linked-connection.ts';
import type { TapOptions } from '../net/tap.ts';
import type { RuleParameters } from '../judge/rule.ts';
import type { Endpoint, Wire } from '../net/wire.ts';
import type { Connect } from '../wire/packet.ts';
import {
  SituationFailed,
  type CheckBench,
  type ConnectOptions,
  type Level,
  type ScriptedClient,
  type WebSocketClient,
} from './bench.ts';
import type { DrivenPlace } from './driven-target.ts';
import { FieldbenchError } from '../error.ts';
import { FrameClient } from './frame-client.ts';
import type { Pace } from './pace.ts';
import { loginAt, wayIn } from './ways-in.ts';
import { leastConnectMs, WireScriptedClient, type ScriptedClientOptions } from './scripted-client.ts';

/** Where a check runs and under which names. */
export interface WireBenchOptions {
  readonly place: DrivenPlace;
  readonly target: string;
  readonly check: string;
  /** Makes client ids and topics of this run differ from everybody else's on the target. */
  readonly prefix: string;
  readonly history: History;
  readonly clock: Clock;
  readonly connectionIds: ConnectionIds;
  /** How long is waited, see {@link CheckBench.parameters}. */
  readonly parameters: RuleParameters;
  readonly pace: Pace;
  /** See {@link CheckBench.qosLevels}. */
  readonly qosLevels: readonly Level[];
  /** Puts a link of its own before each connection. */
  readonly linkBefore?: LinkBefore;
  /** Aborted when the check or the run has to end: every connection of the check ends with it. */
  readonly signal: AbortSignal;
  /** Gives the check up: its situation cannot be brought about. */
  readonly giveUp: (why: SituationFailed) => void;
}

/** How a connection is dialled and recorded. */
interface Way {
  readonly connection: ConnectionId;
  readonly endpoint: Endpoint;
  readonly dialling: DialOptions;
  readonly serverEnd?: ServerEnd;
}

/** One check's corner; disposing ends the connections that the check left open. */
export class WireBench implements CheckBench, AsyncDisposable {
  readonly #options: WireBenchOptions;
  readonly #clients: WireScriptedClient[] = [];
  readonly #links: ConnectionLink[] = [];
  /** How many connections each client has opened. */
  readonly #opened = new Map<string, number>();

  constructor(options: WireBenchOptions) {
    this.#options = options;
  }

  get target(): string {
    return this.#options.target;
  }

  get parameters(): RuleParameters {
    return this.#options.parameters;
  }

  get pace(): Pace {
    return this.#options.pace;
  }

  get qosLevels(): readonly Level[] {
    return this.#options.qosLevels;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  clientId(name: string): string {
    return `${this.#options.prefix}${name}`;
  }

  topic(path: string): string {
    return `${this.#options.prefix}/${path}`;
  }

  connectPacket(name: string, options: ConnectOptions = {}): Connect {
    return {
      type: 'CONNECT',
      protocolName: 'MQTT',
      protocolLevel: 4,
      cleanSession: options.cleanSession ?? true,
      keepAliveS: options.keepAliveS ?? 0,
      clientId: options.clientId ?? this.clientId(name),
      ...(options.will && { will: options.will }),
      ...loginAt(this.#options.place, options),
    };
  }

  async open(name: string, options: ConnectOptions = {}): Promise<ScriptedClient> {
    const way = await this.#wayTo(wayIn(this.#options.place, options), name, options);
    const wire = await dial(way.endpoint, way.dialling);
    return this.#keep(new WireScriptedClient(this.#clientOptions(wire, way, name, options)));
  }

  async tryOpen(name: string, options: ConnectOptions): Promise<ScriptedClient | undefined> {
    try {
      return await this.open(name, options);
    } catch (error) {
      if (error instanceof FieldbenchError && error.code === 'FB_DIAL_TLS') return undefined;
      throw error;
    }
  }

  async openWebSocket(
    name: string,
    options: Parameters<CheckBench['openWebSocket']>[1] = {},
  ): Promise<WebSocketClient> {
    const { path = '/', ...place } = wayIn(this.#options.place, { ...options, variant: 'websocket' });
    const way = await this.#wayTo({ ...place, path }, name, options);
    const wire = await dialWebSocket(
      { ...way.endpoint, path },
      { ...way.dialling, ...(options.offer && { offer: options.offer }) },
    );
    return this.#keep(new FrameClient(wire, this.#clientOptions(wire, way, name, options)));
  }

  async connect(name: string, options: ConnectOptions = {}): Promise<ScriptedClient> {
    const client = await this.open(name, options);
    await client.send(this.connectPacket(name, options));
    await client.connected();
    return client;
  }

  mark(name: string, client?: ScriptedClient): void {
    this.#options.history.record({
      kind: 'mark',
      name,
      check: this.#options.check,
      ...(client && { connection: client.connection, offset: client.sentB }),
    });
  }

  async quiet(): Promise<void> {
    await this.elapse(this.parameters.quietMs);
    this.mark('quiet');
  }

  async elapse(durationMs: number): Promise<void> {
    await pause(this.#options.clock, durationMs, this.signal);
  }

  async restartBroker(how: 'stop' | 'kill'): Promise<void> {
    const { restart } = this.#options.place;
    if (restart === undefined) throw new SituationFailed('there is no broker that this check may restart');
    await restart(how);
  }

  /** How a new connection gets to its endpoint, and who records it: its link at both ends, or else its own tap. */
  async #wayTo(upstream: Endpoint, client: string, { expectedB = 0 }: ConnectOptions): Promise<Way> {
    const { history, clock, signal, parameters, target, check, connectionIds, place, linkBefore } = this.#options;
    const connection = connectionIds.next();
    const ordinal = (this.#opened.get(client) ?? 0) + 1;
    this.#opened.set(client, ordinal);
    const names = { client, server: place.server, target, check };
    const link = await linkBefore?.({ connection, ordinal, upstream, signal, ...names });
    if (link !== undefined) this.#links.push(link);
    const tap: TapOptions = {
      history,
      connection,
      seenAt: 'wire',
      budget: new RecordingBudget({ ...defaultCaps, heldB: defaultCaps.heldB + expectedB }),
      names: { ...names, ...(link && { link: link.name }) },
    };
    return {
      connection,
      endpoint: link?.endpoint ?? upstream,
      dialling: {
        clock,
        signal,
        timeoutMs: Math.max(parameters.responseTimeoutMs, leastConnectMs),
        ...(link?.serverEnd === undefined && { tap }),
      },
      ...(link?.serverEnd && { serverEnd: link.serverEnd }),
    };
  }

  #clientOptions(
    wire: Wire,
    { connection, serverEnd }: Way,
    name: string,
    options: ConnectOptions,
  ): ScriptedClientOptions {
    const { history, clock, parameters, pace, giveUp } = this.#options;
    const { acknowledge = true, expectedB = 0 } = options;
    return {
      wire,
      connection,
      connect: this.connectPacket(name, options),
      acknowledge,
      expectedB,
      history,
      clock,
      parameters,
      pace,
      ...(serverEnd && { serverEnd }),
      onFlood: (what) => giveUp(new SituationFailed(what)),
    };
  }

  #keep<C extends WireScriptedClient>(client: C): C {
    this.#clients.push(client);
    return client;
  }

  /** What the check has sent shall come to the server before it is over: an answer under way is no missing one. */
  async settle(): Promise<void> {
    await Promise.all(this.#clients.map((it) => it.settle()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // From the side of the links: that the check is over must not look as if its clients had left.
    await Promise.all(this.#links.map((it) => it[Symbol.asyncDispose]()));
    await Promise.all(this.#clients.map((it) => it[Symbol.asyncDispose]()));
  }
}
