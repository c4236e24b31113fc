// Every fail of the published matrix is defended: a page about the broker has a section about the statement.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const docs = new URL('../../docs/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, docs), 'utf8');

interface Published {
  readonly version: string;
  readonly verdicts: Readonly<Record<string, readonly string[]>>;
}

const matrix = JSON.parse(read('matrix/verdicts.json')) as Readonly<Record<string, Published>>;

/** `embedded` is Aedes. */
const pageOf = (target: string): string => read(`findings/${target === 'embedded' ? 'aedes' : target}.md`);

describe('docs/matrix', () => {
  test.each(Object.entries(matrix))('each fail of %s is defended in the findings', (target, { verdicts }) => {
    const defended = new Set([...pageOf(target).matchAll(/^###? (MQTT[\w.-]+)/gm)].map((it) => it[1]));
    expect((verdicts['fail'] ?? []).filter((id) => !defended.has(id))).toEqual([]);
  });

  test('its page names every broker with its version', () => {
    const page = read('matrix/README.md');
    for (const [target, { version }] of Object.entries(matrix)) expect(page).toContain(`| ${target} | ${version} |`);
  });
});
