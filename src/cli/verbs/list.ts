// `fieldbench list`: what there is to choose from.
import type { Check } from '../../conformance/check.ts';
import { checks } from '../../conformance/checks.ts';
import { suiteCoverage, type StatementCoverage } from '../../conformance/coverage.ts';
import { mutants } from '../../conformance/mutants.ts';
import { securityMutants } from '../../conformance/mutants/security.ts';
import { didYouMean, FieldbenchError } from '../../error.ts';
import { rules } from '../../judge/rules.ts';
import { linkBackends } from '../../parts/links/backend.ts';
import { atMostWords, readOptions } from '../options.ts';
import { shippedScenarios } from '../../run/shipped.ts';
import { faultPage, faultRows } from '../fault-rows.ts';
import { linkPage, linkRows } from '../link-page.ts';
import { targetPage, targetRows } from '../target-page.ts';
import { listOfTariffs, rowsOfTariff } from '../tariff-rows.ts';
import { tableLines, type Page, type Rows } from '../table.ts';
import type { Verb } from '../verb.ts';

/** Lists by name: one row for each thing there is. */
const lists: Readonly<Record<string, () => Rows | Promise<Rows>>> = {
  checks: () => checks.map(rowOfCheck),
  rules: () => rules.map((it) => [it.id, it.judges, it.title]),
  mutants: () => [
    ...mutants.map((it) => [it.id, it.statement, it.summary]),
    ...securityMutants.map((it) => [it.id, it.check, it.summary]),
  ],
  statements: () => suiteCoverage({ checks, rules, mutants }).map(rowOfStatement),
  targets: targetRows,
  links: linkRows,
  backends: () => linkBackends.map((it) => [it.backend, it.capabilities.join(', ')]),
  scenarios: async () => (await shippedScenarios()).map((name) => [name]),
  tariffs: listOfTariffs,
  faults: faultRows,
};

/** Lists of things of which there is more to tell, each by its name. */
const pages: Readonly<Record<string, (name: string) => Page | Promise<Page>>> = {
  links: linkPage,
  faults: faultPage,
  targets: targetPage,
  tariffs: async (name) => ({ words: [], rows: await rowsOfTariff(name) }),
};

const usage = `Usage: fieldbench list WHAT [NAME]

WHAT is one of: ${Object.keys(lists).join(', ')}
NAME of one of: ${Object.keys(pages).join(', ')}; tells all there is to tell of it`;

export const list: Verb = {
  summary: `shows what there is: ${Object.keys(lists).join(', ')}`,
  usage,
  async run(args) {
    const { positionals } = readOptions(args, {});
    atMostWords(2, positionals);
    const [what = '', name] = positionals;
    const { words, rows } = name === undefined ? { words: [], rows: await rowsOf(what) } : await pageOf(what, name);
    const lines = [...words, ...tableLines(rows, process.stdout.columns ?? Number.POSITIVE_INFINITY)];
    process.stdout.write(`${lines.join('\n')}\n`);
    return 0;
  },
};

function rowsOf(what: string): Rows | Promise<Rows> {
  const found = Object.hasOwn(lists, what) ? lists[what] : undefined;
  if (found !== undefined) return found();
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `cannot list "${what}"`,
    hint: didYouMean(what, Object.keys(lists)),
  });
}

function pageOf(what: string, name: string): Page | Promise<Page> {
  const found = Object.hasOwn(pages, what) ? pages[what] : undefined;
  if (found !== undefined) return found(name);
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `there is no more to tell of "${name}" than "fieldbench list ${what}" shows`,
    hint: `names are taken by: ${Object.keys(pages).join(', ')}`,
  });
}

/** A check on its row: what it needs for itself stands as a mark, and the reasons behind its title. */
function rowOfCheck({ id, section, group, title, unsafe, optIn }: Check): readonly string[] {
  const marks = [
    ...(group === 'parallel' ? [] : [group === 'alone' ? 'alone' : 'own broker']),
    ...(unsafe === undefined ? [] : ['unsafe']),
    ...(optIn === undefined ? [] : ['opt-in']),
  ];
  const reasons = [
    ...(unsafe === undefined ? [] : [`unsafe: it ${unsafe}`]),
    ...(optIn === undefined ? [] : [`opt-in: it ${optIn}`]),
  ];
  return [id, section, marks.join(', '), [title, ...reasons].join('; ')];
}

/** A statement on its row: by how many checks and rules it is judged, or why by none. */
function rowOfStatement({ statement: { id, title }, why, ...judging }: StatementCoverage): readonly string[] {
  if (why !== undefined) return [id, '-', `${title}; not judged: ${why}`];
  const by = [counted(judging.checks.length, 'check'), counted(judging.rules.length, 'rule')];
  return [id, by.filter((it) => it !== '').join(', '), title];
}

const counted = (count: number, what: string): string =>
  count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
