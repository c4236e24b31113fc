// docs/errors.md is complete and true: every code of the source stands there once, and nothing else does.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const project = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(project, 'docs/errors.md'), 'utf8');

/** Codes in tables, in order of appearance. */
const documented = [...page.matchAll(/^\| `(FB_[A-Z_]+)` \|/gm)].map(([, code]) => code ?? '');

function codesOfSource(): ReadonlySet<string> {
  const files = readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' });
  const texts = files.filter((it) => it.endsWith('.ts')).map((it) => readFileSync(join(project, 'src', it), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(/\bFB_[A-Z]+(?:_[A-Z]+)*\b/g)].map(([code]) => code)));
}

test('every error code of the source is on the page, once', () => {
  expect(documented.toSorted()).toEqual([...codesOfSource()].toSorted());
});

test('every code tells when it comes and what to do', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toHaveLength(documented.length);
  for (const row of rows) expect(row).toMatch(/^\| `FB_[A-Z_]+` \| \S.{10,} \| \S.{5,} \|$/);
});

test('every other word on the page that looks like a code is none of its own', () => {
  const named = [...page.matchAll(/\bFB_[A-Z_]+\b/g)].map(([code]) => code);
  expect(named.filter((code) => !documented.includes(code))).toEqual([]);
});
