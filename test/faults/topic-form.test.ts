// Each form must do to a topic what its name says, and nothing to a topic that has nothing of the kind.
import { expect, test } from 'vitest';
import { inForm, type TopicForm } from '../../src/faults/topic-form.ts';

test.each<[TopicForm, string, string]>([
  ['lowerCase', 'A/b', 'a/b'],
  ['trimSlash', 'a/b/', 'a/b'],
  ['trimSlash', '/', '/'],
  ['trimFirstSlash', '/a', 'a'],
  ['collapseSlashes', 'a//b///c', 'a/b/c'],
  ['trimSpaces', ' a ', ' a'],
  ['compose', 'e\u0301', '\u00e9'],
  ['dropFirstBom', '\ufeffa\ufeff', 'a\ufeff'],
  ['dropBoms', '\ufeffa\ufeff', 'a'],
  ['dropNul', 'a\0b', 'ab'],
  ['cutTo1024', 'a'.repeat(1025), 'a'.repeat(1024)],
  ['cutLast65535', 'a'.repeat(65_535), 'a'.repeat(65_534)],
  ['cutLast65535', 'a'.repeat(65_534), 'a'.repeat(65_534)],
  ['emptyIsSlash', '', '/'],
  ['legalWildcards', 'a#/b+/c', '+/+/c'],
  ['legalWildcards', 'a/b#', 'a/#'],
  ['hideDollar', '$SYS/a', '$SYS/a'],
  ['hideDollar', '$share/a/b', '$share/a/b'],
])('%s of %j', (form, from, to) => {
  expect(inForm(from, form)).toBe(to);
});

test('what is hidden can be shown again', () => {
  const hidden = inForm('$a/+/#', ['hidePlus', 'hideHash', 'hideDollar']);
  expect(hidden).not.toMatch(/[$+#]/);
  expect(inForm(hidden, 'showHidden')).toBe('$a/+/#');
});
