// Amounts as files write them, each with its unit: a bare number would leave it open what is meant.
import { z } from 'zod';

/** Units by name, each with how many of the base unit it is. */
type Units = Readonly<Record<string, number>>;

const msUnits: Units = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const bitPerSUnits: Units = { 'bit/s': 1, 'kbit/s': 1e3, 'Mbit/s': 1e6, 'Gbit/s': 1e9 };
const byteUnits: Units = { B: 1, kB: 1e3, MB: 1e6 };
const pctUnits: Units = { '%': 1 };

/** A schema for an amount in one of these units; read as a number of the base unit. */
function amount(units: Units, expected: string, sign = '') {
  const names = Object.keys(units).join('|');
  const form = new RegExp(String.raw`^(${sign}\d+(?:\.\d+)?) ?(${names})$`);
  return z
    .string(expected)
    .regex(form, expected)
    .transform((text) => {
      const [, count = '', unit = ''] = form.exec(text) ?? [];
      return Number(count) * (units[unit] ?? Number.NaN);
    });
}

/** A length of time, `300ms`, `5s`, `2min`, `1h`; read as milliseconds. */
export const duration = amount(msUnits, 'expected a length of time such as 300ms, 5s, 2min or 1h');

/** A step in time, forward `5s` or back `-5s`; read as milliseconds. */
export const timeStep = amount(msUnits, 'expected a step in time such as 5s or -300ms', '-?');

/** A bit rate, `9600 bit/s`, `88 kbit/s`, `4 Mbit/s`; read as bit/s. Thousands are 1000. */
export const rate = amount(bitPerSUnits, 'expected a rate such as 9600 bit/s, 88 kbit/s or 4 Mbit/s');

/** A number of bytes, `340 B`, `64 kB`; read as bytes. Thousands are 1000. */
export const size = amount(byteUnits, 'expected a size such as 340 B or 64 kB');

/** A share, `0.5%`; read as per cent. */
export const share = amount(pctUnits, 'expected a share such as 0.5%');

const anyAmount = new RegExp(
  String.raw`^\d+(?:\.\d+)? ?(?:${[msUnits, bitPerSUnits, byteUnits, pctUnits].flatMap((it) => Object.keys(it)).join('|')})$`,
);

/** Whether a value of a file is a figure: an amount with its unit, or a number. */
export function isFigure(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && anyAmount.test(value));
}
