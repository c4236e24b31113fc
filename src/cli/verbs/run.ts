// `fieldbench run`: plays scenarios and judges what they showed.
import { play } from '../../bench/play.ts';
import { FieldbenchError, type SourcePlace } from '../../error.ts';
import { defaultParameters } from '../../judge/rule.ts';
import { brokerTarget } from '../../parts/brokers/drivers.ts';
import { linkBackend } from '../../parts/links/backend.ts';
import { actionInWords, describePlan } from '../../scenario/describe.ts';
import { expectationOf } from '../../scenario/judge-expectations.ts';
import { planOf } from '../../scenario/plan-of.ts';
import { readScenario, ScenarioErrors, type ScenarioFile } from '../../scenario/read-scenario.ts';
import { readOptions, wholeNumber } from '../options.ts';
import { recordRun, reportFolder } from '../record.ts';
import { fileOfScenario, scenarioPath } from '../shipped.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench run FILE... [OPTIONS]

Plays scenarios, one after the other, and judges them. FILE is a path or the name of a shipped scenario.

  --dry           print the plan in words and start nothing
  --target T      use this target for every broker: embedded, mosquitto, container:mosquitto, mqtt://HOST:PORT
  --backend B     use this backend for every link: embedded, toxiproxy
  --seed N        repeat the random draws of a run (default 1)
  --report DIR    write the results there (default: a new folder below fieldbench-report)
  --json          print results.json instead of words`;

const options = {
  dry: { type: 'boolean', default: false },
  target: { type: 'string' },
  backend: { type: 'string' },
  seed: { type: 'string', default: '1' },
  report: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type RunOptions = ReturnType<typeof readOptions<typeof options>>['values'];

export const run: Verb = {
  summary: 'plays scenarios and judges them',
  usage,
  async run(args, signal) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length === 0) {
      throw new FieldbenchError({
        code: 'FB_USAGE',
        message: 'run needs a scenario',
        hint: 'for instance: fieldbench run quickstart',
      });
    }
    let worst = 0;
    for (const word of positionals) {
      const code = await runScenario(word, values, positionals.length > 1, signal);
      if (signal.aborted) return code;
      worst = weightier(worst, code);
    }
    return worst;
  },
};

/** Of several runs: what could not be done first, then a failure, then what was inconclusive. */
function weightier(a: number, b: number): number {
  return [2, 1, 3].find((code) => a === code || b === code) ?? 0;
}

async function runScenario(
  word: string,
  values: RunOptions,
  isOneOfMany: boolean,
  signal: AbortSignal,
): Promise<number> {
  const file = await readScenario(scenarioPath(word));
  const backend = values.backend === undefined ? undefined : linkBackend(values.backend).backend;
  const plan = planOf(file, {
    ...(values.target !== undefined && { target: values.target }),
    ...(backend !== undefined && { backend }),
  });
  checkTargets(file, values.target);
  if (values.dry) {
    process.stdout.write(`${describePlan(plan, file.scenario.expectations.map(expectationOf)).join('\n')}\n`);
    return 0;
  }
  const seed = wholeNumber('seed', values.seed);
  const asked = values.report !== undefined && isOneOfMany ? `${values.report}/${plan.name}` : values.report;
  return recordRun(
    {
      mode: 'scenario',
      seed,
      command: commandFor(word, values),
      parameters: { ...defaultParameters },
      scenario: { file: file.file, text: file.text },
      reportDir: reportFolder(asked, plan.name),
      signal,
    },
    { json: values.json },
    (bench) => play(plan, bench, { resolveFile: (path) => fileOfScenario(file.file, path), inWords: actionInWords }),
  );
}

/** Targets that nobody knows are told before anything starts, each with its place in the file. */
function checkTargets(file: ScenarioFile, instead: string | undefined): void {
  if (instead !== undefined) return void brokerTarget(instead);
  const errors = Object.entries(file.scenario.brokers).flatMap(([name, it]): FieldbenchError[] => {
    try {
      brokerTarget(it.target);
      return [];
    } catch (error) {
      if (!(error instanceof FieldbenchError)) throw error;
      return [placed(error, file.place(['brokers', name, 'target']))];
    }
  });
  if (errors.length > 0) throw new ScenarioErrors(file.file, errors);
}

/** The same error with its place in a file. */
function placed({ code, message, expected, actual, hint }: FieldbenchError, at: SourcePlace): FieldbenchError {
  return new FieldbenchError({
    code,
    message,
    at,
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
    ...(hint !== undefined && { hint }),
  });
}

/** The command that repeats this run; a URL's credentials never stand in it. */
function commandFor(word: string, values: RunOptions): string {
  const target = values.target === undefined ? [] : ['--target', withoutCredentials(values.target)];
  const backend = values.backend === undefined ? [] : ['--backend', values.backend];
  return ['fieldbench', 'run', word, ...target, ...backend, '--seed', values.seed].join(' ');
}

function withoutCredentials(target: string): string {
  return target.replace(/\/\/[^/@]*@/, '//');
}
