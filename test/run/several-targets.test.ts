// A target that does not start keeps nobody from judging the others, and is never passed over in silence.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FieldbenchError } from '../../src/error.ts';
import { runConformance } from '../../src/run/complete-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-several-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A target file for a program that ends at once. */
function ending(name: string): string {
  const file = join(folder, `${name}.yaml`);
  const way = "process: { program: '${node}', args: ['-e', 'process.exit(3)'], listeners: { mqtt: {} } }";
  writeFileSync(file, `title: ends at once\n${way}\n`);
  return file;
}

const run = (name: string, targets: readonly string[]) =>
  runConformance({
    targets,
    select: 'publish/acknowledged',
    reportDir: join(folder, name),
    signal: new AbortController().signal,
  });

test('the others are judged, and the run is no success', async () => {
  const done = await run('one', [ending('first'), 'embedded']);
  expect(done.run.targets.map((it) => it.checks.map((check) => check.verdict))).toEqual([['pass']]);
  expect(done.failure).toMatchObject({ code: 'FB_BROKER_START', message: expect.stringContaining('first') });
  expect(done.run).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
});

test('several that do not start are all told', async () => {
  const { failure } = await run('two', [ending('a'), 'embedded', ending('b')]);
  if (!(failure instanceof AggregateError)) throw new Error(`not of several: ${failure}`);
  expect(failure.errors.map((it) => it instanceof FieldbenchError && it.code)).toEqual([
    'FB_BROKER_START',
    'FB_BROKER_START',
  ]);
});
