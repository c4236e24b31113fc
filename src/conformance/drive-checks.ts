// Drives checks against one target, side by side where they allow it; what happened stands in the history.
import type { LinkBefore } from '../bench/linked-connection.ts';
import type { History } from '../history/event.ts';
import type { RuleParameters } from '../judge/rule.ts';
import type { Clock } from '../net/clock.ts';
import type { ConnectionIds } from '../net/connection-ids.ts';
import { SituationFailed } from './bench.ts';
import type { Check } from './check.ts';
import { isMissing, missingWays, qosLevelsBeside, type DrivenPlace, type DrivenTarget } from './driven-target.ts';
import { inLanes } from './in-lanes.ts';
import { Patience } from './patience.ts';
import { plainPace, type Pace } from './pace.ts';
import { WireBench } from './wire-bench.ts';

/** What driving needs besides the target. */
export interface DriveOptions {
  /** Unique per run; first part of every client id and topic, so only letters and digits. */
  readonly prefix: string;
  readonly history: History;
  readonly clock: Clock;
  readonly connectionIds: ConnectionIds;
  /** How long checks wait: at least as long as the rules that judge them allow. */
  readonly parameters: RuleParameters;
  /** Default: that of a target without a link before it. */
  readonly pace?: Pace;
  /** Puts a link of its own before each connection. */
  readonly linkBefore?: LinkBefore;
  readonly signal: AbortSignal;
  /** How many checks run side by side; default 16. */
  readonly width?: number;
  /** Bound on one check from when its broker stands, whatever the target does; default: {@link plainBounds}. */
  readonly checkTimeoutMs?: number;
  /** Bound on all of them together, while no broker starts: then what is not over is aborted; default: {@link plainBounds}. */
  readonly timeLimitMs?: number;
}

/** Bounds of a run without a link. */
export const plainBounds = { checkTimeoutMs: 60_000, timeLimitMs: 52_000 } as const;

type Place = DrivenPlace & AsyncDisposable;

/** One check on its way: with its own part of every name, and where it is driven. */
interface Turn {
  readonly check: Check;
  readonly prefix: string;
  readonly place: () => Promise<Place>;
  readonly lacks: () => Promise<readonly string[]>;
}

/**
 * Drives the checks side by side, those that need a broker for themselves at another one: each `ownInstance` check has
 * its own, the `alone` ones share one and take turns. Where there is no other broker, or one that is slow to start, both
 * take turns after the rest.
 * Rejects only when aborted.
 */
export async function driveChecks(
  checks: readonly Check[],
  target: DrivenTarget,
  options: DriveOptions,
): Promise<void> {
  using patience = new Patience(options.clock, options.timeLimitMs ?? plainBounds.timeLimitMs);
  await using places = new Places(sparing(patience, target));
  // All of one length: else a short one and the client name behind it could make another check's client id.
  const digits = checks.length.toString(36).length;
  const turns = checks.map((check, index) => ({
    check,
    prefix: `${options.prefix}${index.toString(36).padStart(digits, '0')}`,
    place: () => places.of(check),
    lacks: () => places.lacks(check),
  }));
  const of = (group: Check['group']): Turn[] => turns.filter(({ check }) => check.group === group);
  const take = (some: readonly Turn[], atOnce: number): Promise<unknown> =>
    inLanes(some, atOnce, (turn) => new CheckDrive(turn, target, options, patience).drive());
  const width = options.width ?? 16;
  if (target.startAnother === undefined || target.startsSlowly === true) {
    // What takes seconds of the processor to start would starve the broker that is being judged.
    const [elsewhere = [], here = []] = [true, false].map((isThere) =>
      of('parallel').filter(({ check }) => places.isElsewhere(check) === isThere),
    );
    await take(here, width);
    await take(elsewhere, width);
    await take([...of('alone'), ...of('ownInstance')], 1);
  } else {
    // Those that wait for a broker's start come first.
    await Promise.all([take(of('alone'), 1), take([...of('ownInstance'), ...of('parallel')], width)]);
  }
}

/** The same target, where the time that brokers take to start, or to start again, is nobody's fault. */
function sparing(patience: Patience, target: DrivenTarget): DrivenTarget {
  const { startAnother, startSecured, restart } = target;
  const restarting = (begin: DrivenPlace['restart']): Pick<DrivenPlace, 'restart'> =>
    begin ? { restart: (how) => patience.spare(begin(how)) } : {};
  return {
    ...target,
    ...restarting(restart),
    ...(startAnother && {
      startAnother: async (check) => {
        const place = await patience.spare(startAnother(check));
        return { ...place, ...restarting(place.restart) };
      },
    }),
    ...(startSecured && { startSecured: () => patience.spare(startSecured()) }),
  };
}

/** Where checks are driven: at the target, or at another broker of its kind. Disposing ends the one that is shared. */
class Places implements AsyncDisposable {
  readonly #target: DrivenTarget;
  readonly #shared = new AsyncDisposableStack();
  #forAlone: Promise<Place> | undefined;
  #secured: Promise<Place> | undefined;

  constructor(target: DrivenTarget) {
    this.#target = target;
  }

  of(check: Check): Promise<Place> {
    const { id, group } = check;
    const { startAnother } = this.#target;
    if (this.isElsewhere(check)) return this.#atSecured();
    if (group === 'parallel' || startAnother === undefined) return Promise.resolve(leftStanding(this.#target));
    if (group === 'ownInstance') return startAnother(id);
    this.#forAlone ??= startAnother('checks that run alone').then((place) => leftStanding(this.#shared.use(place)));
    return this.#forAlone;
  }

  /** What no place has that the check needs, in words; an instance that may have it is started for that. */
  async lacks(check: Check): Promise<readonly string[]> {
    const { needs } = check;
    const { lacks } = this.#target;
    if (!this.isElsewhere(check)) return needs.flatMap((need) => lacks.get(need) ?? []);
    const secured = await this.#atSecured().catch(() => undefined);
    // That it does not start is told by each check that needs it.
    if (secured === undefined) return [];
    const there = missingWays(secured.variants);
    return needs.flatMap((need) => (isMissing(need, lacks) ? there : lacks).get(need) ?? []);
  }

  /** Whether it is driven at the instance that is started for its listeners. */
  isElsewhere({ needs }: Check): boolean {
    const { startSecured, lacks } = this.#target;
    return startSecured !== undefined && needs.some((need) => isMissing(need, lacks));
  }

  #atSecured(): Promise<Place> {
    this.#secured ??= this.#start();
    return this.#secured;
  }

  async #start(): Promise<Place> {
    const { startSecured } = this.#target;
    if (startSecured === undefined) throw new SituationFailed('the target cannot be started with these listeners');
    return leftStanding(this.#shared.use(await startSecured()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shared[Symbol.asyncDispose]();
  }
}

/** The same place, which does not end with the check that has been there. */
const leftStanding = (place: DrivenPlace): Place => ({ ...place, [Symbol.asyncDispose]: () => Promise.resolve() });

/** One check driven once. */
class CheckDrive {
  readonly #turn: Turn;
  readonly #target: DrivenTarget;
  readonly #options: DriveOptions;
  readonly #patience: Patience;

  constructor(turn: Turn, target: DrivenTarget, options: DriveOptions, patience: Patience) {
    this.#turn = turn;
    this.#target = target;
    this.#options = options;
    this.#patience = patience;
  }

  async drive(): Promise<void> {
    this.#options.signal.throwIfAborted();
    const reason = await this.#whyNot();
    if (reason !== undefined) return this.#note('skipped', reason);
    const hopeless = this.#patience.over;
    if (hopeless !== undefined) return this.#note('aborted', `not tried, because ${hopeless}`);
    this.#note('begun');
    const failure = await this.#failure();
    this.#patience.note(failure);
    if (failure === undefined) this.#note('driven');
    else this.#note('aborted', failure);
  }

  /** Why the check's situation could not be brought about; nothing when it could. */
  async #failure(): Promise<string | undefined> {
    try {
      await this.#bring();
      return undefined;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Why this check is not for this target. */
  async #whyNot(): Promise<string | undefined> {
    const { check } = this.#turn;
    const missing = await this.#turn.lacks();
    if (missing.length > 0) return missing.join('; ');
    if (check.optIn !== undefined && this.#options.linkBefore) return `it ${check.optIn}: too much for a link`;
    if (check.unsafe === undefined || this.#target.spared === undefined) return undefined;
    return `it ${check.unsafe}; ${this.#target.spared}`;
  }

  /** Brings the situation about within the bound, at the target or at a broker of the check's own. */
  async #bring(): Promise<void> {
    const { check, prefix } = this.#turn;
    const { clock, signal: outer } = this.#options;
    await using place = await this.#turn.place();
    const bound = new AbortController();
    const signal = AbortSignal.any([outer, bound.signal, this.#patience.signal]);
    const timeoutMs = this.#options.checkTimeoutMs ?? plainBounds.checkTimeoutMs;
    const cancel = clock.after(timeoutMs, () => bound.abort(new SituationFailed(`not over after ${timeoutMs} ms`)));
    try {
      await using bench = new WireBench({
        pace: plainPace,
        ...this.#options,
        place,
        target: this.#target.name,
        qosLevels: qosLevelsBeside(this.#target.lacks),
        check: check.id,
        prefix,
        signal,
        giveUp: (why) => bound.abort(why),
      });
      await Promise.race([check.drive(bench).then(() => bench.settle()), aborted(signal)]);
    } finally {
      cancel();
      bound.abort(new SituationFailed('the check is over')); // Ends what of it still waits beside the part that failed.
    }
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
    const over = (): void => reject(signal.reason);
    if (signal.aborted) over();
    else signal.addEventListener('abort', over, { once: true });
  });
}
