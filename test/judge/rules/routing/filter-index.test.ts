// The tree of filters must say what filterMatches says, for any filters and topics.
import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { FilterIndex } from '../../../../src/judge/rules/routing/filter-index.ts';
import { filterMatches } from '../../../../src/wire/topic.ts';

const level = fc.constantFrom('', 'a', 'b', '$x');
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, hash]) => [...levels, ...(hash ? ['#'] : [])].join('/'));
const some = (it: string): boolean => it !== '';

test('finds exactly the filters that match', () => {
  fc.assert(
    fc.property(fc.uniqueArray(filter.filter(some)), topic.filter(some), (filters, name) => {
      const index = new FilterIndex<string>();
      for (const it of filters) index.add(it, it);
      expect(index.matching(name).toSorted()).toEqual(filters.filter((it) => filterMatches(it, name)).toSorted());
    }),
  );
});

test('forgets what is removed and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(filter.filter(some), { minLength: 1 }), topic.filter(some), (filters, name) => {
      const index = new FilterIndex<string>();
      const [gone = '', ...kept] = filters;
      for (const it of filters) index.add(it, it);
      index.remove(gone, gone);
      index.remove('never/added', gone);
      expect(index.matching(name).toSorted()).toEqual(kept.filter((it) => filterMatches(it, name)).toSorted());
    }),
  );
});
