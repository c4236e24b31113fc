// `npm run trials -- verdicts [RUNS]`: the whole suite again and again; equal verdicts or a flake; writes docs/trials/verdicts.md.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectChecks } from '../../src/conformance/select-checks.ts';
import type { JudgedTarget } from '../../src/judge/judged.ts';
import { runConformance } from '../../src/run/complete-run.ts';
import { isObservable, statements311 } from '../../src/spec/catalogue.ts';
import { writeTrial } from '../trial-record.ts';

const words = ['mosquitto', 'embedded'] as const;
const runs = Number(process.argv[2] ?? 20);

interface Played {
  readonly judged: JudgedTarget;
  readonly tookMs: number;
}

async function played(word: string): Promise<Played> {
  const reportDir = await mkdtemp(join(tmpdir(), 'fieldbench-verdicts-'));
  try {
    const { run, failure } = await runConformance({
      targets: [word],
      reportDir,
      signal: new AbortController().signal,
    });
    const [judged] = run.targets;
    if (failure !== undefined || judged === undefined) throw failure ?? new Error('no target was judged');
    return { judged, tookMs: run.end?.tMs ?? 0 };
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
}

/** Pass and warn are one: where runs are compared, a measured time may lie on either side of its limit. */
const folded = (verdict: string | undefined): string => (verdict === 'warn' ? 'pass' : (verdict ?? 'notExercised'));

function verdictsOf(results: readonly Played[], id: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { judged } of results) {
    const verdict = folded(judged.statements.find((it) => it.id === id)?.verdict);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return counts;
}

const results = new Map<string, Played[]>(words.map((word) => [word, []]));
for (let n = 0; n < runs; n++) {
  // Side by side: each is most of its time waiting, and what else the machine does hits both.
  const both = await Promise.all(words.map((word) => played(word)));
  for (const [at, word] of words.entries()) {
    const it = both[at];
    if (it === undefined) continue;
    results.get(word)?.push(it);
    console.log(`${word} ${n + 1}/${runs}: ${it.tookMs / 1000} s`);
  }
}

const ids = [...new Set([...results.values()].flat().flatMap((it) => it.judged.statements.map(({ id }) => id)))];
const ordered = ids.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
const flakes = words.map((word) => ordered.filter((id) => verdictsOf(results.get(word) ?? [], id).size > 1));
const cell = (word: string, id: string): string =>
  [...verdictsOf(results.get(word) ?? [], id)].map(([verdict, times]) => `${verdict} ${times}`).join(', ');
const observable = new Set(
  statements311()
    .filter((it) => isObservable(it, 'server'))
    .map((it) => it.id),
);
const judgedIn = (it: Played): number =>
  it.judged.statements.filter(({ id, verdict }) => observable.has(id) && ['pass', 'warn', 'fail'].includes(verdict))
    .length;
const range = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;

writeTrial({
  name: 'verdicts',
  about: `The whole suite (${selectChecks().length} checks) ${runs} times on each broker, side by side. A statement whose verdict is not the same in every run is a flake; pass and warn are one.`,
  figures: Object.fromEntries(
    words.flatMap((word, at) => {
      const mine = results.get(word) ?? [];
      return [
        [word, `${mine[0]?.judged.how} ${mine[0]?.judged.version}`],
        [
          `${word}, time of a run`,
          `${range(
            mine.map((it) => it.tookMs / 1000),
            1,
          )} s`,
        ],
        [`${word}, observable statements judged`, `${range(mine.map(judgedIn), 0)} of ${observable.size}`],
        [`${word}, flakes`, `${flakes[at]?.length ?? 0}`],
      ];
    }),
  ),
  body: [
    `| statement | ${words.join(' | ')} |`,
    `| --- | ${words.map(() => '---').join(' | ')} |`,
    ...ordered.map((id) => `| ${id} | ${words.map((word) => cell(word, id)).join(' | ')} |`),
  ].join('\n'),
});
for (const [at, word] of words.entries())
  console.log(`${word}: ${flakes[at]?.length ?? 0} flakes ${flakes[at]?.join(', ') ?? ''}`);
process.exitCode = flakes.flat().length === 0 ? 0 : 1;
