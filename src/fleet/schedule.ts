// When each device means to publish: planned from the seed alone, so that a slow broker or a slow bench moves nothing.
import { draw } from '../faults/draw.ts';
import type { DeviceIdentity } from './device-identity.ts';
import type { Traffic } from './population.ts';

type OpenPace = Extract<Traffic['pace'], { readonly kind: 'open' }>;

/** Which message of whom. */
export interface ScheduledLane {
  readonly seed: number;
  readonly device: DeviceIdentity;
  readonly lane: number;
  readonly pace: OpenPace;
}

/** When the first message is due after the beginning: devices that are alike are spread over the interval. */
export function firstDelayMs(it: ScheduledLane): number {
  return it.pace.arrival === 'random' ? randomGapMs(it, 0) : drawOf(it, 0) * it.pace.everyMs;
}

/** How long after the message with this ordinal, from 1, the next one is due. */
export function gapMs(it: ScheduledLane, ordinal: number): number {
  return it.pace.arrival === 'random' ? randomGapMs(it, ordinal) : it.pace.everyMs;
}

/** Exponential gaps: a Poisson process, whose messages know nothing of each other. */
function randomGapMs(it: ScheduledLane, n: number): number {
  return -Math.log(1 - drawOf(it, n)) * it.pace.everyMs;
}

function drawOf({ seed, device, lane }: ScheduledLane, n: number): number {
  const link = `${device.population}/${lane}`;
  return draw({ seed, link, connection: device.n, direction: 'toServer', purpose: 'schedule', n });
}
