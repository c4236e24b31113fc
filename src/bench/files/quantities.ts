// Amounts as files write them, each with its unit: a bare number would leave it open what is meant.
import { z } from 'zod';

/** Units by name, each with how many of the base unit it is. */
type Units = Readonly<Record<string, number>>;

const families = {
  'length of time': {
    units: { ms: 1, s: 1000, min: 60_000, h: 3_600_000 },
    expected: 'expected a length of time such as 300ms, 5s, 2min or 1h',
  },
  rate: {
    units: { 'bit/s': 1, 'kbit/s': 1e3, 'Mbit/s': 1e6, 'Gbit/s': 1e9 },
    expected: 'expected a rate such as 9600 bit/s, 88 kbit/s or 4 Mbit/s',
  },
  size: { units: { B: 1, kB: 1e3, MB: 1e6 }, expected: 'expected a size such as 340 B or 64 kB' },
  share: { units: { '%': 1 }, expected: 'expected a share such as 0.5%' },
} as const;

/** What an amount is of. */
export type AmountKind = keyof typeof families;

/** What is said where an amount of this kind is missing. */
export const expectedAmount = (kind: AmountKind): string => families[kind].expected;

function formOf(units: Units): RegExp {
  return new RegExp(String.raw`^(\d+(?:\.\d+)?) ?(${Object.keys(units).join('|')})$`);
}

const forms = Object.entries(families).map(([kind, { units }]) => ({
  kind: kind as AmountKind,
  units: units as Units,
  form: formOf(units),
}));

/** The amount that a text writes, in the base unit of its kind; nothing where it writes none. */
export function amountOf(text: string): { readonly kind: AmountKind; readonly value: number } | undefined {
  for (const { kind, units, form } of forms) {
    const [, count, unit = ''] = form.exec(text) ?? [];
    if (count !== undefined) return { kind, value: Number(count) * (units[unit] ?? Number.NaN) };
  }
  return undefined;
}

/** A schema for an amount of this kind; read as a number of the base unit. */
function amount(kind: AmountKind) {
  const { units, expected } = families[kind];
  return z
    .string(expected)
    .regex(formOf(units), expected)
    .transform((text) => amountOf(text)?.value ?? Number.NaN);
}

/** A length of time, `300ms`, `5s`, `2min`, `1h`; read as milliseconds. */
export const duration = amount('length of time');

const expectedStep = 'expected a step in time such as 5s or -300ms';

/** A step in time, forward `5s` or back `-5s`; read as milliseconds. */
export const timeStep = z
  .string(expectedStep)
  .regex(new RegExp(formOf(families['length of time'].units).source.replace('^', '^-?')), expectedStep)
  .transform((text) => (text.startsWith('-') ? -1 : 1) * (amountOf(text.replace(/^-/, ''))?.value ?? Number.NaN));

/** A bit rate, `9600 bit/s`, `88 kbit/s`, `4 Mbit/s`; read as bit/s. Thousands are 1000. */
export const rate = amount('rate');

/** A number of bytes, `340 B`, `64 kB`; read as bytes. Thousands are 1000. */
export const size = amount('size');

/** A share, `0.5%`; read as per cent. */
export const share = amount('share');

/** Whether a value of a file is a figure: an amount with its unit, or a number. */
export function isFigure(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && amountOf(value) !== undefined);
}
