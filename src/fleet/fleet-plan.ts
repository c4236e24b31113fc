// Which process runs which devices, and why: made from the walls before the start, and told in words.
import { FieldbenchError } from '../error.ts';
import { placeOf } from '../net/endpoint.ts';
import type { Population } from './population.ts';
import type { Slice } from './shard.ts';
import { DEVICE_B, DEVICES_PER_PROCESS, mostPerProcess, PROCESS_B, type Walls } from './walls.ts';

/** A population and the rows of its table, where it has one. */
export interface PlannedPopulation {
  readonly population: Population;
  readonly rows?: readonly (readonly string[])[];
  /** Connections that its broker can hold, where that is known. */
  readonly brokerHolds?: number;
}

/** The slices of each process, and the plan in sentences. */
export interface FleetPlan {
  readonly devices: number;
  readonly shards: readonly (readonly Slice[])[];
  readonly words: readonly string[];
}

/**
 * Plans a fleet.
 * @throws FieldbenchError `FB_FLEET_WALL` when this machine, or a broker, does not bear it; `FB_FLEET_TABLE` when a table
 *   has fewer rows than its population has devices.
 */
export function planFleet(populations: readonly PlannedPopulation[], walls: Walls): FleetPlan {
  for (const it of populations) checkTable(it);
  const devices = populations.reduce((sum, { population }) => sum + population.count, 0);
  const most = Math.min(mostPerProcess(walls), DEVICES_PER_PROCESS);
  const processes = Math.ceil(devices / Math.max(1, most));
  checkMemory(devices, processes, walls);
  checkBrokers(populations, walls);
  const shards = cut(populations, devices, processes);
  return { devices, shards, words: inWords(devices, processes, walls) };
}

function inWords(devices: number, processes: number, walls: Walls): readonly string[] {
  const each = Math.ceil(devices / processes);
  return [
    `${devices} devices in ${processes === 1 ? 'one process' : `${processes} processes of at most ${each}`}`,
    `this machine allows ${mostPerProcess(walls)} devices per process (open files), ${walls.cores} cores share the work`,
    `they need about ${megabytes(memoryOf(devices, processes))} of memory, ${megabytes(walls.memoryB)} are free`,
  ];
}

const memoryOf = (devices: number, processes: number): number => devices * DEVICE_B + processes * PROCESS_B;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

function checkMemory(devices: number, processes: number, walls: Walls): void {
  const neededB = memoryOf(devices, processes);
  if (neededB <= walls.memoryB) return;
  const fit = Math.max(0, Math.floor((walls.memoryB - processes * PROCESS_B) / DEVICE_B));
  throw wall(
    `${devices} devices do not fit into this machine's memory`,
    `about ${megabytes(neededB)} free`,
    `${megabytes(walls.memoryB)} free`,
    `about ${fit} devices fit`,
  );
}

/** Devices of all populations that connect to the same place count together. */
function checkBrokers(populations: readonly PlannedPopulation[], walls: Walls): void {
  for (const group of Map.groupBy(populations, ({ population }) => placeOf(population.broker)).entries()) {
    const [place, all] = group;
    const devices = all.reduce((sum, { population }) => sum + population.count, 0);
    const holds = Math.min(...all.map(({ brokerHolds = Infinity }) => brokerHolds));
    if (devices > holds) {
      throw wall(
        `${devices} devices are more than the broker at ${place} can hold`,
        `at most ${holds} connections`,
        `${devices} devices`,
        `use ${Math.ceil(devices / holds)} brokers as regions, bridged, or one on a machine that allows more open files`,
      );
    }
    const isLoopback = place.startsWith('127.') && process.platform === 'linux';
    if (!isLoopback && devices > walls.kernelPorts) {
      throw wall(
        `${devices} devices are more than this machine has ports for connections to ${place}`,
        `at most ${walls.kernelPorts} connections from one address to one listener`,
        `${devices} devices`,
        'use several listeners, or widen net.ipv4.ip_local_port_range',
      );
    }
  }
}

function wall(message: string, expected: string, actual: string, hint: string): FieldbenchError {
  return new FieldbenchError({ code: 'FB_FLEET_WALL', message, expected, actual, hint });
}

function checkTable({ population: { name, count, columns }, rows = [] }: PlannedPopulation): void {
  if (columns.length === 0 || rows.length >= count) return;
  throw new FieldbenchError({
    code: 'FB_FLEET_TABLE',
    message: `the table of "${name}" is shorter than its count`,
    expected: `a row for each of ${count} devices`,
    actual: `${rows.length} rows`,
    hint: `lower the count to ${rows.length}, or add rows`,
  });
}

/** One population behind the other, cut into equal parts: devices that are neighbours share a process. */
function cut(populations: readonly PlannedPopulation[], devices: number, processes: number): Slice[][] {
  const shards: Slice[][] = Array.from({ length: processes }, () => []);
  let before = 0;
  for (const { population, rows = [] } of populations) {
    for (let first = 1; first <= population.count;) {
      const shard = Math.floor(((before + first - 1) * processes) / devices);
      const end = Math.ceil(((shard + 1) * devices) / processes) - before;
      const last = Math.min(population.count, Math.max(first, end));
      const own = population.columns.length === 0 ? [] : rows.slice(first - 1, last).map((row) => [...row]);
      shards[shard]?.push({ population, from: first, to: last, rows: own });
      first = last + 1;
    }
    before += population.count;
  }
  return shards;
}
