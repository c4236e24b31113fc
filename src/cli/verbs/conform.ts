// `fieldbench conform`: judges brokers against the standard, statement by statement.
import { checks, selectChecks } from '../../conformance/checks.ts';
import { driveChecks } from '../../conformance/drive-checks.ts';
import { FieldbenchError } from '../../error.ts';
import { defaultParameters } from '../../judge/rule.ts';
import { brokerTarget } from '../../parts/brokers/drivers.ts';
import { readOptions, wholeNumber } from '../options.ts';
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
    const targets = [...new Set(values.target ?? ['embedded'])];
    const selected = values.select === undefined ? checks : selectChecks(values.select);
    if (selected.length === 0) {
      throw new FieldbenchError({
        code: 'FB_USAGE',
        message: `no check fits --select ${values.select ?? ''}`,
        hint: 'fieldbench list checks shows them',
      });
    }
    for (const word of targets) brokerTarget(word); // an unknown one is told before any other is started
    return recordRun(
      {
        mode: 'conform',
        seed: wholeNumber('seed', values.seed),
        command: [
          'fieldbench conform',
          ...targets.map((it) => `--target ${it}`),
          ...(values.select ? [`--select ${values.select}`] : []),
        ].join(' '),
        parameters: { ...defaultParameters },
        reportDir: reportFolder(values.report, 'conform'),
        signal,
      },
      { json: values.json },
      async (bench) => {
        const { clock, history } = bench.context;
        for (const word of targets) {
          const { endpoint } = await bench.startTarget(word, word);
          await driveChecks(
            selected,
            { name: word, endpoint, lacks: [] },
            {
              prefix: `fb${bench.runId.slice(0, 6)}`,
              history,
              clock,
              connectionIds: bench.connectionIds,
              parameters: defaultParameters,
              signal,
            },
          );
        }
      },
    );
  },
};
