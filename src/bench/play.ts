// Plays a plan: bolts its parts together, waits until everybody is online, and lets the timeline happen.
import { pause } from '../net/clock.ts';
import { Assembly } from './assembly.ts';
import type { Bench } from './bench.ts';
import type { Plan } from './plan.ts';
import type { PlannedAction } from './planned-action.ts';

/** What a plan needs to know beside itself. */
export interface PlayOptions {
  /** Turns the path of a PLC's program, as the scenario gives it, into one that can be read. */
  readonly resolveFile: (path: string) => string;
  /** Words for a step of the timeline, noted in the history when it happens. */
  readonly inWords: (action: PlannedAction) => string;
}

/**
 * Plays a plan to its end. The parts belong to the bench and end with it.
 * @throws FieldbenchError of the parts, `FB_NOT_ONLINE` when a device is not online within a minute
 * @throws the reason of the bench's signal when the run is interrupted
 */
export async function play(plan: Plan, bench: Bench, options: PlayOptions): Promise<void> {
  const parts = new Assembly(plan, bench, options.resolveFile);
  for (const it of plan.brokers) await parts.startBroker(it);
  for (const it of plan.devices) await parts.startDevice(it);
  const { clock, history, signal } = bench.context;
  const beganMs = clock.nowMs();
  history.record({ kind: 'mark', name: 'timeline', data: { step: 'everybody is online' } });
  for (const step of plan.steps) {
    await pause(clock, Math.max(0, beganMs + step.atMs - clock.nowMs()), signal);
    history.record({ kind: 'mark', name: 'timeline', data: { step: options.inWords(step.action) } });
    await parts.act(step.action);
  }
  await pause(clock, Math.max(0, beganMs + plan.durationMs - clock.nowMs()), signal);
  history.record({ kind: 'mark', name: 'timeline', data: { step: 'publishing ends' } });
  parts.rest();
  await pause(clock, plan.settleMs, signal);
  history.record({ kind: 'mark', name: 'settled' });
}
