// However a target is addressed: what is known of it holds, and what cannot be started is told before anything starts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { targetOf } from '../../../src/bench/target/target.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-targets-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function targetFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const elsewhere = 'title: T\nremote:\n  url: mqtt://127.0.0.1:1\n';
const limitsOf = (word: string): readonly string[] => targetOf(word).limits.map((it) => it.needs);

describe('the limits of NATS hold', () => {
  test.each([
    'nats',
    'process:nats',
    'nats@mqtt://127.0.0.1:1883',
    'nats@ws://127.0.0.1/mqtt',
    'nats@image:somebody/else',
  ])('at %s', (word) => {
    expect(limitsOf(word)).toEqual(['qos2']);
    expect(targetOf(word).word).toBe(word);
  });

  test('in a file that says it is like it, and beside those of its own', () => {
    const own = '  - { needs: will, says: no wills, source: https://vendor/wills }\n';
    expect(limitsOf(targetFile('alike.yaml', `${elsewhere}like: nats\n`))).toEqual(['qos2']);
    expect(limitsOf(targetFile('both.yaml', `${elsewhere}like: nats\nlimits:\n${own}`))).toEqual(['will', 'qos2']);
    expect(limitsOf(`nats@${targetFile('other.yaml', elsewhere)}`)).toEqual(['qos2']);
  });

  test.each(['mosquitto', 'mqtt://127.0.0.1:1883', 'image:eclipse-mosquitto:2.0.20'])('and not at %s', (word) => {
    expect(limitsOf(word)).toEqual([]);
  });
});

describe('an image', () => {
  test.each([
    'image:eclipse-mosquitto:2.0.20',
    'image:docker.io/library/eclipse-mosquitto@sha256:00',
    'image:fieldbench/mosquitto:x',
  ])('%s is known as Mosquitto', (word) => {
    expect(targetOf(word).driver.kind).toBe('mosquitto-container');
    expect(targetOf(word).driver.startSecured).toBeDefined();
  });

  test('of nobody we know is a plain broker', () => {
    const { driver } = targetOf('image:registry.example:5000/Some/Broker:1');
    expect(driver.kind).toBe('registry-example-5000-some-broker-container');
    expect(driver.startSecured).toBeUndefined();
  });
});

describe('is told before anything starts:', () => {
  test.each([
    ['nots@mqtt://h', 'FB_TARGET_UNKNOWN', 'did you mean "nats"?'],
    ['container:nuts', 'FB_TARGET_UNKNOWN', 'did you mean "nats"?'],
    ['container:embedded', 'FB_TARGET_UNKNOWN', 'fieldbench list targets embedded tells what its file describes'],
    [join(folder, 'absent.yaml'), 'FB_TARGET_FILE', 'fieldbench list targets shows the ones that are shipped'],
  ])('%s', (word, code, hint) => {
    expect(() => targetOf(word)).toThrow(expect.objectContaining({ code, hint }) as Error);
  });

  test('a credential that is not in the environment, by its name', () => {
    const file = targetFile('guarded.yaml', `${elsewhere}  credentials: { userNameFrom: FB_U, passwordFrom: FB_P }\n`);
    vi.stubEnv('FB_U', 'u');
    expect(() => targetOf(file)).toThrow(
      expect.objectContaining({
        code: 'FB_TARGET_CREDENTIALS',
        message: 'the environment variable FB_P is not set, and the target takes a credential from it',
      }) as Error,
    );
    vi.stubEnv('FB_P', 'p');
    expect(targetOf(file).driver.kind).toBe('remote');
  });

  test('a CA that is not there', () => {
    const file = targetFile('ca.yaml', `${elsewhere}  caFile: no-ca.pem\n`);
    expect(() => targetOf(file)).toThrow(expect.objectContaining({ code: 'FB_TARGET_FILE' }) as Error);
  });
});
