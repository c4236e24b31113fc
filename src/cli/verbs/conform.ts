// `fieldbench conform`: judges brokers against the standard, statement by statement.
import { FieldbenchError } from '../../error.ts';
import { readOptions, wholeNumber } from '../options.ts';
import { wallTime } from '../../net/clock.ts';
import { readGate, type GateOptions } from '../../run/gate/read-gate.ts';
import { readRunLink } from '../../run/over-link.ts';
import { prepareConformance } from '../../run/prepared-run.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench conform [OPTIONS]

Judges brokers against MQTT 3.1.1, statement by statement.

  --target T      what to judge; several times for several: a name of "fieldbench list targets" (default: embedded),
                  process:NAME, container:NAME, image:REF, a URL (mqtt, mqtts, ws, wss), or a target file (.yaml);
                  NAME@ before an image, a URL or a file: the limits that NAME declares hold there too
  --select WHAT   only these checks: ids, statements, sections, chapters or globs, separated by commas
  --link NAME     put this link before every connection: a name of "fieldbench list links", or a file
  --destructive T a target by URL gets only checks that are safe for its other users, unless it is named here again
  --baseline FILE fail only on what is new: results.json of an earlier run of the same targets, or its folder
  --waivers FILE  failures that somebody has taken upon himself, each with a reason, a link and a last day
  --fail-on WHAT  verdicts that fail the run beside fail, separated by commas: warn, limit, inconclusive
  --strict        a limit that a target declares fails the run too: short for --fail-on limit
  --at-once N     how many targets are judged side by side (default 1: each has the machine for itself)
  --mqtt VERSION  version of the standard: 3.1.1, the only one judged so far
  --seed N        repeat the random draws of a run (default 1)
  --report DIR    write the results there (default: a new folder below fieldbench-report)
  --json          print results.json instead of words

Exit codes: 0 nothing failed (nothing new, with --baseline), 1 something failed, 3 inconclusive or nothing judged,
2 usage or configuration.`;

const options = {
  target: { type: 'string', multiple: true },
  select: { type: 'string', multiple: true },
  link: { type: 'string' },
  destructive: { type: 'string', multiple: true },
  baseline: { type: 'string' },
  waivers: { type: 'string' },
  'fail-on': { type: 'string', multiple: true },
  strict: { type: 'boolean', default: false },
  'at-once': { type: 'string' },
  mqtt: { type: 'string', default: '3.1.1' },
  seed: { type: 'string', default: '1' },
  report: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof readOptions<typeof options>>['values'];

export const conform: Verb = {
  usage,
  async run(args, signal) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) {
      throw new FieldbenchError({
        code: 'FB_USAGE',
        message: `conform takes options only`,
        actual: positionals.join(' '),
        hint: '--target names what to judge',
      });
    }
    judgedVersion(values.mqtt);
    const targets = [...new Set(values.target ?? ['embedded'])];
    const gate = await readGate(gateOptions(values), targets, wallTime().slice(0, 10));
    const prepared = prepareConformance({
      targets,
      ...(gate && { gate }),
      destructive: namedAgain(values.destructive ?? [], targets),
      seed: wholeNumber('seed', values.seed),
      ...(values['at-once'] !== undefined && { atOnce: atLeastOne(values['at-once']) }),
      ...(values.link !== undefined && { link: await readRunLink(values.link) }),
      ...(values.select !== undefined && { select: values.select.join(',') }),
    });
    // Whoever is told of a mistake does not wait for the reporters.
    const { recordRun, reportFolder } = await import('../record.ts');
    return recordRun(prepared, { reportDir: reportFolder(values.report, 'conform'), signal }, { json: values.json });
  },
};

function gateOptions(values: Values): GateOptions {
  const { baseline, waivers, 'fail-on': failOn = [], strict } = values;
  return {
    ...(baseline !== undefined && { baseline }),
    ...(waivers !== undefined && { waivers }),
    failOn: [...failOn.flatMap((it) => it.split(',')), ...(strict ? ['limit'] : [])],
  };
}

function atLeastOne(word: string): number {
  const atOnce = wholeNumber('at-once', word);
  if (atOnce >= 1) return atOnce;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: '--at-once takes no 0',
    expected: 'how many targets are judged side by side: 1 or more',
    hint: 'leave it out for one after the other',
  });
}

/** Refuses a version that no check judges, instead of judging another one. */
function judgedVersion(version: string): void {
  if (version === '3.1.1') return;
  const isLater = /^(?:mqtt)?v?5(?:\.0)?$/i.test(version);
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: isLater ? 'MQTT 5.0 is not judged yet' : `"${version}" is no version that can be judged`,
    expected: '--mqtt 3.1.1',
    actual: `--mqtt ${version}`,
    hint: 'leave --mqtt out: 3.1.1 is the default',
  });
}

/** What may be treated destructively has to be a target: a typing error must not pass for caution. */
function namedAgain(destructive: readonly string[], targets: readonly string[]): readonly string[] {
  const stranger = destructive.find((word) => !targets.includes(word));
  if (stranger === undefined) return destructive;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `--destructive names "${stranger}", which is no target of this run`,
    expected: targets.join(' or '),
    hint: 'write it as --target does',
  });
}
