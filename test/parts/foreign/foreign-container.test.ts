// A program in a container hears and speaks as one in a process does, is paused, stopped and killed, and leaves nothing.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asContainer } from '../../../src/parts/foreign/foreign-container.ts';
import { testWorld, type TestWorld } from '../brokers/world.ts';
import { need, whereIs } from '../../support/needs.ts';

/** Says what it reads in its folder, then repeats what it hears; ends when it is asked to, or when nobody is there. */
const echo = `
const { readFileSync, writeFileSync } = require('node:fs');
console.log(readFileSync('/given/secret.txt', 'utf8'));
for (const path of ['/given/mine.txt', '/mine.txt', '/home-of-its-own/mine.txt']) {
  try { writeFileSync(path, 'x'); console.log('wrote ' + path); } catch (error) { console.log(error.code + ' ' + path); }
}
console.error('and complains');
process.on('SIGTERM', () => { console.log('goodbye'); process.exit(7); });
require('node:readline').createInterface({ input: process.stdin })
  .on('line', (line) => console.log('heard ' + line))
  .on('close', () => process.exit(0));
console.log('ready');
`;

/** Whoever waits for a line. */
class Lines {
  readonly all: string[] = [];
  readonly #waiting = new Map<string, () => void>();
  readonly heed = (line: string): void => {
    this.all.push(line);
    this.#waiting.get(line)?.();
  };
  next(line: string): Promise<void> {
    if (this.all.includes(line)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(line, resolve));
  }
}

const docker = (...args: readonly string[]): string => execFileSync('docker', args, { encoding: 'utf8' });
const label = { 'fieldbench.run': `test-${process.pid}` };
/** Containers that are still there. */
const left = (): string => docker('ps', '--all', '--quiet', '--filter', `label=fieldbench.run=test-${process.pid}`);
let launched = 0;

function launch({ context }: TestWorld, entrypoint: readonly string[] = ['node', '-e', echo]) {
  const folder = join(context.owns.scratch, 'given');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, 'secret.txt'), 'for nobody else', { mode: 0o600 });
  const containerName = `fieldbench-test-${process.pid}-${(launched += 1)}`;
  const lines = new Lines();
  const program = asContainer({
    image: whereIs('image:node-red'),
    containerName,
    entrypoint,
    environment: { HOME: '/home-of-its-own' },
    reads: { folder, within: '/given' },
    writes: '/home-of-its-own',
    graceMs: 5000,
  })({ what: 'an echo', onLine: lines.heed }, context);
  return { program, lines, containerName };
}

describe('in a container', { timeout: 60_000, ...need('docker', 'image:node-red') }, () => {
  test('it reads what it is given, writes to its own folder alone, hears, and is stopped', async () => {
    using world = testWorld(label);
    const { program, lines, containerName } = launch(world);
    await lines.next('ready');
    expect([...world.owned]).toEqual([containerName]);
    expect(docker('inspect', containerName)).not.toContain('for nobody else');
    program.say('hello');
    await lines.next('heard hello');
    await program.stop();
    expect(lines.all).toEqual([
      'for nobody else',
      'EROFS /given/mine.txt',
      'EROFS /mine.txt',
      'wrote /home-of-its-own/mine.txt',
      'ready',
      'heard hello',
      'goodbye',
    ]);
    expect(await program.gone).toBe('exit code 7');
    expect(program.lastWords()).toBe('and complains');
    expect([left(), [...world.owned]]).toEqual(['', []]);
  });

  test('paused it hears nothing until it goes on, and killed it says nothing more', async () => {
    using world = testWorld(label);
    const { program, lines, containerName } = launch(world);
    await lines.next('ready');
    await program.pause();
    expect(docker('inspect', '--format', '{{.State.Status}}', containerName)).toBe('paused\n');
    program.say('hello');
    await program.resume();
    await lines.next('heard hello');
    await program.pause();
    await program.kill();
    expect(await program.gone).toBe('exit code 137');
    expect(lines.all).not.toContain('goodbye');
    expect([left(), [...world.owned]]).toEqual(['', []]);
  });

  test('what cannot be started is gone, with the reason', async () => {
    using world = testWorld(label);
    const { program } = launch(world, ['no-such-program']);
    expect(await program.gone).toMatch(/^it could not be started: .*no-such-program/s);
    await program.stop();
    expect([left(), [...world.owned]]).toEqual(['', []]);
  });

  test('killed before it runs, it does not stay', async () => {
    using world = testWorld(label);
    const { program } = launch(world);
    await program.kill();
    await program.gone;
    expect([left(), [...world.owned]]).toEqual(['', []]);
  });
});
