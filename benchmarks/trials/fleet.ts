// `npm run trials -- fleet [--row ID] [--rounds N] [--size smoke]`: our fleet engine beside its rivals; in full it writes docs/trials/fleet.md.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { makeEngines, ours } from '../fleet/rivals.ts';
import { rows, sizes } from '../fleet/rows.ts';
import { goalTable, judgeRow, playRow, rowTable, type Judged, type PlayedRow } from '../fleet/table.ts';
import { writeTrial } from '../trial-record.ts';

const enoughRounds = 5;
const { values } = parseArgs({
  options: {
    row: { type: 'string' },
    rounds: { type: 'string', default: String(enoughRounds) },
    size: { type: 'string', default: 'full' },
  },
});
const size = values.size === 'full' || values.size === 'smoke' ? sizes[values.size] : undefined;
const chosen = rows.filter((it) => values.row === undefined || it.id === values.row);
const rounds = Number(values.rounds);
if (size === undefined || chosen.length === 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(
    `Sizes: ${Object.keys(sizes).join(', ')}. Rows: ${rows.map((it) => it.id).join(', ')}. Rounds: 1 or more.`,
  );
  process.exit(2);
}

await using all = await makeEngines();
for (const it of [...all.described, ...all.missing.map((why) => `missing: ${why}`)]) console.error(it);
const played: PlayedRow[] = [];
for (const row of chosen) {
  played.push(await playRow(row, all.engines, { rounds, size, tell: (line) => console.error(line) }));
}
const judged = played.flatMap((it) => judgeRow(it, ours));
const body = [goalTable(judged), ...played.map(rowTable)].join('\n\n');
const result = resultOf(judged);
console.log(`${body}\n\n${result}`);

if (values.row === undefined && values.size === 'full' && rounds >= enoughRounds) record();
else console.error('not written to docs/trials/fleet.md: a row alone, a smaller size or too few rounds');
process.exitCode = result === 'holds' ? 0 : result === 'FAILS' ? 1 : 3;

function resultOf(of: readonly Judged[]): 'holds' | 'FAILS' | 'not decided' {
  if (of.some((it) => it.verdict === 'MISSED')) return 'FAILS';
  return of.length > 0 && of.every((it) => it.verdict !== 'not measured') ? 'holds' : 'not decided';
}

function record(): void {
  writeTrial({
    name: 'fleet',
    about:
      'Engines that hold many MQTT connections, each doing the same in turns on brokers of its own: Mosquitto, on this machine, without limits and without a store. CPU time and memory are read from outside, over all processes of an engine, and only for what the row is about: not for starting, not for what went before. Figures are medians over the rounds, in brackets the least and the most; a ratio is taken in each round, and is the median of these.',
    figures: {
      rounds: String(rounds),
      machine: `${availableParallelism()} cores, Node ${process.version}`,
      broker: versionOfMosquitto(),
      engines: all.described.join('; '),
      ...(all.missing.length > 0 && { 'not there': all.missing.join('; ') }),
      result,
    },
    body,
  });
}

/** Its help begins with it, and ends with an exit code that is not 0. */
function versionOfMosquitto(): string {
  const help = execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin mosquitto -h || true'], { encoding: 'utf8' });
  return help.split('\n')[0] ?? '';
}
