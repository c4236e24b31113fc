// Where one engine plays one row: brokers of its own, its processes, and what both cost while it plays.
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpuS, residentB } from './cost.ts';
import { Mosquitto } from './mosquitto.ts';
import type { Competitor, Load, Rival, Share } from './rival.ts';

/** What a row needs. */
export interface Setting {
  readonly connections: number;
  /** Brokers, and processes of each engine. */
  readonly brokers: number;
  readonly load: Load;
}

/** CPU seconds and memory at one moment. */
export interface Cost {
  readonly engineCpuS: number;
  readonly brokerCpuS: number;
  readonly engineResidentB: number;
  readonly brokerResidentB: number;
}

/** Files that a process has open beside its connections. */
const spareFiles = 100;

export class Stage implements AsyncDisposable {
  readonly competitor: Competitor;
  readonly brokers: readonly Mosquitto[];
  readonly connections: number;
  readonly #cleanup: AsyncDisposableStack;

  private constructor(
    competitor: Competitor,
    brokers: readonly Mosquitto[],
    connections: number,
    cleanup: AsyncDisposableStack,
  ) {
    this.competitor = competitor;
    this.brokers = brokers;
    this.connections = connections;
    this.#cleanup = cleanup;
  }

  /** Kept when brokers and engine are there and nothing is connected. */
  static async set(rival: Rival, { connections, brokers: count, load }: Setting): Promise<Stage> {
    await using cleanup = new AsyncDisposableStack();
    const brokers: Mosquitto[] = [];
    while (brokers.length < count) brokers.push(cleanup.use(await Mosquitto.start()));
    const shares = sharesOf(connections, brokers);
    await assertFits(Math.max(...shares.map((it) => it.connections)));
    const competitor = cleanup.use(await rival.start(load, shares));
    return new Stage(competitor, brokers, connections, cleanup.move());
  }

  async cost(): Promise<Cost> {
    const { pids } = this.competitor;
    const brokerPids = this.brokers.map((it) => it.pid);
    return {
      engineCpuS: await cpuS(pids),
      brokerCpuS: await cpuS(brokerPids),
      engineResidentB: await residentB(pids),
      brokerResidentB: await residentB(brokerPids),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanup.disposeAsync();
  }
}

/** Begins anywhere, so that two benchmarks side by side hardly meet. */
let sources = randomInt(250 * 250);

/** New addresses each time: ports of the play before are not free again for a minute. */
function nextSource(): string {
  sources += 1;
  return `127.${1 + (Math.floor(sources / 250) % 250)}.${sources % 250}`;
}

/** As equal as can be. */
function sharesOf(connections: number, brokers: readonly Mosquitto[]): readonly Share[] {
  return brokers.map((broker, n) => ({
    broker,
    connections: Math.floor((connections * (n + 1)) / brokers.length) - Math.floor((connections * n) / brokers.length),
    name: `part-${n + 1}`,
    source: nextSource(),
  }));
}

/** @throws Error where this machine does not let one process open so many connections */
async function assertFits(connections: number): Promise<void> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1] ?? '';
  if (hard === 'unlimited' || connections + spareFiles <= Number(hard)) return;
  throw new Error(`${connections} connections in a process need more open files than this machine allows: ${hard}`);
}
