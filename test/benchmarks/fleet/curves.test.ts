// When a fleet was back, over the curves of all its shares together.
import { expect, test } from 'vitest';
import { backS } from '../../../benchmarks/fleet/curves.ts';

const steps = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([atS, online]) => ({ atS, online }));

test('the share that comes last decides', () => {
  const curves = [steps([1, 50], [2, 0], [3, 25], [4, 50]), steps([1, 50], [2, 0], [5, 49], [9, 50])];
  expect(backS(curves, 99)).toBe(5);
  expect(backS(curves, 100)).toBe(9);
});

test('who is back and lost again does not count yet', () => {
  expect(backS([steps([1, 10], [2, 0], [3, 10], [4, 2], [5, 10])], 10)).toBe(5);
});

test('a fleet that stayed online, or away, is told', () => {
  expect(() => backS([steps([1, 10])], 10)).toThrow('did not go and come back');
  expect(() => backS([steps([1, 10], [2, 0], [3, 9])], 10)).toThrow('did not go and come back');
});
