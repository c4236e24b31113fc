// `npm run trials -- mutants`: the whole suite on every mutant, the kill matrix with its collateral; writes docs/trials/mutants.md.
import { mutants } from '../../src/conformance/mutants.ts';
import type { Kill } from '../../src/conformance/drive-mutants.ts';
import type { Mutant } from '../../src/conformance/mutant.ts';
import { playMutants } from '../../test/conformance/kills.ts';
import { explanationOf } from '../collateral.ts';
import { writeTrial } from '../trial-record.ts';

/** So many in one run: its history is held in memory while it is judged. */
const perRun = 24;
/** More than so many other statements broken have to be explained. */
const unexplainedUpTo = 3;

interface Row extends Kill {
  readonly base: string;
}

let tookMs = 0;
const bases: string[] = [];

const isBroken = (it: Kill): boolean => it.onBase !== 'pass' && it.onBase !== 'warn';

async function ownChecks(all: readonly Mutant[], word: string, base: string): Promise<readonly Row[]> {
  const run = await playMutants(all, word);
  tookMs += run.durationMs;
  bases.push(run.base);
  console.log(`${base}: ${run.kills.filter((it) => it.isKilled).length} of ${all.length} killed by their own checks`);
  return run.kills.map((it) => ({ ...it, base }));
}

/** The same rows, with what the whole suite finds broken beside the mutant's own statement. */
async function wholeSuite(all: readonly Row[], word: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < all.length; at += perRun) {
    const batch = all.slice(at, at + perRun);
    const { kills, durationMs } = await playMutants(
      batch.map((it) => it.mutant),
      word,
      { whole: true },
    );
    tookMs += durationMs;
    rows.push(...batch.map((it, n) => ({ ...it, collateral: kills[n]?.collateral ?? [] })));
    console.log(`the whole suite before ${word}: ${rows.length} of ${all.length}`);
  }
  return rows;
}

// A base that itself breaks the statement, or never brings it about, proves nothing: those go before the other broker.
const first = await ownChecks(mutants, 'mosquitto', 'Mosquitto');
const unproved = first.filter(isBroken).map((it) => it.mutant);
const second = await ownChecks(unproved, 'embedded', 'Aedes');
const rows = [
  ...(await wholeSuite(
    first.filter((it) => !isBroken(it)),
    'mosquitto',
  )),
  ...(await wholeSuite(second, 'embedded')),
].toSorted((a, b) => a.mutant.statement.localeCompare(b.mutant.statement, 'en', { numeric: true }));

const killed = rows.filter((it) => it.isKilled);
const statements = new Set(killed.map((it) => it.mutant.statement));
const wide = rows.filter((it) => it.collateral.length > unexplainedUpTo);
const unexplained = wide.filter((it) => explanationOf(it.mutant.id) === undefined);
const summary = `${killed.length} of ${rows.length} mutants killed, ${statements.size} statements proved; ${wide.length} mutants break more than ${unexplainedUpTo} other statements, ${unexplained.length} of them unexplained`;

const short = (id: string): string => id.replace('MQTT-', '');
const lines = rows.map(({ mutant, base, onBase, onMutant, isKilled, collateral }) =>
  [
    '',
    short(mutant.statement),
    mutant.id,
    mutant.summary,
    `${base}: ${onBase}`,
    onMutant,
    isKilled ? 'killed' : '**survived**',
    collateral.map(short).join(', '),
    collateral.length > unexplainedUpTo ? (explanationOf(mutant.id) ?? '**unexplained**') : '',
    '',
  ]
    .join(' | ')
    .trim(),
);

writeTrial({
  name: 'mutants',
  about:
    'Each mutant is a good broker with one statement broken by faults before it, written from the statement alone. It is killed when its own checks judge its statement pass (or warn) on the base and fail on the mutant, in the same run. The base is Mosquitto, or Aedes where Mosquitto itself breaks the statement. Then every check is driven on every mutant, save those that restart their broker: "also" names the other statements that failed on the mutant and not on the base.',
  figures: { bases: bases.join('; '), took: `${(tookMs / 1000).toFixed(0)} s`, result: summary },
  body: [
    '| statement | mutant | what it does | on the base | on the mutant | | also | why so many |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n'),
});
console.log(summary);
for (const it of rows) {
  if (!it.isKilled) console.log(`survived: ${it.mutant.id} (${it.mutant.statement}), ${it.onBase} -> ${it.onMutant}`);
}
for (const it of unexplained)
  console.log(`unexplained: ${it.mutant.id} (${it.mutant.statement}): ${it.collateral.map(short).join(' ')}`);
process.exitCode = killed.length === rows.length && unexplained.length === 0 ? 0 : 1;
