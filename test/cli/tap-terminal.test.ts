// The tap on a real terminal: single keys, a line that rewrites itself, and a terminal that is given back as it was.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { journalOf, Workplace } from './command-line.ts';

const program = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
const script = '/usr/bin/script';

/** A tap on a terminal of its own, and what that terminal is like afterwards. */
function onTerminal(place: Workplace) {
  const tap = `'${process.execPath}' '${program}' tap --upstream embedded --listen 127.0.0.1:0 --report run`;
  const child = spawn(script, ['-qec', `${tap}; echo "code $?"; stty -a`, '/dev/null'], {
    cwd: place.folder,
    env: { ...process.env, FIELDBENCH_STATE: place.state, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    for (const look of waiting) look();
  });
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(text)));
  return {
    ended,
    press: (keys: string) => void child.stdin.write(keys),
    said: (what: string) =>
      new Promise<void>((resolve, reject) => {
        const look = (): void => void (text.includes(what) && resolve());
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without saying "${what}":\n${text}`)));
      }),
  };
}

describe.runIf(process.platform === 'linux' && existsSync(script))('on a terminal', () => {
  test.concurrent.each([
    ['q', ['q'], 3],
    ['Ctrl-C', ['\u0003'], 130],
    ['Ctrl-C twice', ['\u0003\u0003'], 130],
  ])('%s gives the terminal back', async (_, presses, code) => {
    await using place = new Workplace();
    const terminal = onTerminal(place);
    await terminal.said('q quit');
    for (const keys of presses) terminal.press(keys);
    const text = await terminal.ended;
    expect(text).toContain(`code ${code}`);
    expect(text.slice(text.lastIndexOf('code '))).toMatch(/(?<!-)\bicanon\b/);
    expect(text.slice(text.lastIndexOf('code '))).toMatch(/(?<!-)\becho\b/);
  });

  test.concurrent('keys act at once, and the counting line rewrites itself', async () => {
    await using place = new Workplace();
    const terminal = onTerminal(place);
    await terminal.said('q quit');
    terminal.press('c');
    await terminal.said('link tap: cut');
    await terminal.said('link cut');
    terminal.press('q');
    const text = await terminal.ended;
    expect(text).toContain('\r\u001b[2K');
    expect(stripVTControlCharacters(text)).toContain('0 online');
    expect(journalOf(place.path('run')).some((it) => it.kind === 'link' && it.state === 'cut')).toBe(true);
  });
});
