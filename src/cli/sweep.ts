// A scenario played for every combination of some values of its parameters, and what that shows as one table.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FieldbenchError } from '../error.ts';
import { sweepLines, sweepMd, sweepOf, type SweepRun } from '../report/sweep-table.ts';
import type { PreparedScenario } from '../run/prepared-scenario.ts';
import type { Swept } from './combinations.ts';
import { shownPath } from './record.ts';
import { playSeries } from './run-series.ts';

/** A run of the sweep, ready to begin. */
export interface SweepPart {
  readonly values: Swept;
  readonly prepared: PreparedScenario;
}

/**
 * Plays them, each in a folder of its own below `folder`, and writes `sweep.json` and `sweep.md` beside them.
 * @returns the exit code of all
 */
export async function playSweep(
  parts: readonly SweepPart[],
  about: { readonly folder: string; readonly command: string; readonly json: boolean; readonly signal: AbortSignal },
): Promise<number> {
  const runs: SweepRun[] = [];
  const { folder, command, json, signal } = about;
  if (existsSync(join(folder, 'sweep.json'))) throw holdsOne(folder);
  const series = parts.map(({ prepared, values }, at) => ({ prepared, folder: () => newBelow(folder, at, values) }));
  const code = await playSeries(series, { json, quiet: true }, signal, ({ folder: own, recorded }, at) => {
    const values = parts[at]?.values ?? {};
    runs.push({ values, folder: own.slice(folder.length + 1), ...(recorded && { run: recorded.run }) });
    if (!json) process.stderr.write(`${inWords(values)}: ${recorded?.run.verdict ?? 'none'}, ${shownPath(own)}\n`);
  });
  const sweep = sweepOf(parts[0]?.prepared.plan.name ?? '', command, runs);
  const text = `${JSON.stringify(sweep, undefined, 2)}\n`;
  writeFileSync(join(folder, 'sweep.json'), text);
  writeFileSync(join(folder, 'sweep.md'), sweepMd(sweep));
  const table = [...sweepLines(sweep), '', `sweep   ${shownPath(join(folder, 'sweep.md'))}`].join('\n');
  process.stdout.write(json ? text : `${table}\n`);
  return code;
}

const inWords = (values: Swept): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** The number tells apart what is written alike once it is a file name. */
function newBelow(folder: string, at: number, values: Swept): string {
  const name = `${at + 1}-${inWords(values).replaceAll(/[^\w.=-]+/g, '-')}`.slice(0, 100);
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function holdsOne(folder: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_REPORT_FOLDER',
    message: `${folder} holds a sweep already`,
    hint: 'name another folder with --report DIR',
  });
}
