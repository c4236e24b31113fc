// docker-compose.yml is for users; nothing here can start it, so what it promises is read from it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { shippedTarget } from '../../src/bench/target/target-file.ts';
import { need, whereIs } from '../support/needs.ts';

const strings = z.record(z.string(), z.string());
const service = z.strictObject({
  image: z.string().regex(/:[\d.]+$/, 'an image with a version for its tag'),
  profiles: z.tuple([z.literal('zoo')]).optional(),
  ports: z.tuple([z.string()]).optional(),
  network_mode: z.literal('host').optional(),
  command: z.array(z.string()).optional(),
  environment: strings.optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string().startsWith('/') })).optional(),
});
const composeFile = z.strictObject({
  name: z.literal('fieldbench'),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })),
});

const file = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));
const { services, configs } = composeFile.parse(parse(readFileSync(file, 'utf8')));

describe('docker-compose.yml', () => {
  test('is what the Compose specification takes', need('check-jsonschema'), () => {
    const schema = ['--builtin-schema', 'vendor.compose-spec'];
    const said = execFileSync(whereIs('check-jsonschema'), [...schema, file], { encoding: 'utf8' });
    expect(said).toContain('ok');
  });

  test.each(Object.entries(services))('%s listens on loopback only', (_name, it) => {
    const onHost = it.network_mode === 'host' ? ['-host=127.0.0.1'] : [];
    expect(it.command ?? []).toEqual(expect.arrayContaining(onHost));
    expect([...(it.ports ?? []), ...onHost]).not.toEqual([]);
    for (const port of it.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:18\d\d:1883$/);
  });

  test('no two want the same port', () => {
    const ports = Object.values(services).flatMap((it) => it.ports ?? []);
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('only Mosquitto and the fault proxy are started unless others are asked for', () => {
    const always = Object.entries(services).filter(([, it]) => it.profiles === undefined);
    expect(always.map(([name]) => name)).toEqual(['mosquitto', 'toxiproxy']);
  });

  test('every configuration that a service mounts is there', () => {
    const mounted = Object.values(services).flatMap((it) => (it.configs ?? []).map(({ source }) => source));
    expect(mounted.toSorted()).toEqual(Object.keys(configs).toSorted());
  });

  test('brokers that nobody here can start come from the images that their target files name', () => {
    const written = Object.keys(services).flatMap((name) => {
      const { status, container } = shippedTarget(name)?.target ?? {};
      return status === 'untested' && container ? [[name, container.image]] : [];
    });
    expect(written.map(([name]) => name)).toEqual(['emqx', 'vernemq', 'nanomq']);
    expect(written).toEqual(written.map(([name = '']) => [name, services[name]?.image]));
  });

  test('Mosquitto takes clients from outside its container', () => {
    expect(configs['mosquitto']?.content.split('\n')).toEqual(
      expect.arrayContaining(['listener 1883', 'allow_anonymous true']),
    );
  });

  test('the licence of VerneMQ is accepted by nobody but the person who starts it', () => {
    const accepting = Object.entries(services).flatMap(([name, { environment = {} }]) =>
      Object.entries(environment)
        .filter(([key]) => key.includes('EULA'))
        .map(([key, value]) => [name, key, value]),
    );
    const key = 'DOCKER_VERNEMQ_ACCEPT_EULA';
    expect(accepting).toEqual([['vernemq', key, `\${${key}:-no}`]]);
  });
});
