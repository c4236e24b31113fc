// Brokers described by files: whatever can go wrong on the way is one clear error, and nothing is left behind.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { processesWith, stillRuns } from '../../../src/bench/process-identity.ts';
import { openRunRegistry } from '../../../src/bench/run-registry.ts';
import { targetOf } from '../../../src/bench/target/target.ts';
import { tryConnect } from '../../../src/parts/brokers/readiness.ts';
import type { BrokerDriver } from '../../../src/parts/part.ts';
import { waitingProgram } from './waiting-program.ts';
import { testWorld } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-described-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A broker of a few lines: CONNACK 0 for whoever knows the password, 5 for others; may leave a helper behind. */
const program = `
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
const [port, passwordFile, helper] = process.argv.slice(2);
const password = readFileSync(passwordFile);
console.log('the password is ' + password);
const helperOf = { group: false, daemon: true };
if (helper in helperOf) {
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: helperOf[helper], stdio: 'ignore' }).unref();
}
createServer((socket) => socket.on('error', () => {}).on('data', (bytes) => {
  if (bytes[0] === 0x10) socket.write(Uint8Array.of(0x20, 2, 0, bytes.includes(password) ? 0 : 5));
})).listen(Number(port), process.env.HOST);
`;
writeFileSync(join(folder, 'broker.mjs'), program);

function driverOf(changes: (text: string) => string = (it) => it, file = 'small.yaml'): BrokerDriver {
  const text = `title: a small broker
install: { here: cp broker.mjs }
process:
  program: '\${node}'
  args: ['\${here}/broker.mjs', '\${port.mqtt}', '\${dir}/secrets/password', none]
  environment: { HOST: '\${host}' }
  version: { text: '1.0' }
  listeners: { mqtt: { login: true } }
  files: { secrets/password: '\${login.password}' }
`;
  writeFileSync(join(folder, file), changes(text));
  return targetOf(join(folder, file)).driver;
}

test('a listener may ask everybody for the login of the run', async () => {
  using world = testWorld();
  await using broker = await driverOf().start('b', world.context);
  expect(broker.version).toBe('1.0');
  expect(broker.how).toBe(`${process.execPath} \${here}/broker.mjs \${port.mqtt} \${dir}/secrets/password none`);
  expect(await tryConnect(broker.endpoint, world.context)).toEqual({ kind: 'connack', returnCode: 5 });
  const login = broker.login ?? { userName: '', password: '' };
  expect(await tryConnect(broker.endpoint, { ...world.context, login })).toEqual({ kind: 'accepted' });
  expect(JSON.stringify(world.events)).not.toContain(login.password);
});

test('a file of the machine that it needs may lie beside its own', async () => {
  using world = testWorld();
  const driver = driverOf((it) => it.replace('  args:', "  needs: [broker.mjs, '${here}/broker.mjs']\n  args:"));
  await using broker = await driver.start('b', world.context);
  expect(broker.version).toBe('1.0');
});

test('its files are gone with it', async () => {
  using world = testWorld();
  await using broker = await driverOf().start('b', world.context);
  expect(readdirSync(world.context.owns.scratch)).toHaveLength(1);
  await broker[Symbol.asyncDispose]();
  expect(readdirSync(world.context.owns.scratch)).toEqual([]);
});

test('what it said last is shown without the passwords that it was given', async () => {
  using world = testWorld();
  const dies = driverOf((it) => it.replace("'${port.mqtt}'", "'-1'"));
  const error: unknown = await dies.start('b', world.context).catch((it: unknown) => it);
  expect(error).toMatchObject({
    code: 'FB_BROKER_START',
    actual: expect.stringMatching(/the password is \*\*\*\n[^]*ERR_SOCKET_BAD_PORT/) as string,
  });
  expect(readdirSync(world.context.owns.scratch)).toEqual([]);
});

describe('is one clear error:', () => {
  test('a program that is not there, with how to install it', async () => {
    using world = testWorld();
    const absent = driverOf((it) => it.replace("'${node}'", 'no-such-broker'));
    await expect(absent.start('b', world.context)).rejects.toMatchObject({
      code: 'FB_BROKER_ABSENT',
      expected: 'a program no-such-broker',
      hint: 'install it (here: cp broker.mjs), or use the target "embedded"',
    });
  });

  test('a file of the machine that it needs', async () => {
    using world = testWorld();
    const absent = driverOf((it) => it.replace('  args:', '  needs: [/no/such.jar]\n  args:'));
    await expect(absent.start('b', world.context)).rejects.toMatchObject({
      code: 'FB_BROKER_ABSENT',
      expected: '/no/such.jar',
    });
  });

  test('a file beside its own that is not there', async () => {
    using world = testWorld();
    const bad = driverOf((it) => it.replace('files: {', 'files: { x: { from: absent.txt },'));
    await expect(bad.start('b', world.context)).rejects.toMatchObject({
      code: 'FB_TARGET_FILE',
      message: 'cannot read absent.txt, which the target file names',
      hint: 'a path is looked for beside the target file',
    });
    expect(readdirSync(world.context.owns.scratch)).toEqual([]);
  });

  test.runIf(process.getuid?.() === 0)('a user who is not there', async () => {
    using world = testWorld();
    const bad = driverOf((it) => it.replace('  args:', '  user: no-such-user\n  args:'));
    await expect(bad.start('b', world.context)).rejects.toMatchObject({
      code: 'FB_BROKER_START',
      message: 'there is no user "no-such-user" on this machine to run the broker',
    });
  });

  test('a program to run before that fails, without its arguments and the passwords in them', async () => {
    using world = testWorld();
    const script = "[['${node}', -e, 'console.error(1234, process.argv[1]); process.exit(1)', '${login.password}']]";
    const bad = driverOf((it) => it.replace('  args:', `  before: ${script}\n  args:`));
    const error: unknown = await bad.start('b', world.context).catch((it: unknown) => it);
    expect(error).toMatchObject({ code: 'FB_BROKER_START', actual: '1234 ***' });
    expect(readdirSync(world.context.owns.scratch)).toEqual([]);
  });
});

describe('a program that says its version or runs before belongs to the run, and ends with it:', () => {
  test.each<[string, (command: string, text: string) => string]>([
    ['before', (command, text) => text.replace('  args:', () => `  before: [${command}]\n  args:`)],
    ['version', (command, text) => text.replace("version: { text: '1.0' }", () => `version: { command: ${command} }`)],
    ['version of a broker by its URL', (it) => `title: T\nremote: { url: mqtt://h, version: { command: ${it} } }\n`],
  ])('%s', { timeout: 10_000 }, async (_, changed) => {
    using world = testWorld({ 'fieldbench.run': 'gives-up' });
    await using waiting = await waitingProgram();
    const driver = driverOf((text) => changed(JSON.stringify(waiting.command), text));
    const reason = new Error('given up');
    const outcome = driver.start('b', world.context).catch((error: unknown) => error);
    expect(await waiting.runs).toBe('run gives-up');
    world.abort(reason);
    await waiting.gone;
    expect(await outcome).toBe(reason);
    expect(readdirSync(world.context.owns.scratch)).toEqual([]);
  });
});

test('a broker that may not be killed is not, and ends with the bench all the same', async () => {
  using world = testWorld();
  await using broker = await driverOf((it) => `${it}allows: [restart]\n`).start('b', world.context);
  await expect(broker.kill()).rejects.toMatchObject({ code: 'FB_TARGET_CAPABILITY' });
  await broker.restart();
  await broker[Symbol.asyncDispose]();
  expect(world.owned.size).toBe(0);
});

const helpers = (runId: string): readonly unknown[] =>
  processesWith('FIELDBENCH_RUN', runId).filter((it) => it.pid !== process.pid && stillRuns(it));

describe('a helper that the broker leaves behind', () => {
  test('in its group is gone when the broker is', async () => {
    using world = testWorld({ 'fieldbench.run': 'group-helper' });
    await using broker = await driverOf((it) => it.replace('none]', 'group]')).start('b', world.context);
    expect(helpers('group-helper')).toHaveLength(2);
    await broker.stop();
    expect(helpers('group-helper')).toEqual([]);
    await broker[Symbol.asyncDispose]();
  });

  test('as a daemon of its own is gone with the run', async () => {
    using world = testWorld();
    await using registry = await openRunRegistry({ stateFolder: join(folder, 'state') });
    const context = { ...world.context, owns: registry };
    await using broker = await driverOf((it) => it.replace('none]', 'daemon]')).start('b', context);
    await broker[Symbol.asyncDispose]();
    expect(helpers(registry.runId)).toHaveLength(1);
    await registry[Symbol.asyncDispose]();
    expect(helpers(registry.runId)).toEqual([]);
  });
});

test.runIf(process.getuid?.() === 0)('a user of its own runs it, in a folder that it may enter', async () => {
  using world = testWorld();
  await using broker = await driverOf((it) =>
    it
      .replace('  args:', '  user: nobody\n  args:')
      .replace("'${here}/broker.mjs'", "'${dir}/broker.mjs'")
      .replace('files: {', 'files: { broker.mjs: { from: broker.mjs },')
      .replace("version: { text: '1.0' }", "version: { command: [id, -un], pattern: '(.*)' }"),
  ).start('b', world.context);
  const owned = [...world.owned].find((it) => typeof it === 'string');
  const pid = [...world.owned].find((it) => typeof it === 'number');
  expect(broker.version).toBe('nobody');
  expect(statSync(String(owned)).uid).toBe(statSync(`/proc/${pid}`).uid);
  expect(statSync(String(owned)).uid).not.toBe(0);
  await broker[Symbol.asyncDispose]();
  expect(existsSync(String(owned))).toBe(false);
});
