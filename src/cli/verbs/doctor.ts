// `fieldbench doctor`: what this machine can do, the command that fixes each gap, and how far its links are to be trusted.
import { calibrate } from '../../bench/calibration/calibrate.ts';
import { keepCalibration } from '../../bench/calibration/record.ts';
import { examine } from '../../bench/doctor.ts';
import { calibrationLines, rowLines } from '../calibration-text.ts';
import { examinationLines } from '../examination-text.ts';
import { atMostWords, readOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

const usage = `Usage: fieldbench doctor [--calibrate] [--json]

Shows what this machine can do, which brokers it can start, and the command that fixes each gap. Ends with 2 when
nothing could run.

  --calibrate   measures delay, rate, loss and byte counts of the links on this machine, from outside and beside links
                that are wrong on purpose; keeps the table, which reports quote from then on. Takes about three minutes;
                leave the machine alone meanwhile. Ends with 1 when something is off, 3 when a wrong link was not flagged.
  --json        prints it as JSON`;

export const doctor: Verb = {
  usage,
  async run(args, signal) {
    const { values, positionals } = readOptions(args, {
      json: { type: 'boolean', default: false },
      calibrate: { type: 'boolean', default: false },
    });
    atMostWords(0, positionals);
    if (values.calibrate) return calibration(values.json, signal);
    const found = await examine(signal);
    const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
    say(values.json ? [JSON.stringify(found, undefined, 2)] : examinationLines(found, width));
    return found.required.every((it) => it.present) ? 0 : 2;
  },
};

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function calibration(asJson: boolean, signal: AbortSignal): Promise<number> {
  const record = await calibrate({ signal, ...(!asJson && { onRow: (row) => say(rowLines(row)) }) });
  const file = keepCalibration(record);
  say(asJson ? [JSON.stringify(record, undefined, 2)] : calibrationLines(record, file));
  if (!record.isValid) return 3;
  return record.rows.some((it) => it.verdict === 'off') ? 1 : 0;
}
