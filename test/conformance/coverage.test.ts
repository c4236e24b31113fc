// docs/coverage-3.1.1.md is complete and true: it is what the suite is made of, and nothing in it goes unproved.
import { expect, test } from 'vitest';
import { checks } from '../../src/conformance/checks.ts';
import { suiteCoverage } from '../../src/conformance/coverage.ts';
import { mutants } from '../../src/conformance/mutants.ts';
import { securityMutants } from '../../src/conformance/mutants/security.ts';
import { rules } from '../../src/judge/rules.ts';
import { findStatement } from '../../src/spec/catalogue.ts';
import { coveragePage } from './coverage-page.ts';

const coverage = suiteCoverage({ checks, rules, mutants });

test('the page is what the suite says', async () => {
  const proved = checks.filter((it) => securityMutants.some((mutant) => mutant.check === it.id));
  const page = coveragePage(coverage, proved, securityMutants);
  await expect(page).toMatchFileSnapshot('../../docs/coverage-3.1.1.md');
});

test('every observable statement has a check', () => {
  expect(coverage.filter((it) => it.why === 'no check yet').map((it) => it.statement.id)).toEqual([]);
});

test('every statement with a check has a mutant', () => {
  const unproved = coverage.filter((it) => it.checks.length > 0 && it.mutants.length === 0);
  expect(unproved.map((it) => it.statement.id)).toEqual([]);
});

test('checks name statements that exist, and no two share an id', () => {
  expect(checks.flatMap((it) => it.statements).filter((id) => findStatement(id) === undefined)).toEqual([]);
  expect(new Set(checks.map((it) => it.id)).size).toBe(checks.length);
});
