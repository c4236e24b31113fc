// `fieldbench list`: what there is to choose from.
import { didYouMean, FieldbenchError } from '../../error.ts';
import { shippedScenarios } from '../../run/shipped.ts';
import { atMostWords, readOptions } from '../options.ts';
import { tableLines, type Page, type Rows } from '../table.ts';
import type { Verb } from '../verb.ts';

/** Lists by name: one row for each thing there is. What one of them reads costs the others no time. */
const lists: Readonly<Record<string, () => Promise<Rows>>> = {
  checks: async () => (await import('../suite-rows.ts')).checkRows(),
  rules: async () => (await import('../suite-rows.ts')).ruleRows(),
  mutants: async () => (await import('../suite-rows.ts')).mutantRows(),
  statements: async () => (await import('../suite-rows.ts')).statementRows(),
  targets: async () => (await import('../target-page.ts')).targetRows(),
  links: async () => (await import('../link-page.ts')).linkRows(),
  backends: async () => {
    const { linkBackends } = await import('../../parts/links/backend.ts');
    return linkBackends.map((it) => [it.backend, it.capabilities.join(', ')]);
  },
  scenarios: async () => (await shippedScenarios()).map((name) => [name]),
  tariffs: async () => (await import('../tariff-rows.ts')).listOfTariffs(),
  faults: async () => (await import('../fault-rows.ts')).faultRows(),
};

/** Lists of things of which there is more to tell, each by its name. */
const pages: Readonly<Record<string, (name: string) => Promise<Page>>> = {
  links: async (name) => (await import('../link-page.ts')).linkPage(name),
  faults: async (name) => (await import('../fault-rows.ts')).faultPage(name),
  targets: async (name) => (await import('../target-page.ts')).targetPage(name),
  tariffs: async (name) => ({ words: [], rows: await (await import('../tariff-rows.ts')).rowsOfTariff(name) }),
};

const usage = `Usage: fieldbench list WHAT [NAME]

WHAT is one of: ${Object.keys(lists).join(', ')}
NAME of one of: ${Object.keys(pages).join(', ')}; tells all there is to tell of it`;

export const list: Verb = {
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

function rowsOf(what: string): Promise<Rows> {
  const found = Object.hasOwn(lists, what) ? lists[what] : undefined;
  if (found !== undefined) return found();
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `cannot list "${what}"`,
    hint: didYouMean(what, Object.keys(lists)),
  });
}

function pageOf(what: string, name: string): Promise<Page> {
  const found = Object.hasOwn(pages, what) ? pages[what] : undefined;
  if (found !== undefined) return found(name);
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `there is no more to tell of "${name}" than "fieldbench list ${what}" shows`,
    hint: `names are taken by: ${Object.keys(pages).join(', ')}`,
  });
}
