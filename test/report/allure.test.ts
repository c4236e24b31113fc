// allure-results/: what Allure will show, under names that the wire has no say in.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestResult } from 'allure-js-commons';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allure } from '../../src/report/allure.ts';
import { materialOf } from '../../src/report/reporter.ts';
import { hostileTexts } from './hostile.ts';
import { sample } from './sample.ts';

describe('allure-results', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldbench-allure-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(text?: string): Promise<readonly TestResult[]> {
    const { run, events } = sample(text);
    await allure.write(materialOf(run, events), folder);
    const names = (await readdir(folder)).filter((it) => it.endsWith('-result.json'));
    return Promise.all(names.map(async (it) => JSON.parse(await readFile(join(folder, it), 'utf8')) as TestResult));
  }

  test('a broken statement has labels, details, steps and its evidence', async () => {
    const results = await write();
    const broken = results.find((it) => it.fullName === 'broker/MQTT-4.3.2-2');
    expect(broken).toMatchObject({ status: 'failed', statusDetails: { actual: 'PUBACK 8, site/pump' } });
    const labels = Object.fromEntries(broken?.labels.map((it) => [it.name, it.value]) ?? []);
    expect(labels).toMatchObject({
      parentSuite: 'broker',
      suite: '4.3 quality of service',
      tag: 'MQTT-4.3.2-2',
      severity: 'critical',
    });
    expect(broken?.steps.map((it) => it.name)).toContain('came: PUBACK 8, site/pump');
    const [attachment] = broken?.attachments ?? [];
    expect(await readFile(join(folder, attachment?.source ?? ''), 'utf8')).toContain('40 02 [00 08]');
  });

  test('statuses follow the verdicts', async () => {
    const statuses = Object.fromEntries((await write()).map((it) => [it.fullName, it.status]));
    expect(statuses).toMatchObject({
      'broker/publish/order': 'passed',
      'broker/reconnected': 'broken',
      'broker/retained/x': 'skipped',
      'broker/MQTT-3.1.2-24': 'passed',
    });
  });

  test('the same run again overwrites its own files, with the same history', async () => {
    const first = await write();
    const before = await readdir(folder);
    const again = await write();
    expect(await readdir(folder)).toEqual(before);
    expect(again.map((it) => it.historyId)).toEqual(first.map((it) => it.historyId));
    expect(new Set(first.map((it) => it.historyId)).size).toBe(first.length);
  });

  test('file names never come from the wire', async () => {
    await write(hostileTexts.join(''));
    for (const name of await readdir(folder))
      expect(name).toMatch(/^[0-9a-f-]{36}-(result\.json|attachment\.txt)$|^environment\.properties$/);
  });
});
