// `npm run trials -- conform-links [LINK...]`: the whole suite on Mosquitto over links; writes docs/trials/conform-links.md.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evenProfile } from '../../src/faults/link-profile.ts';
import type { JudgedTarget } from '../../src/judge/judged.ts';
import type { Verdict } from '../../src/judge/verdict.ts';
import { runConformance } from '../../src/run/complete-run.ts';
import { readRunLink, type NamedLink } from '../../src/run/over-link.ts';
import { writeTrial } from '../trial-record.ts';

/** An ordinary way on which every twentieth segment is lost, each way. */
const lossy = evenProfile({ delayMs: 25 });
const loss = { model: 'bernoulli', lossPct: 5 } as const;
const own: readonly NamedLink[] = [
  {
    word: '5pct-loss',
    profile: {
      ...lossy,
      name: '5pct-loss',
      title: 'round trip 50 ms, 5 % of all segments lost each way',
      up: { ...lossy.up, loss },
      down: { ...lossy.down, loss },
    },
  },
];

const named = process.argv.slice(2);
const words = named.length > 0 ? named : ['lan', 'geo-vsat', '2g', '5pct-loss'];

interface Played {
  readonly judged: JudgedTarget;
  readonly tookMs: number;
  readonly link: NamedLink | undefined;
  readonly patience: readonly string[];
}

async function played(link: NamedLink | undefined): Promise<Played> {
  const reportDir = await mkdtemp(join(tmpdir(), 'fieldbench-links-'));
  try {
    const { run, failure } = await runConformance({
      targets: ['mosquitto'],
      reportDir,
      signal: new AbortController().signal,
      ...(link && { link }),
    });
    const [judged] = run.targets;
    if (failure !== undefined || judged === undefined) throw failure ?? new Error('no target was judged');
    return { judged, tookMs: run.end?.tMs ?? 0, link, patience: run.run.link?.patience ?? [] };
  } finally {
    await rm(reportDir, { recursive: true, force: true });
  }
}

const nameOf = ({ link }: Played): string => link?.word ?? 'no link';

/** Pass and warn are one: where runs are compared, a measured time may lie on either side of its limit. */
const folded = (verdict: Verdict | undefined): Verdict => (verdict === 'warn' ? 'pass' : (verdict ?? 'notExercised'));

interface Row {
  readonly id: string;
  readonly verdicts: readonly Verdict[];
}

function rowsOf(runs: readonly Played[], of: 'checks' | 'statements'): readonly Row[] {
  const ids = [...new Set(runs.flatMap(({ judged }) => judged[of].map(({ id }) => id)))];
  return ids
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((id) => ({ id, verdicts: runs.map(({ judged }) => folded(judged[of].find((it) => it.id === id)?.verdict)) }));
}

const isMoved = ({ verdicts: [plain, ...linked] }: Row): boolean => linked.some((it) => it !== plain);

function table(runs: readonly Played[], rows: readonly Row[]): string {
  return [
    `| | ${runs.map(nameOf).join(' | ')} |`,
    `| --- | ${runs.map(() => '---').join(' | ')} |`,
    ...rows.map(({ id, verdicts }) => `| ${id} | ${verdicts.join(' | ')} |`),
  ].join('\n');
}

/** What a check said where its verdict moved. */
function said(runs: readonly Played[], { id, verdicts }: Row): readonly string[] {
  return runs.flatMap((it, at) => {
    const check = it.judged.checks.find((one) => one.id === id);
    return check === undefined || verdicts[at] === verdicts[0] ? [] : [`- ${id}, ${nameOf(it)}: ${check.actual}`];
  });
}

const runs: Played[] = [];
for (const link of [undefined, ...(await Promise.all(words.map((it) => linkOf(it))))]) {
  const it = await played(link);
  runs.push(it);
  console.log(`${nameOf(it)}: ${(it.tookMs / 1000).toFixed(1)} s`);
}

async function linkOf(word: string): Promise<NamedLink> {
  return own.find((it) => it.word === word) ?? readRunLink(word);
}

const checks = rowsOf(runs, 'checks');
const statements = rowsOf(runs, 'statements');
const moved = [checks, statements].map((rows) => rows.filter(isMoved));
const [movedChecks = [], movedStatements = []] = moved;
const counts = (it: Played): string =>
  [...Map.groupBy(it.judged.statements, ({ verdict }) => folded(verdict))]
    .map(([verdict, all]) => `${verdict} ${all.length}`)
    .join(', ');

writeTrial({
  name: 'conform-links',
  about:
    'The whole suite on Mosquitto without a link, and over links: each connection of each check has one of its own, played by the embedded backend. The broker is the same, so its verdicts may not differ (pass and warn are one); where one does, it is listed with what the check saw.',
  figures: {
    broker: `${runs[0]?.judged.how ?? ''} ${runs[0]?.judged.version ?? ''}`,
    checks: `${checks.length}`,
    'verdicts that moved': `${movedChecks.length} of checks, ${movedStatements.length} of statements`,
  },
  body: [
    '| link | | time of the run | statements |',
    '| --- | --- | --- | --- |',
    ...runs.map(
      (it) =>
        `| ${nameOf(it)} | ${it.link?.profile.title ?? ''} | ${(it.tookMs / 1000).toFixed(1)} s | ${counts(it)} |`,
    ),
    '',
    '## What each link asks of the run',
    '',
    ...runs.slice(1).flatMap((it) => [`### ${nameOf(it)}`, '', ...it.patience.map((one) => `- ${one}`), '']),
    '## What moved',
    '',
    ...(movedChecks.length + movedStatements.length === 0
      ? ['Nothing.']
      : [table(runs, [...movedChecks, ...movedStatements]), '', ...movedChecks.flatMap((it) => said(runs, it))]),
    '',
    '## Every statement',
    '',
    table(runs, statements),
  ].join('\n'),
});
for (const { id, verdicts } of [...movedChecks, ...movedStatements]) console.log(`${id}: ${verdicts.join(', ')}`);
console.log(`${movedChecks.length} checks and ${movedStatements.length} statements moved`);
process.exitCode = movedChecks.length + movedStatements.length === 0 ? 0 : 1;
