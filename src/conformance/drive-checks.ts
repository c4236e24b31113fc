// Drives checks against one target, side by side where they allow it; what happened stands in the history.
import type { History } from '../history/event.ts';
import type { RuleParameters } from '../judge/rule.ts';
import type { Clock } from '../net/clock.ts';
import type { ConnectionIds } from '../net/connection-ids.ts';
import { SituationFailed } from './bench.ts';
import type { Check } from './check.ts';
import type { DrivenPlace, DrivenTarget } from './driven-target.ts';
import { WireBench } from './wire-bench.ts';

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

/** One check on its way: with its own part of every name, and whether it is in vain to try. */
interface Turn {
  readonly check: Check;
  readonly prefix: string;
}

/**
 * Drives the checks: `parallel` ones and those on a broker of their own side by side, then the others one at a time.
 * Rejects only when aborted.
 */
export async function driveChecks(
  checks: readonly Check[],
  target: DrivenTarget,
  options: DriveOptions,
): Promise<void> {
  const waiting = checks.map((check, index): Turn => ({ check, prefix: `${options.prefix}${index.toString(36)}` }));
  const isAlone = ({ check }: Turn): boolean =>
    check.group === 'alone' || (check.group === 'ownInstance' && target.startAnother === undefined);
  let failures: string[] = [];
  const take = async (turn: Turn): Promise<void> => {
    const hopeless = failures.length < hopelessAfter ? undefined : failures.at(-1);
    const failure = await new CheckDrive(turn, target, options).drive(hopeless);
    if (hopeless !== undefined) return;
    failures = failure === undefined ? [] : [...failures, failure];
  };
  // Those that take longest first: they wait for a start, or for time to pass.
  const together = waiting.filter((turn) => !isAlone(turn)).toSorted((a, b) => rank(a) - rank(b));
  const lanes = Array.from({ length: options.width ?? 16 }, async () => {
    for (let turn = together.shift(); turn; turn = together.shift()) await take(turn);
  });
  await Promise.all(lanes);
  for (const turn of waiting.filter(isAlone)) await take(turn);
}

const rank = ({ check }: Turn): number => (check.group === 'ownInstance' ? 0 : 1);

/** One check driven once. */
class CheckDrive {
  readonly #turn: Turn;
  readonly #target: DrivenTarget;
  readonly #options: DriveOptions;

  constructor(turn: Turn, target: DrivenTarget, options: DriveOptions) {
    this.#turn = turn;
    this.#target = target;
    this.#options = options;
  }

  /** Gives why the check's situation could not be brought about; nothing when it could, or was not to be. */
  async drive(hopeless: string | undefined): Promise<string | undefined> {
    this.#options.signal.throwIfAborted();
    const reason = this.#whyNot();
    if (reason !== undefined) {
      this.#note('skipped', reason);
      return undefined;
    }
    if (hopeless !== undefined) {
      const why = `not tried, because ${hopelessAfter} checks in a row failed to come about; the last: ${hopeless}`;
      this.#note('aborted', why);
      return undefined;
    }
    this.#note('begun');
    try {
      await this.#bring();
      this.#note('driven');
      return undefined;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      this.#note('aborted', why);
      return why;
    }
  }

  /** Why this check is not for this target. */
  #whyNot(): string | undefined {
    const { check } = this.#turn;
    const missing = check.needs.flatMap((need) => this.#target.lacks.get(need) ?? []);
    if (missing.length > 0) return missing.join('; ');
    if (check.unsafe === undefined || this.#target.spared === undefined) return undefined;
    return `it ${check.unsafe}; ${this.#target.spared}`;
  }

  /** Brings the situation about within the bound, at the target or at a broker of the check's own. */
  async #bring(): Promise<void> {
    const { check, prefix } = this.#turn;
    const { clock, signal: outer } = this.#options;
    const bound = new AbortController();
    const signal = AbortSignal.any([outer, bound.signal]);
    const timeoutMs = this.#options.checkTimeoutMs ?? 60_000;
    const cancel = clock.after(timeoutMs, () => bound.abort(new SituationFailed(`not over after ${timeoutMs} ms`)));
    try {
      await using place = await this.#place();
      await using bench = new WireBench({
        ...this.#options,
        place,
        target: this.#target.name,
        check: check.id,
        prefix,
        signal,
        giveUp: (why) => bound.abort(why),
      });
      await Promise.race([check.drive(bench), aborted(signal)]);
    } finally {
      cancel();
      bound.abort(new SituationFailed('the check is over')); // Ends what of it still waits beside the part that failed.
    }
  }

  async #place(): Promise<DrivenPlace & AsyncDisposable> {
    const { check } = this.#turn;
    if (check.group === 'ownInstance' && this.#target.startAnother) return this.#target.startAnother(check.id);
    return { ...this.#target, [Symbol.asyncDispose]: () => Promise.resolve() };
  }

  #note(phase: 'begun' | 'driven' | 'aborted' | 'skipped', reason?: string): void {
    this.#options.history.record({
      kind: 'check',
      check: this.#turn.check.id,
      target: this.#target.name,
      phase,
      ...(reason !== undefined && { reason }),
    });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
