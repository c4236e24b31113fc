// `fieldbench report`: judges a recorded run again and writes its reports anew, from the journal alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FieldbenchError } from '../../error.ts';
import { readOptions } from '../options.ts';
import { showRun } from '../record.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench report RUN_DIR [OPTIONS]

Judges the run whose journal.ndjson lies in RUN_DIR again, and writes its reports anew.

  --json          print results.json instead of words`;

export const report: Verb = {
  summary: 'judges a recorded run again and writes its reports anew',
  usage,
  async run(args) {
    const { values, positionals } = readOptions(args, { json: { type: 'boolean', default: false } });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) {
      throw new FieldbenchError({
        code: 'FB_USAGE',
        message: 'report takes one run folder',
        hint: 'runs lie below fieldbench-report',
      });
    }
    if (!existsSync(join(folder, 'journal.ndjson'))) {
      throw new FieldbenchError({
        code: 'FB_RUN_FOLDER',
        message: `there is no run in ${folder}`,
        expected: `a file ${join(folder, 'journal.ndjson')}`,
        hint: 'runs lie below fieldbench-report',
      });
    }
    return (await showRun(folder, { json: values.json })).exitCode;
  },
};
