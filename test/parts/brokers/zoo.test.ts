// Brokers that are described by nothing but their target files: each lives, dies, comes back, refuses, and leaves no trace.
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { processesWith } from '../../../src/bench/process-identity.ts';
import { targetOf } from '../../../src/bench/target/target.ts';
import { docker } from '../../../src/parts/brokers/docker.ts';
import { runVariable } from '../../../src/parts/brokers/local-process.ts';
import { tryConnect } from '../../../src/parts/brokers/readiness.ts';
import type {
  ClientCertificate,
  ClientCertificateListener,
  Endpoint,
  Login,
  StartedBroker,
} from '../../../src/parts/part.ts';
import { need } from '../../support/needs.ts';
import { listeningAddresses, loopbackAddresses } from './listening.ts';
import { testWorld, type TestWorld } from './world.ts';

const guarded = ['acl', 'login', 'mqtt', 'websocket'] as const;
const everything = ['acl', 'clientCertificates', 'login', 'mqtt', 'tls'] as const;

/** Names of target files, with the ways in of each instance. */
const zoo = {
  nats: { plain: ['mqtt', 'websocket'], secured: ['acl', 'login'] },
  ejabberd: { plain: ['mqtt', 'websocket'], secured: ['acl', 'login'] },
  activemq: { plain: ['clientCertificates', 'mqtt', 'tls'], secured: ['acl', 'login'] },
  rabbitmq: { plain: ['mqtt', 'tls', 'websocket'], secured: ['acl', 'clientCertificates', 'login'] },
  hivemq: { plain: guarded, secured: everything },
  mosca: { plain: guarded, secured: everything },
  mochi: { plain: guarded, secured: everything },
  artemis: { plain: ['mqtt', 'websocket'], secured: ['clientCertificates', 'mqtt', 'tls'] },
  moquette: { plain: ['mqtt', 'websocket'], secured: ['login'] },
  amqtt: { plain: ['mqtt', 'websocket'], secured: ['mqtt', 'tls'] },
} as const;

/** These start in a moment; the others in some seconds of a processor each. */
const quick: ReadonlySet<string> = new Set(['nats', 'mochi', 'mosca']);

/** Some take a quarter of a minute on an idle machine. */
const timeout = 180_000;

interface Way {
  readonly endpoint: Endpoint;
  readonly login?: Login;
}

/** Every way into a broker that a good client has. */
function waysInto({ endpoint, login, variants }: StartedBroker): Map<string, Way> {
  const known = login && { login };
  const isPlain = variants.login?.endpoint.port !== endpoint.port;
  const ways = new Map<string, Way>(isPlain ? [['mqtt', { endpoint, ...known }]] : []);
  for (const [name, it] of Object.entries(variants)) {
    if ('userName' in it) ways.set(name, { endpoint: it.endpoint, login: it });
    else ways.set(name, { endpoint: 'endpoint' in it ? it.endpoint : it, ...known });
  }
  return ways;
}

async function answer({ endpoint, login }: Way, { context }: TestWorld): Promise<string> {
  return (await tryConnect(endpoint, { ...context, ...(login && { login }) })).kind;
}

async function answers(broker: StartedBroker, world: TestWorld): Promise<Record<string, string>> {
  const all = [...waysInto(broker)].map(async ([name, way]) => [name, await answer(way, world)] as const);
  return Object.fromEntries(await Promise.all(all));
}

const accepted = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'accepted']));

/** Processes that carry the mark of this run. */
const marked = (run: string): readonly number[] => processesWith(runVariable, run).map(({ pid }) => pid);

/** Ways in that must not lead anywhere. */
function unwelcome({ variants }: StartedBroker): readonly (readonly [string, Way])[] {
  const { login, acl, clientCertificates } = variants;
  const logins = [login, acl].filter((it) => it !== undefined);
  return [
    ...logins.flatMap((it) => [
      ['without a login', { endpoint: it.endpoint }] as const,
      ['with a wrong password', { endpoint: it.endpoint, login: { ...it, password: `${it.password}x` } }] as const,
    ]),
    ...(clientCertificates ? strangers(clientCertificates) : []),
  ];
}

function strangers({ endpoint, expired, unknown }: ClientCertificateListener): readonly (readonly [string, Way])[] {
  const { certPem: _certPem, keyPem: _keyPem, ...tls } = endpoint.tls ?? {};
  const showing = (own: Partial<ClientCertificate>): Way => ({ endpoint: { ...endpoint, tls: { ...tls, ...own } } });
  return [
    ['without a certificate', showing({})],
    ['with an expired certificate', showing(expired)],
    ['with the certificate of another CA', showing(unknown)],
  ];
}

/** The ways in on which somebody was accepted who should not be. */
async function intrusions(broker: StartedBroker, world: TestWorld): Promise<readonly string[]> {
  const tried = unwelcome(broker).map(async ([what, way]) => [what, await answer(way, world)] as const);
  return (await Promise.all(tried)).flatMap(([what, kind]) => (kind === 'accepted' ? [what] : []));
}

/** Whether one of these ways asks who comes in. */
const isGuarded = (ways: readonly string[]): boolean =>
  ways.some((it) => ['acl', 'clientCertificates', 'login'].includes(it));

describe.concurrent.each(Object.entries(zoo))('%s', (name, { plain, secured }) => {
  const { driver } = targetOf(`process:${name}`);
  const given = { ...(quick.has(name) ? need(name) : need('long', name)), timeout };

  test('dies by kill -9, comes back on its ports, listens on loopback only, and leaves no trace', given, async () => {
    const run = `test-${name}-plain`;
    using world = testWorld({ 'fieldbench.run': run });
    await using broker = await driver.start('b', world.context);
    const { port } = broker.endpoint;
    expect(broker.version).toMatch(/^\d+\.\d+/);
    expect(await answers(broker, world)).toEqual(accepted(plain));
    expect(unwelcome(broker).length > 0).toBe(isGuarded(plain));
    expect(await intrusions(broker, world)).toEqual([]);
    const addresses = listeningAddresses(marked(run));
    expect(addresses).not.toEqual([]);
    expect(addresses.filter((it) => !loopbackAddresses.includes(it))).toEqual([]);
    await broker.kill();
    expect(marked(run)).toEqual([]);
    await broker.restart();
    expect(broker.endpoint.port).toBe(port);
    expect(await answers(broker, world)).toEqual(accepted(plain));
    await broker[Symbol.asyncDispose]();
    expect(marked(run)).toEqual([]);
    expect(world.owned).toEqual(new Set());
    expect(readdirSync(world.context.owns.scratch)).toEqual([]);
    const life = ['starting', 'ready', 'stopping'];
    expect(world.states('b')).toEqual([...life, 'killed', ...life, 'stopped']);
  });

  test('its second instance lets in whom it should, and nobody else', given, async () => {
    using world = testWorld({ 'fieldbench.run': `test-${name}-secured` });
    await using broker = await driver.startSecured?.('b', world.context);
    if (broker === undefined) throw new Error('it has no secured instance');
    expect(await answers(broker, world)).toEqual(accepted(secured));
    expect(unwelcome(broker).length > 0).toBe(isGuarded(secured));
    expect(await intrusions(broker, world)).toEqual([]);
  });
});

describe.concurrent.each(['nats', 'activemq', 'rabbitmq'])('%s in a container', (name) => {
  test(
    'is ready on loopback only, and is removed',
    { ...need('long', 'docker', `image:${name}`), timeout },
    async () => {
      const label = `test-${name}-${randomUUID()}`; // Another run of this test may stand beside it.
      using world = testWorld({ 'fieldbench.test': label });
      const { client } = await docker();
      const ours = { all: true, filters: { label: [`fieldbench.test=${label}`] } };
      await using broker = await targetOf(`container:${name}`).driver.start('b', world.context);
      const ways = waysInto(broker);
      const [found, ...others] = await client.container.dockerode.listContainers(ours);
      expect(others).toEqual([]);
      expect(broker.version).toMatch(/^\d+\.\d+/);
      expect(await answers(broker, world)).toEqual(accepted([...ways.keys()]));
      const published = found?.Ports.filter((it) => it.PublicPort !== undefined);
      expect(published?.map((it) => it.IP)).toEqual([...ways].map(() => '127.0.0.1'));
      expect(new Set(published?.map((it) => it.PublicPort))).toEqual(
        new Set([...ways.values()].map((it) => it.endpoint.port)),
      );
      await broker[Symbol.asyncDispose]();
      expect(await client.container.dockerode.listContainers(ours)).toEqual([]);
      expect(world.owned).toEqual(new Set());
    },
  );
});
