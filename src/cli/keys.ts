// Single keys from a terminal, or the same letters as lines where there is none; the terminal is given back as it was.
import type { ReadStream } from 'node:tty';

/** What a terminal in raw mode says for Ctrl-C. */
const ctrlC = '\u0003';

/** Where keys come from; `process.stdin` is one. */
export type KeyInput = NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode' | 'unref' | 'ref'>>;

/** Calls `onKey` with each letter until disposed of. Ctrl-C stays what it is: SIGINT to this process. */
export function listenToKeys(input: KeyInput, onKey: (key: string) => void): Disposable {
  const giveBack = input.isTTY === true ? takeTerminal(input) : nothingMore;
  const hear = (chunk: Buffer | string): void => {
    for (const key of chunk.toString()) {
      if (key === ctrlC) process.kill(process.pid, 'SIGINT');
      else if (/\S/.test(key)) onKey(key.toLowerCase());
    }
  };
  input.on('data', hear).on('error', nothingMore);
  return {
    [Symbol.dispose]() {
      input.off('data', hear);
      input.pause();
      input.unref?.(); // It must not keep the process.
      giveBack();
    },
  };
}

/** A terminal that is gone, or an input that was closed, only means that no more keys come. */
function nothingMore(): void {}

/** Raw, until it is given back, also when the process exits without being asked. */
function takeTerminal(input: KeyInput): () => void {
  const giveBack = (): void => {
    process.off('exit', giveBack);
    input.setRawMode?.(false);
  };
  process.once('exit', giveBack);
  input.setRawMode?.(true);
  return giveBack;
}
