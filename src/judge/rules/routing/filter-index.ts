// Finds the filters that match a topic among those of all sessions without trying each: fleets hold tens of thousands.

interface Level<T> {
  readonly next: Map<string, Level<T>>;
  readonly here: Set<T>;
}

function newLevel<T>(): Level<T> {
  return { next: new Map(), here: new Set() };
}

/** A tree of topic filters, one level per topic level (section 4.7). */
export class FilterIndex<T> {
  readonly #root: Level<T> = newLevel();

  /** Files a value under a filter. */
  add(filter: string, value: T): void {
    let at = this.#root;
    for (const name of filter.split('/')) {
      const next = at.next.get(name) ?? newLevel<T>();
      at.next.set(name, next);
      at = next;
    }
    at.here.add(value);
  }

  /** Takes a value away; unknown ones are ignored. */
  remove(filter: string, value: T): void {
    const path: { level: Level<T>; name: string }[] = [];
    let at = this.#root;
    for (const name of filter.split('/')) {
      const next = at.next.get(name);
      if (next === undefined) return;
      path.push({ level: at, name });
      at = next;
    }
    at.here.delete(value);
    for (const { level, name } of path.toReversed()) {
      const child = level.next.get(name);
      if (child !== undefined && child.here.size === 0 && child.next.size === 0) level.next.delete(name);
    }
  }

  /** Values whose filter matches the topic. Wildcards do not match a leading `$` (MQTT-4.7.2-1). */
  matching(topic: string): readonly T[] {
    const found: T[] = [];
    const levels = topic.split('/');
    this.#collect(this.#root, levels, 0, topic.startsWith('$'), found);
    return found;
  }

  #collect(level: Level<T>, levels: readonly string[], depth: number, special: boolean, found: T[]): void {
    const wildcards = !(special && depth === 0);
    if (wildcards) found.push(...(level.next.get('#')?.here ?? []));
    const name = levels[depth];
    if (name === undefined) {
      found.push(...level.here);
      return;
    }
    const exact = level.next.get(name);
    if (exact !== undefined && name !== '#' && name !== '+') this.#collect(exact, levels, depth + 1, special, found);
    const plus = wildcards ? level.next.get('+') : undefined;
    if (plus !== undefined) this.#collect(plus, levels, depth + 1, special, found);
  }
}
