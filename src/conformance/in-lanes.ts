// Many of the same thing, a few at a time: a burst of them all would measure the patience of everything beside them.

/**
 * Does it for each item, at most `width` at once; gives the results in the order of the items. Where one fails, no
 * further one is begun, and it fails with the first failure as soon as those under way are over.
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
      try {
        results[index] = await each(item, index);
      } catch (failure) {
        waiting.length = 0;
        throw failure;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(width, items.length) }, lane);
  try {
    await Promise.all(lanes);
  } finally {
    await Promise.allSettled(lanes);
  }
  return results;
}
