// Keys from a terminal and lines from elsewhere; the terminal is given back.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { listenToKeys } from '../../src/cli/keys.ts';

class Terminal extends PassThrough {
  readonly isTTY = true as const;
  readonly modes: boolean[] = [];
  setRawMode(isRaw: boolean): never {
    this.modes.push(isRaw);
    return this as never; // Nobody looks at it.
  }
}

async function typed(input: PassThrough, ...chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const keys: string[] = [];
  const hands = listenToKeys(input, (key) => keys.push(key));
  for (const chunk of chunks) input.write(chunk);
  await new Promise(setImmediate);
  hands[Symbol.dispose]();
  input.write('late');
  await new Promise(setImmediate);
  return keys;
}

test('every letter is a key, in upper case too; blanks are none', async () => {
  expect(await typed(new PassThrough(), 'c\nr h\n', 'Q')).toEqual(['c', 'r', 'h', 'q']);
});

test('a terminal is raw while keys are heard, and given back, once', async () => {
  const terminal = new Terminal();
  const before = process.listenerCount('exit');
  await typed(terminal, 'q');
  expect(terminal.modes).toEqual([true, false]);
  expect(process.listenerCount('exit')).toBe(before);
});

test('is given back when the process exits without being asked', () => {
  const terminal = new Terminal();
  const before = new Set(process.listeners('exit'));
  const hands = listenToKeys(terminal, () => {});
  for (const it of process.listeners('exit')) if (!before.has(it)) it(0);
  expect(terminal.modes).toEqual([true, false]);
  hands[Symbol.dispose]();
});

test('Ctrl-C stays Ctrl-C', async () => {
  const signals: string[] = [];
  const hear = (): void => void signals.push('SIGINT');
  process.on('SIGINT', hear);
  try {
    expect(await typed(new Terminal(), 'c\u0003')).toEqual(['c']);
    await new Promise(setImmediate);
    expect(signals).toEqual(['SIGINT']);
  } finally {
    process.off('SIGINT', hear);
  }
});

test('an input that fails only means that no more keys come', () => {
  const input = new PassThrough();
  using _ = listenToKeys(input, () => {});
  expect(() => input.emit('error', new Error('gone'))).not.toThrow();
});
