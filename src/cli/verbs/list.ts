// `fieldbench list`: what there is to choose from.
import { checks } from '../../conformance/checks.ts';
import { mutants } from '../../conformance/mutants.ts';
import { didYouMean, FieldbenchError } from '../../error.ts';
import { rules } from '../../judge/rules.ts';
import { brokerTargets } from '../../parts/brokers/drivers.ts';
import { linkBackends } from '../../parts/links/backend.ts';
import { isObservable, statements311 } from '../../spec/catalogue.ts';
import { atMostWords, readOptions } from '../options.ts';
import { shippedScenarios } from '../../run/shipped.ts';
import type { Verb } from '../verb.ts';

type Rows = readonly (readonly string[])[];

const lists: Readonly<Record<string, () => Rows | Promise<Rows>>> = {
  checks: () =>
    checks.map((it) => [it.id, it.section, it.optIn === undefined ? it.title : `${it.title} (opt-in: ${it.optIn})`]),
  rules: () => rules.map((it) => [it.id, it.judges, it.title]),
  mutants: () => mutants.map((it) => [it.id, it.statement, it.summary]),
  statements: () =>
    statements311().map((it) => [it.id, isObservable(it, 'server') ? 'observable on a server' : '-', it.title]),
  targets: () => [
    ...Object.entries(brokerTargets).map(([word, it]) => [word, it.kind]),
    ['mqtt://HOST:PORT', 'a running broker'],
  ],
  links: () => linkBackends.map((it) => [it.backend, it.capabilities.join(', ')]),
  scenarios: async () => (await shippedScenarios()).map((name) => [name]),
};

const usage = `Usage: fieldbench list WHAT

WHAT is one of: ${Object.keys(lists).join(', ')}`;

export const list: Verb = {
  summary: `shows what there is: ${Object.keys(lists).join(', ')}`,
  usage,
  async run(args) {
    const { positionals } = readOptions(args, {});
    atMostWords(1, positionals);
    const [what = ''] = positionals;
    const rowsOf = Object.hasOwn(lists, what) ? lists[what] : undefined;
    if (rowsOf === undefined) {
      throw new FieldbenchError({
        code: 'FB_USAGE',
        message: `cannot list "${what}"`,
        hint: didYouMean(what, Object.keys(lists)),
      });
    }
    process.stdout.write(`${table(await rowsOf())}\n`);
    return 0;
  },
};

/** Columns as wide as their widest cell. */
function table(rows: Rows): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
