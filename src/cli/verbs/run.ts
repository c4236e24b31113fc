// `fieldbench run`: plays scenarios and judges what they showed.
import { FieldbenchError } from '../../error.ts';
import { quoted } from '../../run/quoted.ts';
import type { PreparedScenario, ScenarioOptions } from '../../run/prepared-scenario.ts';
import { compressionInWords, describePlan } from '../../scenario/describe.ts';
import { materialInWords } from '../../scenario/material-in-words.ts';
import { assignments } from '../assignments.ts';
import { combinations } from '../combinations.ts';
import { readOptions, wholeNumber } from '../options.ts';
import { preparedAll, valuesFor } from '../prepared-files.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench run FILE... [OPTIONS]

Plays scenarios, one after the other, and judges them. FILE is a path or the name of a shipped scenario. All of them
are checked before the first one starts.

  --set K=V       give the parameter K of the scenario the value V; several times for several
  --sweep K=A,B   play the scenario for each of these values, with several --sweep for every combination, and show what
                  came of it in one table; sweep.json and sweep.md lie above the folders of the runs
  --dry           print the plan in words and start nothing
  --trust         let a scenario that is not shipped start programs and images, and use credentials, that it names
  --target T      use this target for every broker: a name of "fieldbench list targets", process:NAME, container:NAME,
                  image:REF, a URL, or a target file (.yaml)
  --backend B     use this backend for every link: embedded, toxiproxy
  --time-compression N
                  make the intervals of devices and the timeline N times shorter; keep alive and links stay as they are
  --seed N        repeat the random draws of a run (default 1)
  --report DIR    write the results there (default: a new folder below fieldbench-report); of several scenarios each
                  into a folder of its own below it
  --json          print results.json instead of words; with --sweep, sweep.json`;

const options = {
  set: { type: 'string', multiple: true },
  sweep: { type: 'string', multiple: true },
  dry: { type: 'boolean', default: false },
  trust: { type: 'boolean', default: false },
  target: { type: 'string' },
  backend: { type: 'string' },
  seed: { type: 'string', default: '1' },
  'time-compression': { type: 'string' },
  report: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type RunOptions = ReturnType<typeof readOptions<typeof options>>['values'];

export const run: Verb = {
  usage,
  async run(args, signal) {
    const { values, positionals } = readOptions(args, options);
    const [first] = positionals;
    if (first === undefined) throw wrong('run needs a scenario', 'for instance: fieldbench run quickstart');
    if (values.sweep !== undefined) {
      if (positionals.length > 1) throw wrong('--sweep takes one scenario', 'sweep them one after the other');
      return sweep(first, values, signal);
    }
    const each = await valuesFor(positionals, assignments('set', values.set ?? []));
    const prepared = await preparedAll(positionals.map((word, at) => asked(word, values, each[at] ?? {})));
    if (values.dry) return printed(prepared);
    prepared.forEach(caution);
    const [only] = prepared;
    // Whoever is told of a mistake, or asks for the plan alone, does not wait for the reporters.
    const [{ recordRun, reportFolder }, { playSeveral }] = await Promise.all([
      import('../record.ts'),
      import('../several-runs.ts'),
    ]);
    if (only !== undefined && prepared.length === 1) {
      return recordRun(only, { reportDir: reportFolder(values.report, only.plan.name), signal }, { json: values.json });
    }
    return playSeveral(prepared, values, signal);
  },
};

function asked(scenario: string, values: RunOptions, set: Readonly<Record<string, string>>): ScenarioOptions {
  const { target, backend, seed, dry, trust, 'time-compression': by } = values;
  return {
    scenario,
    set,
    seed: wholeNumber('seed', seed),
    trust: trust || dry, // A plan in words starts nothing, and says what would need trust.
    ...(target !== undefined && { target }),
    ...(backend !== undefined && { backend }),
    ...(by !== undefined && { timeCompression: compression(by) }),
  };
}

function compression(text: string): number {
  const by = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && by >= 1) return by;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: '--time-compression needs a number of 1 or more',
    actual: text,
    hint: 'for instance: --time-compression 10',
  });
}

function printed(prepared: readonly PreparedScenario[]): number {
  const texts = prepared.map(({ plan, expectations, file, needsTrust }) =>
    describePlan(plan, expectations, materialInWords(file, needsTrust)).join('\n'),
  );
  process.stdout.write(`${texts.join('\n\n')}\n`);
  return 0;
}

function caution({ plan }: PreparedScenario): void {
  if (plan.timeCompression !== undefined) process.stderr.write(`${compressionInWords(plan.timeCompression)}\n`);
  for (const { name, profile } of plan.links) {
    if (profile.caution !== undefined) process.stderr.write(`caution, ${name}: ${profile.caution}\n`);
  }
}

async function sweep(scenario: string, values: RunOptions, signal: AbortSignal): Promise<number> {
  const set = assignments('set', values.set ?? []);
  const swept = assignments('sweep', values.sweep ?? []);
  const both = Object.keys(swept).find((name) => Object.hasOwn(set, name));
  if (both !== undefined) throw wrong(`"${both}" is set and swept`, 'leave one of them out');
  const all = combinations(swept);
  const prepared = await preparedAll(all.map((it) => asked(scenario, values, { ...set, ...it })));
  if (values.dry) return printed(prepared);
  prepared.slice(0, 1).forEach(caution);
  const parts = prepared.map((it, at) => ({ prepared: it, values: all[at] ?? {} }));
  const [{ reportFolder }, { playSweep }] = await Promise.all([import('../record.ts'), import('../sweep.ts')]);
  const folder = reportFolder(values.report, `${prepared[0]?.plan.name}-sweep`);
  const lists = Object.entries(swept).map(([name, list]) => `--sweep ${quoted(`${name}=${list}`)}`);
  const command = commandOf(prepared[0], swept, lists);
  return playSweep(parts, { folder, command, json: values.json, signal });
}

/** The command of the first run, with the lists in place of its own values. */
function commandOf(
  first: PreparedScenario | undefined,
  swept: Readonly<Record<string, string>>,
  lists: readonly string[],
): string {
  const own = Object.keys(swept).map((name) => `--set ${quoted(`${name}=${swept[name]?.split(',')[0]}`)}`);
  return own.reduce((command, it, at) => command.replace(it, () => lists[at] ?? ''), first?.bench.command ?? '');
}

function wrong(message: string, hint: string): FieldbenchError {
  return new FieldbenchError({ code: 'FB_USAGE', message, hint });
}
