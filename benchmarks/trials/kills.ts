// `npm run trials -- kills`: 30 benches killed with -9 at random moments, and what the next start leaves; writes docs/trials/kills.md.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { identify, processesWith, type ProcessIdentity } from '../../src/bench/process-identity.ts';
import { probeAll } from '../../src/bench/probes.ts';
import { runVariable } from '../../src/parts/brokers/local-process.ts';
import { Workplace } from '../../test/cli/command-line.ts';

const KILLS = 30;
/** Long enough for a container to start and a run to be well under way; no situation is over by then. */
const LATEST_MS = 4500;
const [seedText] = process.argv.slice(2);
const seed = seedText === undefined ? Math.trunc(Math.random() * 0x7fffffff) : Number(seedText);
const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

const SCENARIO = `name: long
question: What does a bench leave behind that is killed?
brokers:
  hub: { target: embedded }
links:
  line: { delay: 20ms }
devices:
  watcher: { kind: subscriber, broker: hub, filters: { 'site/#': 1 } }
  pressure:
    kind: sensor
    broker: hub
    link: line
    topic: site/pressure
    interval: 50ms
    signal: { unit: bar, start: 42, step: 0.8, min: 30, max: 60 }
timeline:
  - { at: 1s, kill: hub }
  - { at: 1500ms, restart: hub }
duration: 60s
`;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function* chances(from: number): Generator<number, never> {
  for (let state = from >>> 0; ;) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

const found = await probeAll(AbortSignal.timeout(10_000));
const has = (...ids: string[]): boolean => ids.every((id) => found.get(id)?.present);
const targets = [
  'embedded',
  ...(has('mosquitto') ? ['mosquitto'] : []),
  ...(has('docker', 'image:mosquitto') ? ['container:mosquitto'] : []),
];
const situations = targets.flatMap((target) => [
  { name: `scenario on ${target}`, args: ['run', 'long.yaml', '--target', target, '--report'] },
  { name: `conform on ${target}`, args: ['conform', '--target', target, '--report'] },
]);

/** Containers of a run, running or not. */
function containersOf(run: string): readonly string[] {
  if (!has('docker')) return [];
  const args = ['ps', '-a', '-q', '--filter', `label=fieldbench.run=${run}`];
  return execFileSync('docker', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
}

interface Kill {
  readonly situation: string;
  readonly atMs: number;
  /** What the killed bench had left, before the next start. */
  readonly left: { readonly processes: number; readonly containers: number };
  readonly journal: 'none yet' | 'reported';
  readonly problems: readonly string[];
}

async function kill(place: Workplace, index: number, atMs: number): Promise<Kill> {
  const situation = situations[index % situations.length];
  if (situation === undefined) throw new Error('there is nothing to kill');
  const folder = `killed-${index}`;
  const command = place.start([...situation.args, folder]);
  await setTimeout(atMs);
  command.signal('SIGKILL');
  const killed = await command.ended;
  const runs = place.registeredRuns();
  const processes = [...place.ownedProcesses(), ...runs.flatMap((run) => processesWith(runVariable, run))];
  const alive = new Set(processes.filter((it) => stillThere(it)).map((it) => it.pid));
  const left = { processes: alive.size, containers: runs.flatMap((run) => containersOf(run)).length };

  const next = await place.run(['conform', '--select', 'connect/accepted', '--report', `next-${index}`]);
  const problems = [
    ...(killed.signal === 'SIGKILL' ? [] : [`it ended before its kill, with ${killed.code}`]),
    ...([0, 1].includes(next.code ?? -1) ? [] : [`the next start ended with ${next.code}: ${next.stderr}`]),
    ...place.registeredRuns().map((run) => `run ${run} is still registered`),
    ...processes.filter((it) => stillThere(it)).map((it) => `process ${it.pid} still runs`),
    ...runs.flatMap((run) => processesWith(runVariable, run)).map((it) => `process ${it.pid} carries its mark`),
    ...runs.flatMap((run) => containersOf(run)).map((id) => `container ${id} is still there`),
  ];
  if (!existsSync(place.path(folder, 'journal.ndjson'))) {
    return { situation: situation.name, atMs, left, journal: 'none yet', problems };
  }
  const isEmpty = readFileSync(place.path(folder, 'journal.ndjson')).length === 0;
  const report = await place.run(['report', folder]);
  const expected = isEmpty ? [2] : [1, 3];
  if (!expected.includes(report.code ?? -1)) problems.push(`its report ended with ${report.code}: ${report.stderr}`);
  return { situation: situation.name, atMs, left, journal: isEmpty ? 'none yet' : 'reported', problems };
}

/** A killed process may take a moment to leave the table; it must be gone by the time that the next run is over. */
function stillThere(it: ProcessIdentity): boolean {
  return identify(it.pid)?.startTime === it.startTime;
}

const kills: Kill[] = [];
const begin = process.hrtime.bigint();
{
  await using place = new Workplace();
  writeFileSync(place.path('long.yaml'), SCENARIO);
  const chance = chances(seed);
  for (let index = 0; index < KILLS; index++) {
    const it = await kill(place, index, Math.round(chance.next().value * LATEST_MS));
    console.log(`${index + 1}: ${it.situation} at ${it.atMs} ms, ${it.problems.join('; ') || 'nothing left'}`);
    kills.push(it);
  }
}
const seconds = Number(process.hrtime.bigint() - begin) / 1e9;

const sum = (of: readonly Kill[], value: (it: Kill) => number): number => of.reduce((all, it) => all + value(it), 0);
const rows = situations.map(({ name }) => {
  const mine = kills.filter((it) => it.situation === name);
  const moments = mine.map((it) => it.atMs).toSorted((a, b) => a - b);
  const left = `${sum(mine, (it) => it.left.processes)} | ${sum(mine, (it) => it.left.containers)}`;
  const reported = mine.filter((it) => it.journal === 'reported').length;
  return `| ${name} | ${mine.length} | ${moments.join(', ')} | ${left} | ${reported} | ${sum(mine, (it) => it.problems.length)} |`;
});
const problems = kills.flatMap((it) => it.problems.map((problem) => `- ${it.situation} at ${it.atMs} ms: ${problem}`));
const dirty = git('status', '--porcelain', '--', 'src') === '' ? '' : ' with changes not committed';
const text = `# Trial: kills

A bench is killed with -9 at a random moment of its first ${LATEST_MS / 1000} s, ${KILLS} times. The next start has to end what the killed one left: processes by the run registry and by the mark in their environment, containers by name and label, scratch folders. The journal it left has to be readable, and \`fieldbench report\` has to make its reports.

- date: ${new Date().toISOString().slice(0, 10)}
- commit: ${git('rev-parse', '--short', 'HEAD')}${dirty}
- command: \`npm run trials -- kills ${seed}\`
- seed: ${seed}
- Node: ${process.version}
- seconds: ${seconds.toFixed(0)}

"Left by the kill" counts what still ran between the kill and the next start: the embedded broker ends by itself soon after its parent. "Reported" counts journals that held a run; a bench that was killed before it opened its journal has none.

| situation | kills | moments in ms | processes left by the kill | containers left by the kill | journals reported | left after the next start |
| --- | ---: | --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
${problems.length === 0 ? '' : `\n## Left or wrong\n\n${problems.join('\n')}\n`}`;
writeFileSync('docs/trials/kills.md', text);
process.exitCode = problems.length === 0 ? 0 : 1;
