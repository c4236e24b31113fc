// What MQTT is held against: a device that asks a web server, again and again, whether there is something new.
import { Agent, request } from 'node:http';
import { pause } from '../../net/clock.ts';
import { Milestone } from '../devices/milestone.ts';
import { stoppedBefore } from '../devices/not-online.ts';
import type { StartedDevice } from '../devices/device.ts';
import type { Endpoint, PartContext } from '../part.ts';
import type { ServedMessage } from './web-server.ts';

/** A device that polls. */
export interface HttpPollerOptions {
  readonly name: string;
  /** The web server, or the link before it. */
  readonly endpoint: Endpoint;
  readonly intervalMs: number;
}

/** How long an answer may take: a request that is stuck is given up, its connection too. */
const ANSWER_MS = 10_000;

/** Starts a device that polls over one connection that it keeps; it is online with the first answer. */
export function startHttpPoller(options: HttpPollerOptions, context: PartContext): StartedDevice {
  return new HttpPoller(options, context);
}

class HttpPoller implements StartedDevice {
  readonly name: string;
  readonly #options: HttpPollerOptions;
  readonly #context: PartContext;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #online = new Milestone();
  readonly #resting = new AbortController();
  readonly #polling: Promise<void>;
  #stopped: Promise<void> | undefined;
  /** Number of the last message that came. */
  #last = 0;

  constructor(options: HttpPollerOptions, context: PartContext) {
    this.name = options.name;
    this.#options = options;
    this.#context = context;
    this.#note('starting');
    this.#polling = this.#poll();
  }

  get online(): Promise<void> {
    return this.#online.promise;
  }

  /** What came already is enough: a poll that nobody looks at is no traffic of the application. */
  rest(): void {
    this.#resting.abort(new Error('resting'));
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#end());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** The schedule does not drift; a poll that takes longer than an interval puts the next ones off. */
  async #poll(): Promise<void> {
    const { clock, signal } = this.#context;
    const ends = AbortSignal.any([signal, this.#resting.signal]);
    try {
      for (let dueMs = clock.nowMs(); ; dueMs = Math.max(dueMs + this.#options.intervalMs, clock.nowMs())) {
        await pause(clock, Math.max(0, dueMs - clock.nowMs()), ends);
        await this.#ask(ends);
      }
    } catch (error) {
      if (!ends.aborted) throw error;
    }
  }

  async #end(): Promise<void> {
    this.rest();
    await this.#polling;
    this.#agent.destroy();
    this.#online.fail(stoppedBefore(this.name));
    if (this.#context.power?.isCut !== true) this.#note('stopped');
  }

  async #ask(ends: AbortSignal): Promise<void> {
    const askedMs = this.#context.clock.nowMs();
    try {
      const got = await this.#get(ends);
      if (this.#online.reach()) this.#note('ready');
      for (const it of got) this.#take(it, askedMs);
    } catch (error) {
      ends.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      this.#context.history.record({ kind: 'mark', name: 'poll-failed', data: { part: this.name, why } });
    }
  }

  #take({ n, topic, gotMs }: ServedMessage, askedMs: number): void {
    if (n <= this.#last) return;
    this.#last = n;
    const nowMs = this.#context.clock.nowMs();
    const data = { part: this.name, topic, n, pollMs: Math.round(nowMs - askedMs), lateMs: Math.round(nowMs - gotMs) };
    this.#context.history.record({ kind: 'mark', name: 'polled', data });
  }

  async #get(ends: AbortSignal): Promise<readonly ServedMessage[]> {
    const { host, port } = this.#options.endpoint;
    const late = new AbortController();
    const cancel = this.#context.clock.after(ANSWER_MS, () => late.abort(new Error('no answer')));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const asked = request(
      {
        host,
        port,
        path: `/messages?after=${this.#last}`,
        agent: this.#agent,
        signal: AbortSignal.any([ends, late.signal]),
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(parts).toString());
          else reject(new Error(`HTTP ${response.statusCode}`));
        });
      },
    );
    asked.on('error', reject).end();
    try {
      return served(JSON.parse(await promise));
    } finally {
      cancel();
    }
  }

  #note(state: 'starting' | 'ready' | 'stopped'): void {
    this.#context.history.record({ kind: 'part', part: this.name, role: 'device', state });
  }
}

/** It is our own server that answers; what is no message of it is passed over. */
function served(answer: unknown): readonly ServedMessage[] {
  return Array.isArray(answer) ? answer.filter((it): it is ServedMessage => isServed(it)) : [];
}

function isServed(it: unknown): it is ServedMessage {
  if (typeof it !== 'object' || it === null) return false;
  return 'n' in it && typeof it.n === 'number' && 'gotMs' in it && typeof it.gotMs === 'number' && 'topic' in it;
}
