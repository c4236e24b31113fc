// Plays a plan: bolts its parts together, waits until everybody is online, and lets the timeline happen.
import { pause } from '../net/clock.ts';
import { Assembly } from './assembly.ts';
import { findPrograms } from './foreign-programs.ts';
import type { Bench } from './bench.ts';
import { Conditions } from './condition.ts';
import type { Plan } from './plan.ts';
import type { PlannedAction } from './planned-action.ts';
import { playTimeline } from './timeline.ts';

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
  const { clock, history, signal } = bench.context;
  using conditions = new Conditions(bench.history, clock);
  const programs = await findPrograms(plan, signal);
  const parts = new Assembly(plan, bench, { resolveFile: options.resolveFile, conditions, programs });
  for (const it of plan.brokers) await parts.startBroker(it);
  for (const it of plan.devices) await parts.startDevice(it);
  history.record({ kind: 'mark', name: 'timeline', data: { step: 'everybody is online' } });
  await playTimeline(plan.steps, plan.durationMs, {
    context: bench.context,
    conditions,
    act: (action) => parts.act(action),
    inWords: options.inWords,
  });
  history.record({ kind: 'mark', name: 'timeline', data: { step: 'publishing ends' } });
  parts.rest();
  await pause(clock, plan.settleMs, signal);
  history.record({ kind: 'mark', name: 'settled' });
}
