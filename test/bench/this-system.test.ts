// The system decides which command is offered; one that nobody knows gets every command there is.
import { expect, test } from 'vitest';
import { commandFor, systemOf } from '../../src/bench/this-system.ts';

test.each([
  ['darwin', '', 'macOS'],
  ['win32', '', 'Windows'],
  ['linux', 'NAME="Debian GNU/Linux"\nID=debian\n', 'Debian'],
  ['linux', 'ID=ubuntu\nID_LIKE=debian\n', 'Debian'],
  ['linux', 'ID="linuxmint"\nID_LIKE="ubuntu debian"\n', 'Debian'],
  ['linux', 'ID=fedora\nVARIANT_ID=debian\n', 'other'],
  ['linux', '', 'other'],
  ['freebsd', '', 'other'],
] as const)('%s with %j is %s', (platform, release, system) => {
  expect(systemOf(platform, release)).toBe(system);
});

test('a command for this system, else all of them, else none', () => {
  const commands = { Debian: 'apt-get install x', macOS: 'brew install x' };
  expect(commandFor('Debian', commands)).toBe('apt-get install x');
  expect(commandFor('macOS', { macos: 'brew install x' })).toBe('brew install x');
  expect(commandFor('other', commands)).toBe('Debian: apt-get install x; macOS: brew install x');
  expect(commandFor('Debian', {})).toBeUndefined();
});
