// What a link is at this moment: its figures, and which way nothing passes, whoever brought that about.
import { checkedProfile } from '../../faults/checked-profile.ts';
import type { DirectionProfile, LinkProfile, OutageMode } from '../../faults/link-profile.ts';
import type { Direction } from '../../faults/packet-fault.ts';
import type { History, LinkChanged } from '../../history/event.ts';
import type { Admission } from '../../net/relay.ts';

/** What becomes of bytes in one direction. */
export type Passing = 'open' | 'freeze' | 'drop';

/** Who may put a link out: a person or timeline of the run, the weather of its profile, or a recorded timeline. */
export type StateSource = 'run' | 'weather' | 'timeline';

/** How one source wants the link. */
export interface Wanted {
  readonly state: 'up' | 'rst' | OutageMode;
  /** What is left of the rate, 0 to 1. */
  readonly rateShare?: number;
  readonly extraDelayMs?: number;
  readonly extraLossPct?: number;
  /** Why, in words, for the history. */
  readonly cause?: string;
}

/** One direction as it is now. */
export interface DirectionNow extends DirectionProfile {
  readonly passing: Passing;
  readonly extraLossPct: number;
}

/** Figures to change; what is absent stays. */
export interface Shape {
  readonly profile?: LinkProfile;
  readonly delayMs?: number;
  readonly jitterMs?: number;
}

const directions: readonly Direction[] = ['toServer', 'toClient'];
const up: Wanted = { state: 'up' };

/** State and figures of one link. Each change is recorded, and told to who follows. */
export class LinkState {
  readonly #link: string;
  readonly #history: History;
  readonly #wanted = new Map<StateSource, Wanted>();
  readonly #followers = new Set<() => void>();
  #profile: LinkProfile;
  #leave = Promise.withResolvers<void>();
  /** Nobody wants anything: asked for on every chunk, so worked out once. */
  #isUp = true;

  /** @throws FieldbenchError `FB_LINK_FIGURES` */
  constructor(link: string, profile: LinkProfile, history: History) {
    this.#link = link;
    this.#history = history;
    this.#profile = profile;
    checkedProfile(profile);
  }

  get profile(): LinkProfile {
    return this.#profile;
  }

  /** Directions in which nothing arrives. */
  get dead(): ReadonlySet<Direction> {
    return new Set(directions.filter((it) => this.passing(it) !== 'open'));
  }

  /** Whether connections are reset. */
  get resets(): boolean {
    return this.#all().some((it) => it.state === 'rst');
  }

  /** What becomes of bytes in this direction. */
  passing(direction: Direction): Passing {
    if (this.#isUp) return 'open';
    const states = new Set(this.#all().map((it) => passingIn(it.state, direction)));
    return states.has('drop') ? 'drop' : states.has('freeze') ? 'freeze' : 'open';
  }

  /** One direction with everything that acts on it. */
  now(direction: Direction): DirectionNow {
    const profile = this.#profile[direction === 'toServer' ? 'up' : 'down'];
    if (this.#isUp) return { ...profile, passing: 'open', extraLossPct: 0 };
    let { delayMs, rateBitPerS } = profile;
    let kept = 1;
    for (const it of this.#all()) {
      delayMs += it.extraDelayMs ?? 0;
      if (rateBitPerS !== undefined) rateBitPerS *= it.rateShare ?? 1;
      kept *= 1 - (it.extraLossPct ?? 0) / 100;
    }
    return {
      ...profile,
      delayMs,
      ...(rateBitPerS !== undefined && { rateBitPerS }),
      passing: this.passing(direction),
      extraLossPct: 100 * (1 - kept),
    };
  }

  /** What happens to a connection that is dialled now. A handshake needs both directions: it waits until both are up. */
  async admit(): Promise<Admission> {
    while (!this.resets && this.dead.size > 0) await this.#leave.promise;
    return this.resets ? 'reset' : 'dial';
  }

  /** Whether a connection may be dialled at once. */
  get isOpen(): boolean {
    return this.#isUp || (!this.resets && this.dead.size === 0);
  }

  /** Whether nothing acts on it but its own profile. */
  get isFair(): boolean {
    return this.#isUp;
  }

  /** Resolves with the next change. */
  get change(): Promise<void> {
    return this.#leave.promise;
  }

  /** Calls `follower` after every change; the result ends that. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** The link stands. */
  begin(): void {
    this.#record();
  }

  /** The profile as it would be with these figures. */
  shaped({ profile = this.#profile, delayMs, jitterMs }: Shape): LinkProfile {
    if (delayMs === undefined && jitterMs === undefined) return profile;
    const shaped = (it: DirectionProfile): DirectionProfile => ({
      ...it,
      ...(delayMs !== undefined && { delayMs }),
      ...(jitterMs !== undefined && { jitterMs }),
    });
    return { ...profile, up: shaped(profile.up), down: shaped(profile.down) };
  }

  /** @throws FieldbenchError `FB_LINK_FIGURES` */
  shape(shape: Shape): void {
    this.#profile = checkedProfile(this.shaped(shape));
    this.#changed();
  }

  /** One source says how it wants the link from now on. */
  want(source: StateSource, wanted: Wanted): void {
    if (sameWanted(this.#wanted.get(source) ?? up, wanted)) return;
    this.#wanted.set(source, wanted);
    this.#isUp = this.#all().every((it) => sameWanted({ ...it, cause: '' }, up));
    this.#changed();
  }

  cut(how: 'drop' | 'rst'): void {
    this.want('run', { state: how });
  }

  /** `half-open-up` says that the way up, to the server, is the dead one. */
  halfOpen(dead: Direction): void {
    this.want('run', { state: dead === 'toServer' ? 'half-open-up' : 'half-open-down' });
  }

  /** Takes back what the run has done; the weather stays what it is. */
  restore(): void {
    this.want('run', up);
  }

  #all(): readonly Wanted[] {
    return [...this.#wanted.values()];
  }

  #changed(): void {
    this.#record();
    this.#leave.resolve();
    this.#leave = Promise.withResolvers();
    for (const follower of this.#followers) follower();
  }

  #record(): void {
    const cause = this.#all()
      .flatMap((it) => it.cause ?? [])
      .join(', ');
    this.#history.record({
      kind: 'link',
      link: this.#link,
      state: this.#word(),
      figures: figuresOf(this.now('toServer'), this.now('toClient')),
      ...(cause !== '' && { cause }),
    });
  }

  #word(): LinkChanged['state'] {
    const [toServer, toClient] = directions.map((it) => this.passing(it));
    if (this.resets || (toServer === 'drop' && toClient === 'drop')) return 'cut';
    if (toServer === 'open' && toClient === 'open') return 'up';
    if (toClient === 'open') return 'half-open-up';
    return toServer === 'open' ? 'half-open-down' : 'frozen';
  }
}

function passingIn(state: Wanted['state'], direction: Direction): Passing {
  switch (state) {
    case 'drop':
    case 'freeze':
      return state;
    case 'half-open-up':
      return direction === 'toServer' ? 'drop' : 'open';
    case 'half-open-down':
      return direction === 'toClient' ? 'drop' : 'open';
    case 'up':
    case 'rst':
      return 'open';
  }
}

function sameWanted(one: Wanted, other: Wanted): boolean {
  const keyOf = ({ state, rateShare = 1, extraDelayMs = 0, extraLossPct = 0, cause = '' }: Wanted): string =>
    [state, rateShare, extraDelayMs, extraLossPct, cause].join('\n');
  return keyOf(one) === keyOf(other);
}

/** Figures for the history: those of the way up, and of the way down where they differ. */
function figuresOf(toServer: DirectionNow, toClient: DirectionNow): Readonly<Record<string, number>> {
  const of = ({ delayMs, jitterMs, rateBitPerS, extraLossPct }: DirectionNow) => ({
    delayMs,
    jitterMs,
    ...(rateBitPerS !== undefined && { bitPerS: rateBitPerS }),
    ...(extraLossPct > 0 && { extraLossPct }),
  });
  const there = of(toServer);
  const back = of(toClient);
  if (JSON.stringify(there) === JSON.stringify(back)) return there;
  return { ...named('up', there), ...named('down', back) };
}

function named(side: 'up' | 'down', figures: object): Readonly<Record<string, number>> {
  const entries = Object.entries(figures).map(([name, value]: [string, number]) => {
    return [`${side}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, value] as const;
  });
  return Object.fromEntries(entries);
}
