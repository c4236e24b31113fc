// A tap run: a link before a broker that stands until somebody has seen enough.
import type { Bench } from '../bench/bench.ts';
import { checkTapLink, startTap, type StandingTap, type TapSetup } from '../bench/tap.ts';
import { FieldbenchError } from '../error.ts';
import { defaultParameters } from '../judge/rule.ts';
import { addressFilter } from '../net/allowed-addresses.ts';
import { pause } from '../net/clock.ts';
import { targetOf } from '../bench/target/target.ts';
import { unjudged, unlooked } from './judge-run.ts';
import type { PreparedRun } from './prepared-run.ts';

/** What stands where, and for how long. */
export interface TapOptions extends Omit<TapSetup, 'unread'> {
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
  /** Somebody has seen enough; it stands no longer when this returns. */
  readonly onLeaving?: (tap: StandingTap) => void;
}

/**
 * Prepares a tap run.
 * @throws FieldbenchError `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`, `FB_ALLOW`, `FB_USAGE`, `FB_LINK_CAPABILITY`
 */
export function prepareTap(options: TapOptions, { leave, onStanding, onLeaving }: TapWatch): PreparedRun {
  const { upstream, seed = 1, judge = true, forMs, words = [], entrance = {} } = options;
  const passes = entrance.tls?.kind === 'pass';
  if (passes) mustSuitEncryption(options);
  targetOf(upstream); // An unknown one is told before anything starts.
  addressFilter(entrance.allow ?? []);
  checkTapLink(options);
  const command = ['fieldbench tap', ...words, `--seed ${seed}`].join(' ');
  return {
    bench: { mode: 'tap', seed, command, parameters: { ...defaultParameters } },
    async drive(bench) {
      if (!judge || passes) bench.history.record({ kind: 'mark', name: unjudged });
      const tap = await startTap({ ...options, ...(!judge && { unread: unlooked }) }, bench);
      onStanding?.(tap, bench);
      await enough(bench, leave, forMs);
      onLeaving?.(tap);
    },
  };
}

/** What stays encrypted needs somebody at its other end, and has no packets in between. */
function mustSuitEncryption({ upstream, faults = [] }: TapOptions): void {
  if (faults.length > 0) {
    throw new FieldbenchError({
      code: 'FB_USAGE',
      message: 'packet faults cannot act on what stays encrypted',
      expected: '--tls pass without --faults',
      hint: '--tls auto, or --tls CERT,KEY, ends TLS at the tap',
    });
  }
  if (/^(?:mqtts|wss):\/\//.test(upstream)) return;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: 'TLS that is passed through needs a broker that speaks it',
    expected: '--upstream mqtts://HOST:PORT or wss://HOST:PORT/PATH',
    actual: `--upstream ${upstream}`,
    hint: '--tls auto, or --tls CERT,KEY, ends TLS at the tap',
  });
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
