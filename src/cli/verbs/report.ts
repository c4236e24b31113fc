// `fieldbench report`: judges a recorded run again and writes its reports anew, from the journal alone.
import { FieldbenchError } from '../../error.ts';
import { readOptions } from '../options.ts';
import { showRun } from '../record.ts';
import { compare, journalIn } from './report-compare.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench report RUN_DIR [OPTIONS]
       fieldbench report compare RUN_DIR RUN_DIR [OPTIONS]

Judges the run whose journal.ndjson lies in RUN_DIR again, and writes its reports anew: decided as it was then, by the
baseline and the waivers that it had. With compare, holds two runs beside each other: two versions of a broker, two
configurations, two brokers.

  --json          print results.json instead of words; with compare, the comparison

With compare:
  --report DIR    write compare.md there (default: a new folder below fieldbench-report)
  --fail-on worse end with exit code 1 when something is worse in the second run`;

export const report: Verb = {
  usage,
  async run(args) {
    if (args.includes('compare') && args.find((it) => !it.startsWith('-')) === 'compare') {
      return compare(args.toSpliced(args.indexOf('compare'), 1));
    }
    const { values, positionals } = readOptions(args, { json: { type: 'boolean', default: false } });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) {
      throw new FieldbenchError({
        code: 'FB_USAGE',
        message: 'report takes one run folder',
        hint: 'runs lie below fieldbench-report',
      });
    }
    journalIn(folder);
    return (await showRun(folder, { json: values.json })).exitCode;
  },
};
