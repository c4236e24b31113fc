// The end of a program's output: whole lines, few of them, and nothing that a terminal would obey.
import { expect, test } from 'vitest';
import { LastWords } from '../../../src/parts/brokers/last-words.ts';

test('joins pieces to lines and keeps the last 50', () => {
  const words = new LastWords();
  for (let i = 1; i <= 60; i++) ['li', `ne ${i}\n`].forEach((piece) => words.add(piece));
  words.add('open end');
  const lines = words.text().split('\n');
  expect(lines).toHaveLength(51);
  expect([lines[0], lines.at(-1)]).toEqual(['line 11', 'open end']);
});

test('disarms control characters and cuts endless lines', () => {
  const words = new LastWords();
  words.add('\u001b[2Jhello\u0007\r\n');
  for (let i = 0; i < 100; i++) words.add('x'.repeat(1000));
  const [first, second] = words.text().split('\n');
  expect(first).toBe('?[2Jhello?');
  expect(second).toHaveLength(500);
});
