// A tap run: a link before a broker that stands until somebody has seen enough.
import type { Bench } from '../bench/bench.ts';
import { startTap, type StandingTap, type TapSetup } from '../bench/tap.ts';
import { plainProfile } from '../faults/link-profile.ts';
import { defaultParameters } from '../judge/rule.ts';
import { pause } from '../net/clock.ts';
import { brokerTarget } from '../parts/brokers/drivers.ts';
import { unjudged } from './judge-run.ts';
import type { PreparedRun } from './prepared-run.ts';

/** What stands where, and for how long. */
export interface TapOptions extends Partial<Omit<TapSetup, 'upstream'>> {
  readonly upstream: string;
  /** False: a plain link for any program, and no verdict. Default true. */
  readonly judge?: boolean;
  /** Ends by itself after so long. */
  readonly forMs?: number;
  readonly seed?: number;
  /** The words on the command line, for the command that repeats the run. */
  readonly words?: readonly string[];
}

/** What watches over a tap run from outside. */
export interface TapWatch {
  /** Aborted, it ends the run in order once the tap stands: what was gathered is a whole run. */
  readonly leave: AbortSignal;
  /** Devices can come now. */
  readonly onStanding?: (tap: StandingTap, bench: Bench) => void;
}

/**
 * Prepares a tap run.
 * @throws FieldbenchError `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`
 */
export function prepareTap(options: TapOptions, { leave, onStanding }: TapWatch): PreparedRun {
  const { upstream, seed = 1, judge = true, forMs, words = [] } = options;
  brokerTarget(upstream); // An unknown one is told before anything starts.
  const command = ['fieldbench tap', ...words, `--seed ${seed}`].join(' ');
  return {
    bench: { mode: 'tap', seed, command, parameters: { ...defaultParameters } },
    async drive(bench) {
      if (!judge) bench.history.record({ kind: 'mark', name: unjudged });
      const { profile = plainProfile, faults = [], listenOn } = options;
      const tap = await startTap({ upstream, profile, faults, ...(listenOn && { listenOn }) }, bench);
      onStanding?.(tap, bench);
      await enough(bench, leave, forMs);
    },
  };
}

/** @throws the reason of the bench's signal */
async function enough(
  { context: { clock, signal } }: Bench,
  leave: AbortSignal,
  forMs: number | undefined,
): Promise<void> {
  const stop = AbortSignal.any([leave, signal]);
  // Nobody waits for longer than a timer can.
  const left = forMs === undefined ? aborted(stop) : pause(clock, forMs, stop);
  await left.catch((error: unknown) => {
    if (!leave.aborted || signal.aborted) throw error;
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
