// A regular expression inside an object that is matched in parts has no keys of its own, and so can never fail.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

/** A value that is a regular expression, in a call that matches objects in parts, up to the end of the call's line. */
const bare = /[{,]\s*\w+: \/(?![/*])(?:[^/\\\n]|\\.)+\/\w*\s*[,}]/;

function callsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:toMatchObject|objectContaining)\(/g)].map(({ index }) => {
    let depth = 0;
    for (let at = index; at < text.length; at++) {
      if (text[at] === '(') depth++;
      if (text[at] === ')' && (depth -= 1) === 0) return text.slice(index, at);
    }
    return text.slice(index);
  });
}

test('no object is matched in parts against a bare regular expression', () => {
  expect(callsOf('expect(it).toMatchObject({ a: 1, b: /no/ })').filter((it) => bare.test(it))).toHaveLength(1);
  const files = globSync('test/**/*.ts', { cwd: root }).filter((it) => !it.endsWith('matchers.test.ts'));
  const found = files.flatMap((file) =>
    callsOf(readFileSync(`${root}${file}`, 'utf8')).flatMap((call) => (bare.test(call) ? [`${file}: ${call}`] : [])),
  );
  expect(found).toEqual([]);
});
