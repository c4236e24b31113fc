// No fail of the published matrix stands there unsaid: the findings defend it, or the matrix names it as not defended yet.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const docs = new URL('../../docs/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, docs), 'utf8');

interface Published {
  readonly version: string;
  readonly verdicts: Readonly<Record<string, readonly string[]>>;
}

const page = read('matrix/README.md');
const matrix = JSON.parse(read('matrix/verdicts.json')) as Readonly<Record<string, Published>>;

/** `embedded` is Aedes. */
const pageOf = (target: string): string => read(`findings/${target === 'embedded' ? 'aedes' : target}.md`);

describe('docs/matrix', () => {
  test.each(Object.entries(matrix))(
    'each fail of %s is defended in the findings, or named as one that is not',
    (target, { verdicts }) => {
      const defended = new Set([...pageOf(target).matchAll(/^###? (MQTT[\w.-]+)/gm)].map((it) => it[1]));
      const undefended = (verdicts['fail'] ?? []).filter((id) => !defended.has(id));
      const [, named = ''] = /^- fails that no page defends yet: (.*)$/m.exec(page) ?? [];
      expect(named.split(', ').filter((it) => it.startsWith(`${target} `))).toEqual(
        undefended.map((id) => `${target} ${id}`),
      );
    },
  );

  test.each(Object.entries(matrix))(
    'each violation that the findings of %s defend is one, or its head says why not',
    (target, { verdicts }) => {
      const text = pageOf(target);
      const [head = ''] = text.split('\n## ');
      const sections = [...text.matchAll(/^### (MQTT[\w.-]+):/gm)].map((it) => it[1] ?? '');
      expect(sections.length).toBeGreaterThan(0);
      const failed = new Set(verdicts['fail']);
      expect(sections.filter((id) => !failed.has(id) && !head.includes(id))).toEqual([]);
    },
  );

  test('its page names every broker with its version', () => {
    for (const [target, { version }] of Object.entries(matrix)) expect(page).toContain(`| ${target} | ${version} |`);
  });
});
