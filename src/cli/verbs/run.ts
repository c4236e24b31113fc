// `fieldbench run`: plays scenarios and judges what they showed.
import { FieldbenchError } from '../../error.ts';
import { compressionInWords, describePlan } from '../../scenario/describe.ts';
import { readOptions, wholeNumber } from '../options.ts';
import { prepareScenario } from '../../run/prepared-run.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench run FILE... [OPTIONS]

Plays scenarios, one after the other, and judges them. FILE is a path or the name of a shipped scenario.

  --dry           print the plan in words and start nothing
  --target T      use this target for every broker: a name of "fieldbench list targets", process:NAME, container:NAME,
                  image:REF, a URL, or a target file (.yaml)
  --backend B     use this backend for every link: embedded, toxiproxy
  --time-compression N
                  make the intervals of devices and the timeline N times shorter; keep alive and links stay as they are
  --seed N        repeat the random draws of a run (default 1)
  --report DIR    write the results there (default: a new folder below fieldbench-report)
  --json          print results.json instead of words`;

const options = {
  dry: { type: 'boolean', default: false },
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

async function runScenario(
  word: string,
  values: RunOptions,
  isOneOfMany: boolean,
  signal: AbortSignal,
): Promise<number> {
  const { target, backend } = values;
  const prepared = await prepareScenario({
    scenario: word,
    seed: wholeNumber('seed', values.seed),
    ...(target !== undefined && { target }),
    ...(backend !== undefined && { backend }),
    ...(values['time-compression'] !== undefined && {
      timeCompression: compression(values['time-compression']),
    }),
  });
  const { plan, expectations } = prepared;
  if (values.dry) {
    process.stdout.write(`${describePlan(plan, expectations).join('\n')}\n`);
    return 0;
  }
  if (plan.timeCompression !== undefined) {
    process.stderr.write(`${compressionInWords(plan.timeCompression)}\n`);
  }
  for (const { name, profile } of plan.links) {
    if (profile.caution !== undefined) process.stderr.write(`caution, ${name}: ${profile.caution}\n`);
  }
  // Whoever is told of a mistake, or asks for the plan alone, does not wait for the reporters.
  const { recordRun, reportFolder } = await import('../record.ts');
  const asked = values.report !== undefined && isOneOfMany ? `${values.report}/${plan.name}` : values.report;
  return recordRun(prepared, { reportDir: reportFolder(asked, plan.name), signal }, { json: values.json });
}
