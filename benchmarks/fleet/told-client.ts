// What the clients of the benchmark that are written in TypeScript are told and tell, as epoll-client.c has it.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { nowS } from './now.ts';

/** What a client does; times are of {@link nowS}. Each says what came of it by {@link say}. */
export interface ClientActs {
  connect(): Promise<void>;
  /** Until so many messages, or for so long; the other one is Infinity. */
  publish(messages: number, seconds: number): Promise<void>;
  idle(seconds: number): Promise<void>;
  watch(): Promise<void>;
}

/** What the command line says. */
export function clientOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      broker: { type: 'string', default: '' },
      connections: { type: 'string', default: '1' },
      name: { type: 'string', default: 'client' },
      source: { type: 'string', default: '127.0.11' },
      qos: { type: 'string', default: '1' },
      'payload-bytes': { type: 'string', default: '64' },
      'keep-alive-s': { type: 'string', default: '0' },
      window: { type: 'string', default: '256' },
    },
  });
  const [host = '', port = ''] = values.broker.split(':');
  return {
    host,
    port: Number(port),
    connections: Number(values.connections),
    name: values.name,
    source: values.source,
    qos: values.qos === '2' ? 2 : 1,
    payloadB: Number(values['payload-bytes']),
    keepAliveS: Number(values['keep-alive-s']),
    window: Number(values.window),
    positionals,
  } as const;
}

/** One answer, as a line on stdout. */
export function say(at: string, more: object = {}): void {
  process.stdout.write(`${JSON.stringify({ at, ...more })}\n`);
}

/** The end, with why. */
export function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** How many devices online, at a moment. */
export type CurveStep = readonly [atS: number, online: number];

/** Takes part in a curve what moved it by half a percent, or is its end. */
export class Curve {
  readonly steps: CurveStep[];
  readonly #grain: number;
  #told: number;

  constructor(wanted: number, online: number) {
    this.#grain = Math.floor(wanted / 200) + 1;
    this.#told = online;
    this.steps = [[nowS(), online]];
  }

  note(online: number, isEnd: boolean): void {
    if (Math.abs(online - this.#told) < this.#grain && !isEnd) return;
    this.#told = online;
    this.steps.push([nowS(), online]);
  }
}

/** Does what stdin says, line by line; it ends with whoever started this, kill -9 included. */
export async function obeyStdin(acts: ClientActs): Promise<void> {
  process.stdin.once('end', () => process.exit(0)).once('close', () => process.exit(0));
  globalThis.gc?.(); // What loading left behind is not what connections cost.
  say('empty');
  for await (const line of createInterface({ input: process.stdin })) await obey(line, acts);
}

async function obey(line: string, acts: ClientActs): Promise<void> {
  const [verb, what, amount] = line.split(' ');
  if (verb === 'connect') await acts.connect();
  else if (verb === 'publish' && what === 'messages') await acts.publish(Number(amount), Infinity);
  else if (verb === 'publish' && what === 'seconds') await acts.publish(Infinity, Number(amount));
  else if (verb === 'idle') await acts.idle(Number(what));
  else if (verb === 'watch') await acts.watch();
  else if (verb === 'rest') {
    globalThis.gc?.();
    say('rested');
  } else fail(`unknown command: ${line}`);
}
