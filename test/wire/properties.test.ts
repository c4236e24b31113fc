// The properties of the codec over a few thousand random cases each.
import { expect, test } from 'vitest';
import { PROPERTIES } from './properties.ts';

test.each(PROPERTIES)('$name', ({ failure }) => {
  expect(failure({ numRuns: 2000 })).toBeUndefined();
});
