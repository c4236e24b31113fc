// Mosquitto as a process and as a container: the same life as every broker, and a port on loopback only.
import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { processesWith } from '../../../src/bench/process-identity.ts';
import { docker } from '../../../src/parts/brokers/docker.ts';
import { runVariable } from '../../../src/parts/brokers/local-process.ts';
import { driverOf } from '../../../src/bench/target/target-driver.ts';
import { parseTargetFile } from '../../../src/bench/target/target-file.ts';
import { targetOf } from '../../../src/bench/target/target.ts';
import { tryConnect } from '../../../src/parts/brokers/readiness.ts';
import type { BrokerDriver } from '../../../src/parts/part.ts';
import { need } from '../../support/needs.ts';
import { listeningAddresses, loopbackAddresses } from './listening.ts';
import { testWorld } from './world.ts';

const inContainer = (): BrokerDriver => targetOf('container:mosquitto').driver;

/** Mosquitto in a container that is described by a few lines, and by these. */
function small(own: string): BrokerDriver | undefined {
  const text = `title: T
container:
  image: fieldbench/mosquitto:*-debian
  listeners: { mqtt: {} }
  files: { m.conf: "listener 1883\\nallow_anonymous true\\nuser root\\n", version: 'on \${port.mqtt}' }
  ${own}
`;
  return driverOf(parseTargetFile('small.yaml', text), 'container');
}

/** Start, kill -9, restart, stop: what was noted, and where and whether CONNECT was answered on the way. */
async function lifeOf(driver: BrokerDriver): Promise<readonly string[]> {
  using world = testWorld({ 'fieldbench.test': 'life' });
  await using broker = await driver.start('b', world.context);
  const answers: string[] = [];
  const connect = async (): Promise<void> => {
    const { kind } = await tryConnect(broker.endpoint, world.context);
    answers.push(kind === 'accepted' ? 'answers' : 'is gone');
  };
  const { port } = broker.endpoint;
  await connect();
  await broker.kill();
  await connect();
  await broker.restart();
  await connect();
  await broker.stop();
  expect(broker.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(broker.endpoint.port).toBe(port);
  expect(answers).toEqual(['answers', 'is gone', 'answers']);
  return world.states('b');
}

const wholeLife = ['starting', 'ready', 'stopping', 'killed', 'starting', 'ready', 'stopping', 'stopped'];

describe('as a process', need('mosquitto'), () => {
  test('lives, dies by kill -9 and comes back on its port', async () => {
    expect(await lifeOf(targetOf('process:mosquitto').driver)).toEqual(wholeLife);
  });

  test('listens on loopback only, for WebSockets too', async () => {
    const run = `test-${randomUUID()}`;
    using world = testWorld({ 'fieldbench.run': run });
    await using broker = await targetOf('process:mosquitto').driver.start('b', world.context);
    const addresses = listeningAddresses(processesWith(runVariable, run).map(({ pid }) => pid));
    expect(broker.variants.websocket).toBeDefined();
    expect(addresses.length).toBeGreaterThan(2);
    expect(addresses.filter((it) => !loopbackAddresses.includes(it))).toEqual([]);
  });

  test('leaves nothing owned behind', async () => {
    using world = testWorld();
    await using broker = await targetOf('process:mosquitto').driver.start('b', world.context);
    await broker[Symbol.asyncDispose]();
    expect(world.owned.size).toBe(0);
  });
});

describe('as a container', need('docker', 'image:mosquitto'), () => {
  test('lives, dies by kill -9 and comes back on its port', { timeout: 60_000 }, async () => {
    expect(await lifeOf(inContainer())).toEqual(wholeLife);
  });

  test('is published on loopback only, carries our labels, and is removed', { timeout: 60_000 }, async () => {
    const mark = randomUUID(); // Another run of this test may stand beside it.
    using world = testWorld({ 'fieldbench.test': mark });
    const { client } = await docker();
    const ours = { all: true, filters: { label: [`fieldbench.test=${mark}`] } };
    await using broker = await inContainer().start('b', world.context);
    const [found, ...others] = await client.container.dockerode.listContainers(ours);
    expect(others).toEqual([]);
    const plain = { IP: '127.0.0.1', PrivatePort: 1883, PublicPort: broker.endpoint.port, Type: 'tcp' };
    expect(found?.Ports).toContainEqual(plain);
    expect(found?.Ports.filter((it) => it.IP !== '127.0.0.1')).toEqual([]);
    await broker[Symbol.asyncDispose]();
    expect(await client.container.dockerode.listContainers(ours)).toEqual([]);
    expect(world.owned.size).toBe(0);
  });

  test('says its version by a program that is told where its files are', { timeout: 60_000 }, async () => {
    using world = testWorld({ 'fieldbench.test': 'version' });
    const version = "version: { command: [cat, '${dir}/version'], pattern: 'on (.*)' }";
    const driver = small(`${version}\n  entrypoint: [mosquitto, -c, /fieldbench/m.conf]`);
    await using broker = await driver?.start('b', world.context);
    expect(broker?.version).toBe('1883');
  });

  test('is killed where it does not end within the time of its file', { timeout: 60_000 }, async () => {
    const mark = randomUUID();
    using world = testWorld({ 'fieldbench.test': mark });
    const { client } = await docker();
    const script = 'trap "sleep 4; exit 7" TERM; mosquitto -c /fieldbench/m.conf & wait';
    const driver = small(`stopWithin: 1s\n  entrypoint: [sh, -c, '${script}']`);
    await using broker = await driver?.start('b', world.context);
    await broker?.stop();
    const ours = { all: true, filters: { label: [`fieldbench.test=${mark}`] } };
    const [found] = await client.container.dockerode.listContainers(ours);
    expect(found?.Status).toContain('Exited (137)');
  });
});

describe('an image that is not there', need('docker'), () => {
  test('is one clear error', async () => {
    using world = testWorld();
    vi.stubEnv('FIELDBENCH_MOSQUITTO_IMAGE', 'fieldbench/absent:1');
    await expect(inContainer().start('b', world.context)).rejects.toMatchObject({
      code: 'FB_IMAGE_ABSENT',
      hint: 'build it with .ci/images',
    });
  });
});
