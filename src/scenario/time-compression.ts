// Device schedules played faster than written; keep alive and links stay as they are, which bounds how much faster.
import type { PlannedDevice } from '../bench/planned-device.ts';
import { FieldbenchError } from '../error.ts';
import type { ScenarioFile } from './read-scenario.ts';

/** A keep alive in proportion would be shorter than this: no stack and no network is made for that. */
const leastKeepAliveMs = 5000;

/** A device whose intervals are so many times shorter. */
export function compressedDevice(it: PlannedDevice, by: number): PlannedDevice {
  switch (it.kind) {
    case 'sensor':
      return { ...it, intervalMs: it.intervalMs / by, timeCompression: by };
    case 'http-poller':
      return { ...it, intervalMs: it.intervalMs / by };
    case 'mqtt-js':
    case 'paho-python':
      return it.publishes === undefined
        ? it
        : { ...it, publishes: { ...it.publishes, intervalMs: it.publishes.intervalMs / by } };
    case 'modbus-mqtt':
    case 'node-red':
    case 'container:node-red':
      return { ...it, pollMs: it.pollMs / by };
    default:
      return it;
  }
}

/** One error for each device whose schedule would need a keep alive that is too short. */
export function compressionProblems(file: ScenarioFile, by: number): readonly FieldbenchError[] {
  if (by === 1) return [];
  return Object.entries(file.scenario.devices).flatMap(([name, it]) => {
    const keepAliveMs = 'keepAlive' in it ? it.keepAlive : 0;
    if (keepAliveMs === 0 || keepAliveMs / by >= leastKeepAliveMs) return [];
    return new FieldbenchError({
      code: 'FB_TIME_COMPRESSION',
      message: `devices.${name}: ${by} times faster its keep alive of ${keepAliveMs / 1000} s would have to be ${keepAliveMs / by / 1000} s`,
      expected: `at least ${leastKeepAliveMs / 1000} s`,
      at: file.place(['devices', name, 'keepAlive']),
      hint: `compress at most ${Math.max(1, keepAliveMs / leastKeepAliveMs)} times, or raise "keepAlive"`,
    });
  });
}
