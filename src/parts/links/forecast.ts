// Brings time into a link: its outages, a recorded timeline, and the second interface that takes over.
import type { LinkProfile } from '../../faults/link-profile.ts';
import { pointAt, type TimelinePoint } from '../../faults/link-timeline.ts';
import type { PlayedTimeline } from '../../faults/played-timeline.ts';
import { weatherOf } from '../../faults/outages.ts';
import type { Weather } from '../../faults/weather.ts';
import type { CancelTimer, Clock } from '../../net/clock.ts';
import type { LinkState, Shape } from './link-state.ts';

/** What a forecast acts on. */
export interface ForecastOptions {
  readonly link: string;
  readonly seed: number;
  readonly clock: Clock;
  readonly state: LinkState;
  readonly profile: LinkProfile;
  readonly timeline?: PlayedTimeline | undefined;
  /** The address of the client's side has changed: what becomes of connections that stand. */
  readonly onSwitch: (connections: 'survive' | 'silent' | 'rst', cause: string) => void;
}

/** Follows the clock from `begin` until it is disposed of. A cut by the run itself is not its business. */
export class Forecast implements Disposable {
  readonly #options: ForecastOptions;
  #profile: LinkProfile;
  #first: Interface;
  #second: Interface | undefined;
  #onSecond = false;
  #beganMs = 0;
  #cancelTimer: CancelTimer | undefined;

  constructor(options: ForecastOptions) {
    this.#options = options;
    this.#profile = options.profile;
    this.#first = this.#firstOf(options.profile);
    this.#second = this.#secondOf(options.profile);
  }

  begin(): void {
    this.#beganMs = this.#options.clock.nowMs();
    this.#tick();
  }

  [Symbol.dispose](): void {
    this.#cancelTimer?.();
  }

  /**
   * The run changes the link: figures alone leave its outages as they are, a whole profile brings its own, and its own
   * second interface.
   * @throws FieldbenchError `FB_LINK_FIGURES`
   */
  shape(shape: Shape): void {
    this.#options.state.shape(shape);
    const { profile } = shape;
    if (profile === undefined) return;
    this.#profile = profile;
    this.#first = this.#firstOf(profile);
    this.#second = this.#secondOf(profile);
    this.#onSecond = false;
    this.#cancelTimer?.();
    this.#tick();
  }

  #firstOf(profile: LinkProfile): Interface {
    const { seed, link } = this.#options;
    return new Interface(profile, { seed, link });
  }

  #secondOf({ failover }: LinkProfile): Interface | undefined {
    const { seed, link } = this.#options;
    return failover && new Interface(failover.to, { seed, link: `${link} second` });
  }

  #tick(): void {
    const { clock } = this.#options;
    const tMs = clock.nowMs() - this.#beganMs;
    const nextMs = Math.min(this.#playTimeline(tMs), this.#playWeather(tMs));
    if (nextMs === Infinity) return;
    this.#cancelTimer = clock.after(Math.max(0, nextMs - tMs), () => this.#tick());
  }

  /** Gives when to look again. */
  #playWeather(tMs: number): number {
    const first = this.#first.at(tMs);
    const second = this.#second?.at(tMs);
    const switchMs = this.#switch(tMs);
    this.#options.state.want('weather', wantedIn(this.#onSecond && second ? second : first));
    return Math.min(first.untilMs, second?.untilMs ?? Infinity, switchMs);
  }

  /** Takes the other interface where it is time to; gives when to look again. */
  #switch(tMs: number): number {
    const { failover, title } = this.#profile;
    if (failover === undefined) return Infinity;
    const { afterS, backAfterS, to, connections } = failover;
    const waitS = this.#onSecond ? backAfterS : afterS;
    const sinceMs = this.#onSecond ? this.#first.upSinceMs : this.#first.outSinceMs;
    if (sinceMs === undefined) return Infinity;
    if (tMs < sinceMs + waitS * 1000) return sinceMs + waitS * 1000;
    this.#onSecond = !this.#onSecond;
    this.#options.state.shape({ profile: this.#onSecond ? to : this.#profile });
    this.#options.onSwitch(connections, `failover to ${this.#onSecond ? to.title : title}`);
    return Infinity;
  }

  #playTimeline(tMs: number): number {
    const { timeline, state } = this.#options;
    if (timeline === undefined) return Infinity;
    const point = pointAt(timeline.timeline, tMs);
    const base = (point.profile === undefined ? undefined : timeline.profiles[point.profile]) ?? this.#profile;
    state.shape({ profile: profileAt(base, point) });
    const cause = point.state === 'up' ? '' : `timeline ${timeline.timeline.file}`;
    state.want('timeline', { state: point.state, cause });
    return point.untilMs;
  }
}

/** One interface and how long it has been up, or out. */
class Interface {
  readonly #weather: { at(tMs: number): Weather };
  #isOut = false;
  #sinceMs = 0;

  constructor({ outages }: LinkProfile, name: { readonly seed: number; readonly link: string }) {
    this.#weather = weatherOf(outages, name);
  }

  at(tMs: number): Weather {
    const weather = this.#weather.at(tMs);
    const isOut = weather.state !== 'up';
    if (isOut !== this.#isOut) this.#sinceMs = weather.fromMs;
    this.#isOut = isOut;
    return weather;
  }

  get outSinceMs(): number | undefined {
    return this.#isOut ? this.#sinceMs : undefined;
  }

  get upSinceMs(): number | undefined {
    return this.#isOut ? undefined : this.#sinceMs;
  }
}

function wantedIn({ state, rateShare, extraDelayMs, extraLossPct, cause }: Weather) {
  return { state, rateShare, extraDelayMs, extraLossPct, cause };
}

function profileAt(base: LinkProfile, point: TimelinePoint): LinkProfile {
  const { delayMs, jitterMs, lossPct, upBitPerS, downBitPerS } = point;
  const direction = (it: LinkProfile['up'], rateBitPerS: number | undefined): LinkProfile['up'] => ({
    ...it,
    ...(delayMs !== undefined && { delayMs }),
    ...(jitterMs !== undefined && { jitterMs }),
    ...(lossPct !== undefined && { loss: { model: 'bernoulli', lossPct } }),
    ...(rateBitPerS !== undefined && { rateBitPerS }),
  });
  return { ...base, up: direction(base.up, upBitPerS), down: direction(base.down, downBitPerS) };
}
