// Drives checks against one target, side by side where they allow it; what happened stands in the history.
import type { History } from '../history/event.ts';
import type { RuleParameters } from '../judge/rule.ts';
import type { Clock } from '../net/clock.ts';
import type { ConnectionIds } from '../net/connection-ids.ts';
import type { Endpoint } from '../net/wire.ts';
import { SituationFailed } from './bench.ts';
import type { Check, Need } from './check.ts';
import { WireBench } from './wire-bench.ts';

/** A target that stands and is to be driven. */
export interface DrivenTarget {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** What the target declares that it does not offer. */
  readonly lacks: readonly Need[];
}

/** What driving needs besides the target. */
export interface DriveOptions {
  /** Unique per run; first part of every client id and topic, so only letters and digits. */
  readonly prefix: string;
  readonly history: History;
  readonly clock: Clock;
  readonly connectionIds: ConnectionIds;
  readonly parameters: RuleParameters;
  readonly signal: AbortSignal;
  /** How many checks run side by side; default 16. */
  readonly width?: number;
  /** Bound on one check, whatever the target does; default 60,000. */
  readonly checkTimeoutMs?: number;
}

/** So many checks in a row that could not be brought about: the target is gone, mute or mad, and the rest is not tried. */
const hopelessAfter = 16;

/** Drives the checks: `parallel` ones side by side, then the others one at a time. Rejects only when aborted. */
export async function driveChecks(
  checks: readonly Check[],
  target: DrivenTarget,
  options: DriveOptions,
): Promise<void> {
  const waiting = checks.map((check, index) => ({ check, prefix: `${options.prefix}${index.toString(36)}` }));
  const together = waiting.filter((it) => it.check.group === 'parallel');
  let failures: string[] = [];
  const next = async ({ check, prefix }: (typeof waiting)[number]): Promise<void> => {
    const hopeless = failures.length < hopelessAfter ? undefined : failures.at(-1);
    const failure = await driveCheck(check, prefix, target, options, hopeless);
    if (hopeless !== undefined) return;
    failures = failure === undefined ? [] : [...failures, failure];
  };
  const lanes = Array.from({ length: options.width ?? 16 }, async () => {
    for (let it = together.shift(); it; it = together.shift()) await next(it);
  });
  await Promise.all(lanes);
  for (const it of waiting) {
    if (it.check.group !== 'parallel') await next(it);
  }
}

/** Gives why the check's situation could not be brought about; nothing when it could, or was not to be. */
async function driveCheck(
  check: Check,
  prefix: string,
  target: DrivenTarget,
  options: DriveOptions,
  hopeless: string | undefined,
): Promise<string | undefined> {
  options.signal.throwIfAborted();
  const note = (phase: 'begun' | 'driven' | 'aborted' | 'skipped', reason?: string): void =>
    options.history.record({
      kind: 'check',
      check: check.id,
      target: target.name,
      phase,
      ...(reason !== undefined && { reason }),
    });
  const missing = check.needs.filter((it) => target.lacks.includes(it));
  if (missing.length > 0) {
    note('skipped', `the target declares that it lacks ${missing.join(', ')}`);
    return undefined;
  }
  if (hopeless !== undefined) {
    note('aborted', `not tried, because ${hopelessAfter} checks in a row failed to come about; the last: ${hopeless}`);
    return undefined;
  }
  const bound = new AbortController();
  const signal = AbortSignal.any([options.signal, bound.signal]);
  const timeoutMs = options.checkTimeoutMs ?? 60_000;
  const cancel = options.clock.after(timeoutMs, () =>
    bound.abort(new SituationFailed(`not over after ${timeoutMs} ms`)),
  );
  await using bench = new WireBench({
    ...options,
    target: target.name,
    endpoint: target.endpoint,
    check: check.id,
    prefix,
    signal,
    giveUp: (why) => bound.abort(why),
  });
  note('begun');
  try {
    await Promise.race([check.drive(bench), aborted(signal)]);
    note('driven');
    return undefined;
  } catch (error) {
    options.signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    note('aborted', why);
    return why;
  } finally {
    cancel();
    bound.abort(new SituationFailed('the check is over')); // Ends what of it still waits beside the part that failed.
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
