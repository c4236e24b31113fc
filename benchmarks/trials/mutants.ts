// `npm run trials -- mutants [TARGET]`: the whole kill matrix with its collateral; writes docs/trials/mutants.md.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mutants } from '../../src/conformance/mutants.ts';
import type { Kill } from '../../src/conformance/drive-mutants.ts';
import { playMutants } from '../../test/conformance/kills.ts';

const [word = 'mosquitto'] = process.argv.slice(2);
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

const { kills, durationMs, base } = await playMutants(mutants, word);
const killed = kills.filter((it) => it.isKilled);
const statements = new Set(killed.map((it) => it.mutant.statement));
const row = (it: Kill): string =>
  `| ${it.mutant.statement} | ${it.mutant.id} | ${it.mutant.summary} | ${it.onBase} | ${it.onMutant} | ${it.isKilled ? 'killed' : '**survived**'} | ${it.collateral.map((id) => id.replace('MQTT-', '')).join(', ')} |`;
const byStatement = kills.toSorted((a, b) =>
  a.mutant.statement.localeCompare(b.mutant.statement, 'en', { numeric: true }),
);
const dirty = git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes not committed';

const summary = `${killed.length} of ${kills.length} mutants killed, ${statements.size} statements proved`;
const text = `# Trial: mutants

Each mutant is a good broker with one statement broken by faults before it, written from the statement alone. It is killed when its statement is judged pass (or warn) on the base and fail on the mutant, in the same run. Collateral: other statements that failed on the mutant and not on the base, among those that its own checks exercise.

- date: ${new Date().toISOString().slice(0, 10)}
- commit: ${git('rev-parse', '--short', 'HEAD')}${dirty}
- command: \`npm run trials -- mutants ${word}\`
- base: ${base}
- took: ${(durationMs / 1000).toFixed(1)} s
- result: ${summary}

| statement | mutant | what it does | base | mutant | | collateral |
| --- | --- | --- | --- | --- | --- | --- |
${byStatement.map(row).join('\n')}
`;
writeFileSync('docs/trials/mutants.md', text);
console.log(summary);
for (const it of kills)
  if (!it.isKilled) console.log(`survived: ${it.mutant.id} (${it.mutant.statement}), ${it.onBase} -> ${it.onMutant}`);
process.exitCode = killed.length === kills.length ? 0 : 1;
