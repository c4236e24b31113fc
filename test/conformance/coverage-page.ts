// docs/coverage-3.1.1.md in words, from what the suite is made of.
import type { StatementCoverage } from '../../src/conformance/coverage.ts';
import type { Check } from '../../src/conformance/check.ts';
import type { CheckMutant } from '../../src/conformance/mutant.ts';
import { isObservable } from '../../src/spec/catalogue.ts';

const list = (ids: readonly string[]): string => ids.map((id) => `\`${id}\``).join(', ');

/** The page; `alone` are checks that have mutants of their own, `proofs`. */
export function coveragePage(
  coverage: readonly StatementCoverage[],
  alone: readonly Check[],
  proofs: readonly CheckMutant[],
): string {
  const observable = coverage.filter((it) => isObservable(it.statement, 'server'));
  const judged = coverage.filter((it) => it.why === undefined);
  const judgedObservable = judged.filter((it) => observable.includes(it));
  const head = `# Coverage of MQTT 3.1.1, server role

${coverage.length} statements of the standard have a number. The observance of ${observable.length} shows on a server from outside: by legal traffic, by its answer to something illegal, or by time. Of these, checks bring ${judgedObservable.length} to judgement; and ${judged.length - judgedObservable.length} more that show only through other results. Some bind the client: what is judged then is the server's duty towards a client that breaks them.

Every statement below has at least one mutant: a good broker with this one statement broken, which the checks must find (docs/trials/mutants.md). Whether a run judged a statement on a given broker stands in its report: what a target lacks or declares as a limit is skipped, and never counts.

This page is made from the suite; \`npx vitest run test/conformance/coverage.test.ts -u\` writes it anew. The last verdicts on real brokers: docs/trials/verdicts.md; each \`fail\` is defended in docs/findings.
`;
  const rows = judged.map(
    ({ statement, checks, rules, mutants }) =>
      `| ${statement.id} | ${statement.title} | ${list(checks)} | ${list(rules) || 'the checks themselves'} | ${mutants.length} |`,
  );
  const others = coverage.flatMap(({ statement, why }) =>
    why === undefined ? [] : [`| ${statement.id} | ${statement.title} | ${why} |`],
  );
  return [
    head,
    '## Judged\n',
    '| statement | | brought about by | judged by | mutants |\n| --- | --- | --- | --- | --- |',
    ...rows,
    '\n## Judged beside the numbered statements\n',
    'Who may come in, and what is left of those who may not ([conformance.md](conformance.md#security)). Each check has mutants of its own.\n',
    '| check | | mutants |\n| --- | --- | --- |',
    ...alone.map(({ id, title }) => {
      const mine = proofs.filter((it) => it.check === id).map((it) => it.id);
      return `| \`${id}\` | ${title} | ${list(mine)} |`;
    }),
    '\n## Not judged on a server\n',
    '| statement | | why |\n| --- | --- | --- |',
    ...others,
    '',
  ].join('\n');
}
