// All reports of a run in one folder.
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Reporter } from '../../src/report/reporter.ts';
import { reporters, writeReports, writeWith } from '../../src/report/write-reports.ts';
import { sample } from './sample.ts';

describe('writing reports', () => {
  const { run, events } = sample();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldbench-reports-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('gives the paths of all that was written, in a folder that it makes', async () => {
    const paths = await writeReports(run, events, join(folder, 'a', 'b'));
    expect(paths.map((it) => basename(it))).toEqual([
      'results.json',
      'junit.xml',
      'summary.md',
      'allure-results',
      'report.html',
    ]);
    await Promise.all(paths.map((it) => access(it)));
  });

  test('a folder that cannot be written to is one clear error', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(writeReports(run, events, join(file, 'reports'))).rejects.toMatchObject({ code: 'FB_REPORT_FOLDER' });
  });

  test('one reporter that fails does not take the others with it', async () => {
    const broken: Reporter = { output: 'broken.txt', write: () => Promise.reject(new Error('no space left')) };
    const wanted = {
      code: 'FB_REPORT_FOLDER',
      message: expect.stringContaining('broken.txt') as string,
      actual: 'broken.txt: no space left',
    };
    await expect(writeWith([broken, ...reporters], run, events, folder)).rejects.toMatchObject(wanted);
    await Promise.all(['results.json', 'report.html'].map((it) => access(join(folder, it))));
  });
});
