// Whether a link is up, and which way: told to the history, and asked by its connections.
import { checkedFigures, type LinkFigures } from '../../faults/link-figures.ts';
import type { LinkProfile } from '../../faults/link-profile.ts';
import type { Direction } from '../../faults/packet-fault.ts';
import type { History, LinkChanged } from '../../history/event.ts';
import type { Admission } from '../../net/relay.ts';

const noDirection: ReadonlySet<Direction> = new Set();
const bothDirections: ReadonlySet<Direction> = new Set(['toServer', 'toClient']);

/** State and figures of one link. Each change is recorded. */
export class LinkState {
  readonly #link: string;
  readonly #history: History;
  #figures: LinkFigures;
  #state: LinkChanged['state'] = 'up';
  #dead = noDirection;
  #resets = false;
  #leave = Promise.withResolvers<Admission>();

  /** @throws FieldbenchError `FB_LINK_FIGURES` */
  constructor(link: string, { up: { delayMs, jitterMs } }: LinkProfile, history: History) {
    this.#link = link;
    this.#history = history;
    this.#figures = checkedFigures({ delayMs, jitterMs });
  }

  get figures(): LinkFigures {
    return this.#figures;
  }

  /** Directions in which nothing arrives. */
  get dead(): ReadonlySet<Direction> {
    return this.#dead;
  }

  /** Whether connections are reset. */
  get resets(): boolean {
    return this.#resets;
  }

  /** What happens to a connection that is dialled now. A handshake needs both directions: it waits until both are up. */
  admit(): Admission | Promise<Admission> {
    if (this.#resets) return 'reset';
    return this.#dead.size === 0 ? 'dial' : this.#leave.promise;
  }

  /** The link stands. */
  begin(): void {
    this.#record();
  }

  /** @throws FieldbenchError `FB_LINK_FIGURES` */
  shape({ delayMs = this.#figures.delayMs, jitterMs = this.#figures.jitterMs }: Partial<LinkFigures>): void {
    this.#figures = checkedFigures({ delayMs, jitterMs });
    this.#record();
  }

  cut(how: 'drop' | 'rst'): void {
    this.#become('cut', how === 'drop' ? bothDirections : noDirection, how === 'rst');
  }

  /** `half-open-up` says that the way up, to the server, is the dead one. */
  halfOpen(dead: Direction): void {
    this.#become(dead === 'toServer' ? 'half-open-up' : 'half-open-down', new Set([dead]), false);
  }

  restore(): void {
    this.#become('up', noDirection, false);
  }

  #become(state: LinkChanged['state'], dead: ReadonlySet<Direction>, resets: boolean): void {
    this.#state = state;
    this.#dead = dead;
    this.#resets = resets;
    this.#record();
    if (dead.size > 0) return;
    this.#leave.resolve(resets ? 'reset' : 'dial');
    this.#leave = Promise.withResolvers();
  }

  #record(): void {
    this.#history.record({ kind: 'link', link: this.#link, state: this.#state, figures: { ...this.#figures } });
  }
}
