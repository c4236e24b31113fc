// Checks that run side by side have names of their own, whatever their clients are called.
import { expect, test } from 'vitest';
import type { Check } from '../../src/conformance/check.ts';
import { driveChecks } from '../../src/conformance/drive-checks.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { machineClock } from '../../src/net/clock.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';

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
  await driveChecks(
    checks,
    { name: 'x', server: 'x', endpoint: { host: '127.0.0.1', port: 1 }, variants: {}, lacks: new Map() },
    {
      prefix: 'fb',
      history: memoryHistory(),
      clock: machineClock(),
      connectionIds: connectionIds(),
      parameters: defaultParameters,
      signal: new AbortController().signal,
    },
  );
  expect(new Set(ids).size).toBe(checks.length * names.length);
});
