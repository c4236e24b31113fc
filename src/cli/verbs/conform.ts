// `fieldbench conform`: judges brokers against the standard, statement by statement.
import { FieldbenchError } from '../../error.ts';
import { readOptions, wholeNumber } from '../options.ts';
import { prepareConformance } from '../../run/prepared-run.ts';
import { recordRun, reportFolder } from '../record.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench conform [OPTIONS]

Judges brokers against MQTT 3.1.1, statement by statement.

  --target T      what to judge; several times for several: embedded (default), mosquitto, container:mosquitto,
                  mqtt://HOST:PORT
  --select WHAT   only these checks: ids, statements, sections or globs, separated by commas
  --seed N        repeat the random draws of a run (default 1)
  --report DIR    write the results there (default: a new folder below fieldbench-report)
  --json          print results.json instead of words`;

const options = {
  target: { type: 'string', multiple: true },
  select: { type: 'string' },
  seed: { type: 'string', default: '1' },
  report: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const conform: Verb = {
  summary: 'judges brokers against the standard',
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
    const prepared = prepareConformance({
      targets: [...new Set(values.target ?? ['embedded'])],
      seed: wholeNumber('seed', values.seed),
      ...(values.select !== undefined && { select: values.select }),
    });
    return recordRun(prepared, { reportDir: reportFolder(values.report, 'conform'), signal }, { json: values.json });
  },
};
