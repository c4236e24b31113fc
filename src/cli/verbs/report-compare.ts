// `fieldbench report compare`: holds two recorded runs beside each other, both judged again by the same suite.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldbenchError } from '../../error.ts';
import { readJournal } from '../../history/read-journal.ts';
import type { JudgedRun } from '../../judge/judged.ts';
import { compareRuns, hasWorse } from '../../report/compare/comparison.ts';
import { comparisonMarkdown } from '../../report/compare/comparison-md.ts';
import { comparisonLines } from '../../report/compare/comparison-terminal.ts';
import { judgeRun } from '../../run/judge-run.ts';
import { readOptions } from '../options.ts';
import { reportFolder, wantsColour } from '../record.ts';

const options = {
  report: { type: 'string' },
  json: { type: 'boolean', default: false },
  'fail-on': { type: 'string' },
} as const;

/**
 * Compares the runs in two folders.
 * @returns the exit code: 0, or 1 where something got worse and that is to fail
 * @throws FieldbenchError `FB_USAGE`, `FB_RUN_FOLDER`, `FB_JOURNAL`, `FB_REPORT_FOLDER`
 */
export async function compare(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, options);
  const [one, other, ...more] = positionals;
  if (one === undefined || other === undefined || more.length > 0) {
    throw new FieldbenchError({
      code: 'FB_USAGE',
      message: 'report compare takes two run folders',
      hint: 'for instance: fieldbench report compare before after',
    });
  }
  const failOn = failsOn(values['fail-on']);
  const comparison = compareRuns(await judgedAgain(one), await judgedAgain(other));
  const file = join(reportFolder(values.report, 'compare'), 'compare.md');
  await writeFile(file, comparisonMarkdown(comparison));
  const screen = { colour: wantsColour(), width: process.stdout.columns ?? 100 };
  const text = values.json
    ? JSON.stringify(comparison, null, 2)
    : [...comparisonLines(comparison, screen), '', `written  ${file}`].join('\n');
  process.stdout.write(`${text}\n`);
  return failOn === 'worse' && hasWorse(comparison) ? 1 : 0;
}

/**
 * The run in a folder, judged by this suite.
 * @throws FieldbenchError `FB_RUN_FOLDER`, `FB_JOURNAL`
 */
async function judgedAgain(folder: string): Promise<JudgedRun> {
  return judgeRun(await Array.fromAsync(readJournal(journalIn(folder))));
}

/**
 * The journal of a run.
 * @throws FieldbenchError `FB_RUN_FOLDER` when the folder holds none
 */
export function journalIn(folder: string): string {
  const journal = join(folder, 'journal.ndjson');
  if (existsSync(journal)) return journal;
  throw new FieldbenchError({
    code: 'FB_RUN_FOLDER',
    message: `there is no run in ${folder}`,
    expected: `a file ${journal}`,
    hint: 'runs lie below fieldbench-report',
  });
}

function failsOn(word: string | undefined): 'worse' | undefined {
  if (word === undefined || word === 'worse') return word;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `--fail-on takes no "${word}" here`,
    expected: 'worse',
    hint: 'leave it out: a comparison then always ends with exit code 0',
  });
}
