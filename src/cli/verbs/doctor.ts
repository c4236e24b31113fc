// `fieldbench doctor`: what this machine can do, and the command that fixes each gap.
import { examine, type Examination } from '../../bench/doctor.ts';
import { atMostWords, readOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench doctor [--json]

Shows what this machine can do, and the command that fixes each gap. Ends with 2 when nothing could run.`;

export const doctor: Verb = {
  summary: 'shows what this machine can do, and what to install for the rest',
  usage,
  async run(args, signal) {
    const { values, positionals } = readOptions(args, { json: { type: 'boolean', default: false } });
    atMostWords(0, positionals);
    const found = await examine(signal);
    process.stdout.write(`${values.json ? JSON.stringify(found, undefined, 2) : inWords(found)}\n`);
    return found.required.every((it) => it.present) ? 0 : 2;
  },
};

function inWords(found: Examination): string {
  return [
    'Needed',
    ...found.required.flatMap(linesOf),
    '',
    'Widens what the bench can do',
    ...found.optional.flatMap(linesOf),
    '',
    'This machine',
    ...Object.entries(found.machine).map(([name, value]) => `  ${name}: ${value}`),
  ].join('\n');
}

function linesOf(it: Examination['required'][number]): readonly string[] {
  const found = `  ${it.present ? 'yes' : 'no '}  ${it.id.padEnd(16)} ${it.what}: ${it.detail}`;
  return it.fix === undefined ? [found] : [found, `       ${' '.repeat(16)} to get it: ${it.fix}`];
}
