// What a target's file does not allow is not tried: the checks that need it are skipped, and say why.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/net/listen.ts';
import { runConformance } from '../../src/run/complete-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-allowances-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How the checks end that end a broker politely and by force, on a target that is described by this text. */
async function restarts(name: string, text: string) {
  const target = join(folder, `${name}.yaml`);
  writeFileSync(target, `title: T\n${text}`);
  const { run } = await runConformance({
    targets: [target],
    select: 'restart/*',
    reportDir: join(folder, name),
    signal: new AbortController().signal,
  });
  return run.targets.flatMap((it) => it.checks.map(({ id, verdict, actual }) => ({ id, verdict, actual })));
}

const skipped = (actual: string) =>
  ['restart/graceful', 'restart/killed'].map((id) => ({ id, verdict: 'skipped', actual }));

describe('the checks that restart a broker are skipped', { concurrent: true, timeout: 60_000 }, () => {
  test.each([
    ['allows: []', 'restart or kill'],
    ['allows: [kill]', 'restart'],
    ['allows: [restart, reconfigure]', 'kill'],
  ])('on a target of ours with %s', async (allows, missing) => {
    const name = missing.replaceAll(' ', '-');
    expect(await restarts(name, `embedded: aedes\n${allows}\n`)).toEqual(
      skipped(`the target file does not allow to ${missing} it`),
    );
  });

  test('on one of somebody else, whatever its file allows', async () => {
    await using theirs = await listen({
      onWire: (wire) => wire.onBytes(() => void wire.send(Uint8Array.of(0x20, 2, 0, 0))),
    });
    const { host, port } = theirs.endpoint;
    expect(await restarts('theirs', `remote: { url: 'mqtt://${host}:${port}' }\nallows: []\n`)).toEqual(
      skipped('somebody else runs the target: it is not ours to restart'),
    );
  });
});
