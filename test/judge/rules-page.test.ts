// docs/rules.md is complete and true: it is what the rules say of themselves.
import { expect, test } from 'vitest';
import { rules } from '../../src/judge/rules.ts';
import { findStatement } from '../../src/spec/catalogue.ts';
import { rulesPage } from './rules-page.ts';

test('the page is what the rules say', async () => {
  await expect(rulesPage(rules)).toMatchFileSnapshot('../../docs/rules.md');
});

test('no two rules share a name', () => {
  expect(new Set(rules.map((it) => it.id)).size).toBe(rules.length);
});

test('only a rule that remarks names no statement', () => {
  expect(rules.filter((it) => it.statements.length === 0).map((it) => it.id)).toEqual(['client-reconnecting']);
});

test.each(rules.map((it) => [it.id, it] as const))(
  '%s names statements that bind or concern its party',
  (_id, rule) => {
    expect(new Set(rule.statements).size).toBe(rule.statements.length);
    const strangers = rule.statements.filter((id) => (findStatement(id)?.testable[rule.judges] ?? null) === null);
    expect(strangers).toEqual([]);
  },
);
