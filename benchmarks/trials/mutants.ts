// `npm run trials -- mutants`: the whole kill matrix with its collateral; writes docs/trials/mutants.md.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mutants } from '../../src/conformance/mutants.ts';
import type { Kill } from '../../src/conformance/drive-mutants.ts';
import { playMutants } from '../../test/conformance/kills.ts';

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
const isBroken = (it: Kill): boolean => it.onBase !== 'pass' && it.onBase !== 'warn';

// A base that itself breaks the statement, or never brings it about, proves nothing: those go before the other broker.
const first = await playMutants(mutants, 'mosquitto');
const unproved = first.kills.filter(isBroken).map((it) => it.mutant);
const second = await playMutants(unproved, 'embedded');
const kills = [
  ...first.kills.filter((it) => !isBroken(it)).map((it) => ({ ...it, base: 'Mosquitto' })),
  ...second.kills.map((it) => ({ ...it, base: 'Aedes' })),
].toSorted((a, b) => a.mutant.statement.localeCompare(b.mutant.statement, 'en', { numeric: true }));

const killed = kills.filter((it) => it.isKilled);
const statements = new Set(killed.map((it) => it.mutant.statement));
const rows = kills.map(({ mutant, base, onBase, onMutant, isKilled, collateral }) => {
  const also = collateral.map((id) => id.replace('MQTT-', '')).join(', ');
  return `| ${mutant.statement} | ${mutant.id} | ${mutant.summary} | ${base}: ${onBase} | ${onMutant} | ${isKilled ? 'killed' : '**survived**'} | ${also} |`;
});
const dirty = git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes not committed';
const summary = `${killed.length} of ${kills.length} mutants killed, ${statements.size} statements proved`;

writeFileSync(
  'docs/trials/mutants.md',
  `# Trial: mutants

Each mutant is a good broker with one statement broken by faults before it, written from the statement alone. It is killed when its statement is judged pass (or warn) on the base and fail on the mutant, in the same run. The base is Mosquitto, or Aedes where Mosquitto itself breaks the statement. Collateral: other statements that failed on the mutant and not on the base, among those that its own checks exercise.

- date: ${new Date().toISOString().slice(0, 10)}
- commit: ${git('rev-parse', '--short', 'HEAD')}${dirty}
- command: \`npm run trials -- mutants\`
- bases: ${first.base}; ${second.base}
- took: ${((first.durationMs + second.durationMs) / 1000).toFixed(1)} s
- result: ${summary}

| statement | mutant | what it does | on the base | on the mutant | | collateral |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
);
console.log(summary);
for (const it of kills)
  if (!it.isKilled) console.log(`survived: ${it.mutant.id} (${it.mutant.statement}), ${it.onBase} -> ${it.onMutant}`);
process.exitCode = killed.length === kills.length ? 0 : 1;
