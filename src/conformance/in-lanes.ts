// Many of the same thing, a few at a time: a burst of them all would measure the patience of everything beside them.

/**
 * Does it for each item, at most `width` at once; gives the results in the order of the items. Where one fails, no
 * further one is begun.
 */
export async function inLanes<T, R>(
  items: readonly T[],
  width: number,
  each: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const waiting = [...items.entries()];
  const results: R[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, item] = next;
      results[index] = await each(item, index);
    }
  };
  try {
    await Promise.all(Array.from({ length: width }, lane));
  } finally {
    waiting.length = 0;
  }
  return results;
}
