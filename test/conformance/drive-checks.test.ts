// Checks that run side by side have names of their own, whatever their clients are called.
import { expect, test } from 'vitest';
import type { Check } from '../../src/conformance/check.ts';
import { driveChecks, plainBounds } from '../../src/conformance/drive-checks.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { machineClock } from '../../src/net/clock.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import { manualClock } from '../parts/links/manual-clock.ts';

const somewhere = { name: 'x', server: 'x', endpoint: { host: '127.0.0.1', port: 1 }, variants: {}, lacks: new Map() };

const options = () => ({
  prefix: 'fb',
  history: memoryHistory(),
  clock: machineClock(),
  connectionIds: connectionIds(),
  parameters: defaultParameters,
  signal: new AbortController().signal,
});

test('no client id of one check is another’s', async () => {
  const names = ['', 'a', 'b', 'ab', '0', '1a'];
  const ids: string[] = [];
  const check = (index: number): Check => ({
    id: `names/${index}`,
    title: '',
    section: '',
    statements: [],
    needs: [],
    group: 'parallel',
    accept: [],
    drive: (bench) => {
      ids.push(...names.map((name) => bench.clientId(name)));
      return Promise.resolve();
    },
  });
  const checks = Array.from({ length: 100 }, (_, index) => check(index));
  await driveChecks(checks, somewhere, options());
  expect(new Set(ids).size).toBe(checks.length * names.length);
});

/** What happens in which order, when the one check needs a broker for itself and the other none. */
async function orderOf(startsSlowly: boolean): Promise<readonly string[]> {
  const happened: string[] = [];
  const check = (id: string, group: Check['group']): Check => ({
    id,
    title: '',
    section: '',
    statements: [],
    needs: [],
    group,
    accept: [],
    drive: () => Promise.resolve(void happened.push(id)),
  });
  const startAnother = () => {
    happened.push('another broker starts');
    return Promise.resolve({ ...somewhere, [Symbol.asyncDispose]: () => Promise.resolve() });
  };
  const checks = [check('own', 'ownInstance'), check('any', 'parallel')];
  await driveChecks(checks, { ...somewhere, startAnother, startsSlowly }, options());
  return happened;
}

test('a broker that is slow to start does not do so while another one of its kind is judged', async () => {
  expect((await orderOf(false))[0]).toBe('another broker starts');
  expect(await orderOf(true)).toEqual(['any', 'another broker starts', 'own']);
});

test('the time that a broker takes to start again does not count', async () => {
  const clock = manualClock();
  const history = memoryHistory();
  const restart = async (): Promise<void> => {
    await Promise.resolve();
    clock.advance(plainBounds.timeLimitMs + 1000);
  };
  const startAnother = () => Promise.resolve({ ...somewhere, restart, [Symbol.asyncDispose]: () => Promise.resolve() });
  const restarting: Check = {
    id: 'restart/own',
    title: '',
    section: '',
    statements: [],
    needs: [],
    group: 'ownInstance',
    accept: [],
    drive: (bench) => bench.restartBroker('stop'),
  };
  await driveChecks([restarting], { ...somewhere, startAnother }, { ...options(), clock, history });
  expect(history.events.flatMap((it) => (it.kind === 'check' ? [it.phase] : []))).toEqual(['begun', 'driven']);
});
