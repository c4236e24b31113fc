// The commands of docs/conformance.md work as they stand there.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Workplace } from './command-line.ts';

const page = await readFile('docs/conformance.md', 'utf8');
const block = /```sh\n([^`]*)```/.exec(page)?.[1] ?? '';
const commands = block
  .split('\n')
  .map((line) => line.replace(/\s+#.*/, '').replace(/^fieldbench /, ''))
  .filter((line) => line !== '');

test('the page has commands', () => {
  expect(commands.length).toBeGreaterThan(3);
});

test.for(commands)('fieldbench %s', async (command) => {
  await using place = new Workplace();
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const { code, stdout } = await place.start(words).ended;
  expect(code).toBe(0);
  expect(words.includes('--json') ? JSON.parse(stdout) : stdout).toBeTruthy();
});
