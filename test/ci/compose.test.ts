// docker-compose.yml is for users; nothing here can start it, so what it promises is read from it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const service = z.strictObject({
  image: z.string().regex(/:\S+$/, 'an image with a tag'),
  ports: z.array(z.string()).optional(),
  network_mode: z.literal('host').optional(),
  command: z.array(z.string()).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string().startsWith('/') })).optional(),
});
const composeFile = z.strictObject({
  name: z.literal('fieldbench'),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })),
});

const compose = composeFile.parse(parse(readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')));

describe('docker-compose.yml', () => {
  test.each(Object.entries(compose.services))('%s listens on loopback only', (_name, it) => {
    const onHost = it.network_mode === 'host' ? ['-host=127.0.0.1'] : [];
    expect(it.command ?? []).toEqual(expect.arrayContaining(onHost));
    expect([...(it.ports ?? []), ...onHost]).not.toEqual([]);
    for (const port of it.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('every configuration that a service mounts is there', () => {
    const mounted = Object.values(compose.services).flatMap((it) => (it.configs ?? []).map(({ source }) => source));
    expect(mounted.toSorted()).toEqual(Object.keys(compose.configs).toSorted());
  });

  test('Mosquitto takes clients from outside its container', () => {
    expect(compose.configs['mosquitto']?.content.split('\n')).toEqual(
      expect.arrayContaining(['listener 1883', 'allow_anonymous true']),
    );
  });
});
