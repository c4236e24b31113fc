// Mosquitto as a process and as a container: the same life as every broker, and a port on loopback only.
import { describe, expect, test } from 'vitest';
import { docker } from '../../../src/parts/brokers/docker.ts';
import { mosquittoContainer } from '../../../src/parts/brokers/mosquitto-container.ts';
import { mosquittoProcess } from '../../../src/parts/brokers/mosquitto.ts';
import { tryConnect } from '../../../src/parts/brokers/readiness.ts';
import type { BrokerDriver } from '../../../src/parts/part.ts';
import { need } from '../../support/needs.ts';
import { testWorld } from './world.ts';

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
    expect(await lifeOf(mosquittoProcess)).toEqual(wholeLife);
  });

  test('leaves nothing owned behind', async () => {
    using world = testWorld();
    const broker = await mosquittoProcess.start('b', world.context);
    await broker[Symbol.asyncDispose]();
    expect(world.owned.size).toBe(0);
  });
});

describe('as a container', need('docker', 'image:mosquitto'), () => {
  test('lives, dies by kill -9 and comes back on its port', { timeout: 60_000 }, async () => {
    expect(await lifeOf(mosquittoContainer())).toEqual(wholeLife);
  });

  test('is published on loopback only, carries our labels, and is removed', { timeout: 60_000 }, async () => {
    using world = testWorld({ 'fieldbench.test': 'loopback' });
    const { client } = await docker();
    const ours = { all: true, filters: { label: ['fieldbench.test=loopback'] } };
    const broker = await mosquittoContainer().start('b', world.context);
    const [found, ...others] = await client.container.dockerode.listContainers(ours);
    expect(others).toEqual([]);
    expect(found?.Ports).toEqual([
      { IP: '127.0.0.1', PrivatePort: 1883, PublicPort: broker.endpoint.port, Type: 'tcp' },
    ]);
    await broker[Symbol.asyncDispose]();
    expect(await client.container.dockerode.listContainers(ours)).toEqual([]);
    expect(world.owned.size).toBe(0);
  });
});

describe('an image that is not there', need('docker'), () => {
  test('is one clear error', async () => {
    using world = testWorld();
    await expect(mosquittoContainer('fieldbench/absent:1').start('b', world.context)).rejects.toMatchObject({
      code: 'FB_IMAGE_ABSENT',
      hint: 'build it with .ci/images',
    });
  });
});
