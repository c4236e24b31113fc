// Where a check is driven that needs listeners which refuse: at the target, or at one other instance that is started once.
import { expect, test } from 'vitest';
import type { Check, Need } from '../../src/conformance/check.ts';
import { driveChecks } from '../../src/conformance/drive-checks.ts';
import type { DrivenPlace, DrivenTarget } from '../../src/conformance/driven-target.ts';
import { lacksOf } from '../../src/conformance/driven-target.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { machineClock } from '../../src/net/clock.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';

const nowhere = { host: '127.0.0.1', port: 1 };
const login = { endpoint: nowhere, userName: 'bench', password: 'secret' };

/** Check id -> whom its CONNECT on the listener would name, or why it was not driven. */
async function driven(
  needs: Readonly<Record<string, readonly Need[]>>,
  target: Pick<DrivenTarget, 'variants' | 'startSecured'> & { readonly limits?: readonly (readonly [Need, string])[] },
): Promise<Readonly<Record<string, string>>> {
  const outcome: Record<string, string> = {};
  const checks = Object.entries(needs).map(([id, needed]): Check => ({
    id,
    title: '',
    section: '',
    statements: [],
    needs: needed,
    group: 'parallel',
    accept: [],
    drive: (bench) => {
      outcome[id] = bench.connectPacket('x', { variant: 'login' }).userName ?? 'nobody';
      return Promise.resolve();
    },
  }));
  const history = memoryHistory();
  const lacks = new Map([...lacksOf({ variants: target.variants, isForeign: false }), ...(target.limits ?? [])]);
  await driveChecks(
    checks,
    { ...target, name: 'x', server: 'x', endpoint: nowhere, lacks },
    {
      prefix: 'fb',
      history,
      clock: machineClock(),
      connectionIds: connectionIds(),
      parameters: defaultParameters,
      signal: new AbortController().signal,
    },
  );
  for (const it of history.events) {
    if (it.kind === 'check' && it.reason !== undefined) outcome[it.check] = `${it.phase}: ${it.reason}`;
  }
  return outcome;
}

const secured = (variants: DrivenPlace['variants'], counted: { starts: number; ends: number }) => () => {
  counted.starts += 1;
  const place = { server: 'x secured', endpoint: nowhere, variants };
  return Promise.resolve({
    ...place,
    [Symbol.asyncDispose]: () => {
      counted.ends += 1;
      return Promise.resolve();
    },
  });
};

test('another instance is started once, for those that need it, and ended', async () => {
  const counted = { starts: 0, ends: 0 };
  const startSecured = secured({ login: { ...login, userName: 'there' } }, counted);
  const needs = { 'a/a': ['login'], 'a/b': ['login', 'qos1'], 'a/c': ['tls'] } as const;
  expect(await driven(needs, { variants: {}, startSecured })).toEqual({
    'a/a': 'there',
    'a/b': 'there',
    'a/c': 'skipped: the target has no TLS listener with a certificate of ours',
  });
  expect(counted).toEqual({ starts: 1, ends: 1 });
});

test('nothing is started where the target has what is needed, or declares that it has not', async () => {
  const counted = { starts: 0, ends: 0 };
  const startSecured = secured({ login }, counted);
  const variants = { login: { ...login, userName: 'here' } };
  expect(await driven({ 'a/a': ['login'], 'a/b': [] }, { variants, startSecured })).toEqual({
    'a/a': 'here',
    'a/b': 'here',
  });
  const limits = [['acl', 'declared limit: no lists']] as const;
  expect(await driven({ 'a/a': ['acl'] }, { variants: {}, startSecured, limits })).toEqual({
    'a/a': 'skipped: declared limit: no lists',
  });
  expect(counted.starts).toBe(0);
});

const fails = (): Promise<never> => Promise.reject(new Error('no room'));

test('an instance that does not start is told by each check that needs it', async () => {
  expect(await driven({ 'a/a': ['login'], 'a/b': ['tls'] }, { variants: {}, startSecured: fails })).toEqual({
    'a/a': 'aborted: no room',
    'a/b': 'aborted: no room',
  });
});
