// Time as a row of spells, each as long as its number says: good and bad, up and down, clear and rain.

/** A stretch of time, with its number in the row. */
export interface Spell {
  /** From 0. */
  readonly n: number;
  readonly fromMs: number;
  /** The next spell begins here; Infinity for one that does not end. */
  readonly untilMs: number;
}

/** What is remembered: enough for every segment that is still under way on a link, and 12 KB at most. */
const windowSpells = 256;

/**
 * Finds the spell of any moment. Asking changes nothing: lengths are a function of the spell's number, and the
 * borders are summed from 0 in the same order whenever they are needed.
 *
 * Only the last {@link windowSpells} spells are kept. A moment before them is found as well, by counting from 0 anew:
 * right, and slow where it happens often. A moment later than any before costs one step per spell in between.
 */
export class Spells {
  readonly #lengthMs: (n: number) => number;
  #window: Spell[] = [];

  /** @param lengthMs how long the nth spell lasts; 0 leaves it out, but not all may be 0 */
  constructor(lengthMs: (n: number) => number) {
    this.#lengthMs = lengthMs;
  }

  /** The spell that holds this finite moment: `fromMs <= tMs < untilMs`. Moments before 0 count as 0. */
  at(tMs: number): Spell {
    const atMs = Math.max(0, tMs);
    if (atMs < (this.#window[0]?.fromMs ?? Infinity)) this.#window = [this.#spell(0, 0)];
    let latest = this.#window.at(-1) ?? this.#spell(0, 0);
    while (latest.untilMs <= atMs) {
      latest = this.#spell(latest.n + 1, latest.untilMs);
      this.#window.push(latest);
      if (this.#window.length === 2 * windowSpells) this.#window.splice(0, windowSpells);
    }
    return this.#window.findLast((it) => it.fromMs <= atMs && atMs < it.untilMs) ?? latest;
  }

  #spell(n: number, fromMs: number): Spell {
    return { n, fromMs, untilMs: fromMs + this.#lengthMs(n) };
  }
}

/** An exponentially distributed time with this mean, made of a draw in [0, 1). */
export function exponentialMs(meanMs: number, u: number): number {
  return meanMs * -Math.log1p(-u);
}
