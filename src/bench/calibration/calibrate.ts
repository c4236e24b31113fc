// Measures on this machine how far its links are to be trusted: every figure from outside, and wrong links beside right ones.
import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { errorText, FieldbenchError } from '../../error.ts';
import { wallTime } from '../../net/clock.ts';
import type { PartContext } from '../../parts/part.ts';
import { probeAll, probes, type Probed } from '../probes.ts';
import { provenance } from '../provenance.ts';
import { openBed } from './bed.ts';
import { byteRow } from './byte-rows.ts';
import { delayControl, delayRow, delaysMs } from './delay-rows.ts';
import { lossControl, lossPct, lossRow, spellRow } from './loss-rows.ts';
import { middleRate, rateControl, rateRow, rates } from './rate-rows.ts';
import type { CalibrationRecord } from './record.ts';
import { notMeasured, type CalibrationRow } from './row.ts';
import { labNeeds } from './tun-lab.ts';

/** How a calibration is made. */
export interface CalibrateOptions {
  readonly signal: AbortSignal;
  /** Default: a fresh one. */
  readonly seed?: number;
  /** Told as soon as a row is there. */
  readonly onRow?: (row: CalibrationRow) => void;
}

/**
 * Takes about three minutes. What goes wrong with one row stands in that row.
 * @throws FieldbenchError `FB_STATE_FOLDER`; the signal's reason when aborted
 */
export async function calibrate({ signal, seed, onRow }: CalibrateOptions): Promise<CalibrationRecord> {
  const drawn = seed ?? randomInt(2 ** 31);
  setMaxListeners(0, signal);
  await using bed = await openBed(drawn, signal);
  const { context } = bed;
  const found = await probeAll(signal);
  const date = wallTime();
  const machine = provenance();
  const rows: CalibrationRow[] = [];
  const told = (row: CalibrationRow): void => {
    rows.push(row);
    onRow?.(row);
  };
  const [alone, together] = [delays(context), others(found.get('mosquitto')?.detail ?? '', context)];
  const measure = async (task: Task): Promise<void> => told(await attempted(task, found, signal));
  // What is about fractions of a millisecond is measured alone.
  for (const task of alone) await measure(task);
  await Promise.all(together.map(measure));
  const order = [...alone, ...together].map((it) => it.id);
  const sorted = rows.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  return { schema: 1, date, host: hostname(), machine, seed: drawn, rows: sorted, isValid: isValid(rows) };
}

/** Every wrong link that was planted has been flagged. */
export function isValid(rows: readonly CalibrationRow[]): boolean {
  const controls = rows.filter((it) => it.isControl);
  return controls.length > 0 && controls.every((it) => it.verdict === 'ok');
}

/** Something to measure. */
interface Task {
  readonly id: string;
  readonly asked: string;
  /** By the names of src/bench/probes.ts. */
  readonly needs?: readonly string[];
  readonly measure: () => Promise<CalibrationRow>;
}

function delays(context: PartContext): readonly Task[] {
  const tasks = (backend: string, needs: readonly string[]): readonly Task[] =>
    delaysMs.map((delayMs) => {
      const measure = (): Promise<CalibrationRow> => delayRow(backend, delayMs, context);
      return { id: `delay/${backend}/${delayMs}`, asked: `${backend}: ${delayMs} ms one way`, needs, measure };
    });
  const control = { id: 'control/delay/50', asked: 'a delay, +2 ms', measure: () => delayControl(50, context) };
  return [...tasks('embedded', []), control, ...tasks('toxiproxy', ['toxiproxy'])];
}

function others(mosquitto: string, context: PartContext): readonly Task[] {
  const needs = [...labNeeds, 'mosquitto'];
  return [
    ...rates.map((rate): Task => {
      const asked = `embedded: ${rate.bitPerS} bit/s`;
      return { id: `rate/embedded/${rate.bitPerS}`, asked, measure: () => rateRow(rate, context) };
    }),
    {
      id: `control/rate/${middleRate.bitPerS}`,
      asked: 'a rate, +10 %',
      measure: () => rateControl(middleRate, context),
    },
    ...[0, lossPct].map((askedPct): Task => {
      const measure = (): Promise<CalibrationRow> => lossRow(askedPct, context);
      return { id: `loss/embedded/${askedPct}`, asked: `embedded: ${askedPct} % loss`, measure };
    }),
    { id: `control/loss/${lossPct}`, asked: 'half of the loss', measure: () => lossControl(lossPct, context) },
    { id: 'spells/embedded', asked: 'spells of loss', measure: () => spellRow(context) },
    ...[0, lossPct].map((askedPct): Task => {
      const measure = (): Promise<CalibrationRow> => byteRow(askedPct, mosquitto, context);
      return { id: `bytes/embedded/${askedPct}`, asked: `IP bytes at ${askedPct} % loss`, needs, measure };
    }),
  ];
}

/** Never rejects unless aborted: what is missing or goes wrong is the row. */
async function attempted(
  { id, asked, needs = [], measure }: Task,
  found: ReadonlyMap<string, Probed>,
  signal: AbortSignal,
): Promise<CalibrationRow> {
  const missing = needs.find((it) => found.get(it)?.present !== true);
  if (missing !== undefined) {
    const why = `needs ${missing}: ${found.get(missing)?.detail ?? 'not probed'}`;
    return notMeasured(id, asked, why, probes.find((it) => it.id === missing)?.fix);
  }
  try {
    return await measure();
  } catch (error) {
    signal.throwIfAborted();
    return notMeasured(id, asked, error instanceof FieldbenchError ? errorText(error) : String(error));
  }
}
