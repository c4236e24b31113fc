// Several scenarios of one command, and at its end a line for each.
import type { PreparedScenario } from '../run/prepared-scenario.ts';
import { reportFolder, shownPath } from './record.ts';
import { playSeries } from './run-series.ts';
import { tableLines } from './table.ts';

/** Each into a folder of its own, and at the end a line for each that says which. */
export async function playSeveral(
  prepared: readonly PreparedScenario[],
  values: { readonly report?: string | undefined; readonly json: boolean },
  signal: AbortSignal,
): Promise<number> {
  const names = distinct(prepared.map((it) => it.plan.name));
  const runs = prepared.map((it, at) => {
    const below = values.report === undefined ? undefined : `${values.report}/${names[at]}`;
    return { prepared: it, folder: () => reportFolder(below, it.plan.name) };
  });
  const rows: string[][] = [];
  const code = await playSeries(runs, { json: values.json }, signal, ({ folder, recorded }, at) => {
    rows.push([names[at] ?? '', recorded?.run.verdict ?? 'none', shownPath(folder)]);
  });
  if (!values.json) process.stdout.write(`\n${tableLines(rows, Number.POSITIVE_INFINITY).join('\n')}\n`);
  return code;
}

/** Names of which no two are alike. */
function distinct(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let n = 2; taken.has(own); n++) own = `${name}-${n}`;
    taken.add(own);
    return own;
  });
}
