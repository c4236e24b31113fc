// Two configurations of one broker beside each other: what the second no longer does, from the two run folders alone.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { report } from '../../src/cli/verbs/report.ts';
import { runConformance } from '../../src/index.ts';
import { freePorts } from '../../src/parts/brokers/free-port.ts';
import type { Comparison } from '../../src/report/compare/comparison.ts';
import { need, whereIs } from '../support/needs.ts';
import { Workplace } from './command-line.ts';

/** Configuration -> the lines that it adds. */
const configurations: Readonly<Record<string, string>> = {
  usual: '',
  'max-qos': 'max_qos 1',
  'no-retain': 'retain_available false',
};
const select =
  'publish/acknowledged,publish/256-kib,publish/qos2-exactly-once,retained/kept-for-new-subscribers,retained/cleared-by-empty';

/** The checks that only one of two runs could judge. */
const lost = ({ targets }: Comparison): readonly string[] =>
  targets.flatMap((it) =>
    it.changes.filter((each) => each.kind === 'check' && each.direction === 'onlyFirst').map((each) => each.id),
  );

describe('two Mosquitto configurations', need('mosquitto'), () => {
  const place = new Workplace();
  const brokers: ChildProcess[] = [];
  beforeAll(async () => {
    const ports = await freePorts(Object.keys(configurations).length);
    await Promise.all(
      Object.entries(configurations).map(async ([name, line], index) => {
        const port = ports[index] ?? 0;
        brokers.push(await mosquitto(place.path(name), port, line));
        const target = `mqtt://127.0.0.1:${port}`;
        const signal = AbortSignal.timeout(60_000);
        const { failure } = await runConformance({
          targets: [target],
          destructive: [target],
          select,
          reportDir: place.path(name),
          signal,
        });
        if (failure !== undefined) throw failure;
      }),
    );
  }, 90_000);
  afterAll(async () => {
    await Promise.all(brokers.map(ended));
    await place[Symbol.asyncDispose]();
  });

  /** What `fieldbench report compare` says as data, and its exit code. */
  async function compared(
    first: string,
    second: string,
  ): Promise<{ readonly code: number; readonly said: Comparison }> {
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const folders = [place.path(first), place.path(second), '--report', place.path(`${first}-${second}`)];
    const options = ['compare', ...folders, '--json', '--fail-on', 'worse'];
    const code = await report.run(options, AbortSignal.abort()).finally(() => spy.mockRestore());
    return { code, said: JSON.parse(written.join('')) as Comparison };
  }

  test('max_qos 1: what needs QoS 2 alone is judged in the first only, what tries each QoS is worse', async () => {
    const { said, code } = await compared('usual', 'max-qos');
    expect(lost(said)).toEqual(['publish/qos2-exactly-once']);
    expect(said.targets[0]?.checks).toMatchObject({ judgedInBoth: 4, worse: 1, same: 3, onlyFirst: 1, onlySecond: 0 });
    expect(code).toBe(1);
    expect(said.targets[0]?.facts.map((it) => it.name)).toContain('configuration');
  });

  test('retain_available false: the same for what needs retained messages', async () => {
    const { said, code } = await compared('usual', 'no-retain');
    expect(lost(said).toSorted()).toEqual(['retained/cleared-by-empty', 'retained/kept-for-new-subscribers']);
    expect(code).toBe(0);
    const markdown = readFileSync(join(place.path('usual-no-retain'), 'compare.md'), 'utf8');
    expect(markdown).toContain('<details><summary>Judged only in the first run');
  });

  test('turned around they are judged only in the second', async () => {
    const { said } = await compared('max-qos', 'usual');
    expect(said.targets[0]?.checks).toMatchObject({ onlyFirst: 0, onlySecond: 1 });
  });
});

/** A Mosquitto with this line in its configuration, serving. */
async function mosquitto(folder: string, port: number, line: string): Promise<ChildProcess> {
  mkdirSync(folder);
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(file, ['listener ' + port + ' 127.0.0.1', 'allow_anonymous true', 'user root', line, ''].join('\n'));
  const child = spawn(whereIs('mosquitto'), ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (child.stderr === null) throw new Error('a pipe was asked for');
  for await (const said of createInterface(child.stderr)) {
    if (!said.endsWith(' running')) continue;
    child.stderr.resume(); // What it says later must not fill the pipe.
    return child;
  }
  throw new Error('Mosquitto ended before it served');
}

/** Ends a broker. */
async function ended(broker: ChildProcess): Promise<void> {
  if (broker.exitCode !== null) return;
  const over = new Promise((resolve) => broker.once('close', resolve));
  broker.kill();
  await over;
}
