// A few at a time, all of them, in order; none behind a failure.
import { expect, test } from 'vitest';
import { inLanes } from '../../src/conformance/in-lanes.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('does each item once, so many at once, and keeps the order of the results', async () => {
  let running = 0;
  let most = 0;
  const results = await inLanes([3, 1, 2, 0, 1], 2, async (turns, index) => {
    running += 1;
    most = Math.max(most, running);
    for (let passed = 0; passed < turns; passed += 1) await turn();
    running -= 1;
    return index;
  });
  expect(results).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});

test('begins none behind a failure', async () => {
  const begun: number[] = [];
  const failing = inLanes([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    await turn();
    if (item === 0) throw new Error('refused');
    await turn();
  });
  await expect(failing).rejects.toThrow('refused');
  await turn();
  await turn();
  expect(begun).toEqual([0, 1]);
});

test('fails with the first failure once nothing is under way any more', async () => {
  const over: number[] = [];
  const failing = inLanes([1, 0, 3], 3, async (turns, index) => {
    for (let passed = 0; passed < turns; passed += 1) await turn();
    over.push(index);
    if (index < 2) throw new Error(`refused ${index}`);
  });
  await expect(failing).rejects.toThrow('refused 1');
  expect(over).toEqual([1, 0, 2]);
});

test('takes any width', async () => {
  expect(await inLanes(['a'], 5_000_000_000, (item) => Promise.resolve(item))).toEqual(['a']);
  expect(await inLanes([], 2, (item) => Promise.resolve(item))).toEqual([]);
});
