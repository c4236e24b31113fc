// The address of a place on the page: what is written is read back, and what nobody wrote does no harm.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeText } from '../../../src/report/html/browser/place.ts';

const places = placeText();

describe('a place in the address', () => {
  test('is read back as it was written', () => {
    const word = fc.string({ unit: 'grapheme' });
    const place = fc.record({
      at: fc.constantFrom('', 'matrix', 'cell-3-1'),
      item: word,
      show: fc.subarray(['fail', 'warn', 'limit']),
      target: word,
      find: word,
    });
    fc.assert(
      fc.property(place, (it) => {
        expect(places.read(places.write(it))).toEqual(it);
      }),
    );
  });

  test('that somebody broke is read as far as it goes', () => {
    expect(places.read('#cell-1-1&find=%E0%A4%A&show=,fail,&nonsense')).toEqual({
      at: 'cell-1-1',
      item: '',
      show: ['fail'],
      target: '',
      find: '',
    });
  });
});
