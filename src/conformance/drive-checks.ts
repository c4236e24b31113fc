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

/** Drives the checks: `parallel` ones side by side, then the others one at a time. Rejects only when aborted. */
export async function driveChecks(
  checks: readonly Check[],
  target: DrivenTarget,
  options: DriveOptions,
): Promise<void> {
  const waiting = checks.map((check, index) => ({ check, prefix: `${options.prefix}${index.toString(36)}` }));
  const together = waiting.filter((it) => it.check.group === 'parallel');
  const lanes = Array.from({ length: options.width ?? 16 }, async () => {
    for (let next = together.shift(); next; next = together.shift()) {
      await driveCheck(next.check, next.prefix, target, options);
    }
  });
  await Promise.all(lanes);
  for (const it of waiting) {
    if (it.check.group !== 'parallel') await driveCheck(it.check, it.prefix, target, options);
  }
}

async function driveCheck(check: Check, prefix: string, target: DrivenTarget, options: DriveOptions): Promise<void> {
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
    return;
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
  });
  note('begun');
  try {
    await Promise.race([check.drive(bench), aborted(signal)]);
    note('driven');
  } catch (error) {
    options.signal.throwIfAborted();
    note('aborted', error instanceof Error ? error.message : String(error));
  } finally {
    cancel();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
