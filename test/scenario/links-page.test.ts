// docs/links.md is true: its table is what the files say, and its examples are files that can be read and run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseTimeline, timelineStates } from '../../src/faults/link-timeline.ts';
import { conductInWords, figuresInWords } from '../../src/faults/profile-in-words.ts';
import type { LinkProfile } from '../../src/faults/link-profile.ts';
import { parseLinkFile, readLinkProfile } from '../../src/scenario/link-file.ts';
import { linkSchema } from '../../src/scenario/link-schema.ts';
import { shippedLinks } from '../../src/scenario/shipped-links.ts';
import { scenarioTest } from '../../src/vitest.ts';

const page = readFileSync(new URL('../../docs/links.md', import.meta.url), 'utf8');
const [scenario = '', link = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((it) => it[1]);

function row(profile: LinkProfile): string {
  const cells = [
    `\`${profile.name}\``,
    profile.title,
    figuresInWords(profile),
    conductInWords(profile).join('; '),
    `\`${profile.tariff}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

test('the table is what the shipped files say (vitest -u writes it anew)', async () => {
  const profiles = await Promise.all((await shippedLinks()).map((name) => readLinkProfile(name)));
  const table = [
    '| profile | | figures | and | tariff |',
    '| --- | --- | --- | --- | --- |',
    ...profiles.map(row),
  ].join('\n');
  const current = page.replace(
    /(<!-- profiles -->\n)[\s\S]*?(<!-- end of profiles -->)/,
    (_, before: string, after: string) => `${before}\n${table}\n\n${after}`,
  );
  expect(current).toContain(table);
  await expect(current).toMatchFileSnapshot('../../docs/links.md');
});

test('the example of a link file can be read', () => {
  const { profile, figures } = parseLinkFile('north-mast.yaml', link);
  expect(profile.title).toBe('The radio on the north mast');
  expect(figures.length).toBeGreaterThan(10);
});

test('the example of a timeline is one', () => {
  const [, csv = ''] = /```csv\n([\s\S]*?)```/.exec(page) ?? [];
  const { points } = parseTimeline(csv, 'day.csv');
  expect(points.map((it) => it.state)).toEqual(['up', 'up', 'drop', 'up']);
  expect(points[1]).toMatchObject({ fromMs: 600_000, delayMs: 350, lossPct: 2, upBitPerS: 250_000 });
  for (const state of timelineStates) expect(page).toContain(`\`${state}\``);
});

test('every key of a link file is explained', () => {
  for (const key of Object.keys(linkSchema.shape).filter((it) => it !== 'title')) {
    expect(page).toMatch(new RegExp(`^\\| .*\`${key}\\b`, 'm'));
  }
});

describe('the example of a scenario', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fieldbench-docs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'satellite-day.yaml');
  writeFileSync(file, scenario);
  scenarioTest(file);
});
