// Faulty listeners that let in only those whom they know: beside its one fault, each does what a good one does.
import { expect, test } from 'vitest';
import type { LoginFault, TlsFault } from '../../../src/faults/listener-fault.ts';
import { aedes } from '../../../src/parts/brokers/aedes.ts';
import { tryConnect } from '../../../src/parts/brokers/readiness.ts';
import { startLoginMutant } from '../../../src/parts/links/login-mutant.ts';
import { startTlsMutant } from '../../../src/parts/links/tls-mutant.ts';
import { testWorld } from '../brokers/world.ts';

/** Whether each gets in: with the right login, a wrong password, an unknown user, and none. */
const logins: readonly (readonly [LoginFault, string])[] = [
  ['takes-any-password', 'right wrong'],
  ['takes-any-user', 'right unknown'],
  ['takes-no-login', 'right none'],
  ['publishes-will', 'right'],
  ['takes-over', 'right'],
  ['forgets-exchanges', 'right'],
];

test('lets in by login whom the fault adds, and nobody else', async () => {
  using world = testWorld();
  await using broker = await aedes.start('b', world.context);
  const { login: upstream } = broker.variants;
  if (upstream === undefined) throw new Error('there is no such listener');
  const asks = {
    right: { userName: upstream.userName, password: upstream.password },
    wrong: { userName: upstream.userName, password: 'guess' },
    unknown: { userName: 'somebody', password: upstream.password },
    none: undefined,
  };
  for (const [fault, letIn] of logins) {
    await using mutant = await startLoginMutant({ name: 'm', upstream, fault }, world.context);
    const answers = await Promise.all(
      Object.entries(asks).map(async ([name, login]) => {
        const answer = await tryConnect(mutant.endpoint, { ...world.context, ...(login && { login }) });
        return `${name} ${answer.kind === 'connack' ? answer.returnCode : answer.kind}`;
      }),
    );
    const expected = Object.keys(asks).map((name) => `${name} ${letIn.split(' ').includes(name) ? 'accepted' : 5}`);
    expect([fault, ...answers]).toEqual([fault, ...expected]);
  }
});

const certificates: readonly (readonly [TlsFault, string])[] = [
  ['takes-none', 'good none'],
  ['takes-expired', 'good expired'],
  ['takes-unknown', 'good unknown'],
  ['plain-too', 'good'],
];

test('lets in by certificate whom the fault adds, and nobody else', async () => {
  using world = testWorld();
  await using broker = await aedes.start('b', world.context);
  for (const [fault, letIn] of certificates) {
    await using mutant = await startTlsMutant({ name: 'm', upstream: broker.endpoint, fault });
    const { tls, clientCertificates } = mutant.variants;
    const { endpoint, expired, unknown } = clientCertificates;
    const { certPem: _certPem, keyPem: _keyPem, ...trust } = endpoint.tls ?? {};
    const shows = { good: endpoint.tls ?? {}, expired: { ...trust, ...expired }, unknown: { ...trust, ...unknown } };
    const answers = await Promise.all(
      Object.entries({ ...shows, none: trust }).map(async ([name, shown]) => {
        const answer = await tryConnect({ ...endpoint, tls: shown }, world.context);
        return answer.kind === 'accepted' ? [name] : [];
      }),
    );
    expect([fault, answers.flat().join(' ')]).toEqual([fault, letIn]);
    expect(await tryConnect(tls, world.context)).toEqual({ kind: 'accepted' });
    const { tls: _tls, ...plain } = tls;
    const bare = await tryConnect(plain, world.context);
    expect(bare.kind === 'accepted').toBe(fault === 'plain-too');
  }
});
