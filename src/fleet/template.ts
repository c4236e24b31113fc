// Texts that differ from device to device: client ids, topics, logins, filled from a device's number or its row of a table.
import { didYouMean, FieldbenchError } from '../error.ts';

/** What a template can be filled with. */
export interface TemplateValues {
  /** Number of the device within its population, from 1. */
  readonly n: number;
  /** Name of the population. */
  readonly population: string;
  /** The device's row of the population's table. */
  readonly row: readonly string[];
}

/** A template that was read: literal texts and what stands between them. */
export class Template {
  readonly #texts: readonly string[];
  readonly #fields: readonly Field[];

  /**
   * Reads a template: `{n}` is the device's number, `{n:5}` the same with at least five digits, `{population}` the
   * population's name, any other name a column.
   * @throws FieldbenchError `FB_FLEET_TEMPLATE` for a name that is none of these.
   */
  constructor(text: string, columns: readonly string[] = []) {
    const parts = text.split(/\{([^{}]*)\}/);
    this.#texts = parts.filter((_, at) => at % 2 === 0);
    this.#fields = parts.filter((_, at) => at % 2 === 1).map((it) => fieldOf(it, text, columns));
  }

  /** The text of one device. */
  text(values: TemplateValues): string {
    let text = this.#texts[0] ?? '';
    let at = 0;
    for (const field of this.#fields) text += valueOf(field, values) + (this.#texts[++at] ?? '');
    return text;
  }
}

type Field =
  | { readonly kind: 'number'; readonly digits: number }
  | { readonly kind: 'population' }
  | { readonly kind: 'column'; readonly at: number };

function valueOf(field: Field, { n, population, row }: TemplateValues): string {
  if (field.kind === 'number') return String(n).padStart(field.digits, '0');
  return field.kind === 'population' ? population : (row[field.at] ?? '');
}

function fieldOf(name: string, text: string, columns: readonly string[]): Field {
  const digits = /^n(?::(\d{1,2}))?$/.exec(name);
  if (digits) return { kind: 'number', digits: Number(digits[1] ?? 0) };
  if (name === 'population') return { kind: 'population' };
  const at = columns.indexOf(name);
  if (at !== -1) return { kind: 'column', at };
  throw new FieldbenchError({
    code: 'FB_FLEET_TEMPLATE',
    message: `the template ${JSON.stringify(text)} names "${name}"`,
    expected: 'n, n with a number of digits as in {n:5}, population, or a column of the table',
    hint: didYouMean(name, ['n', 'population', ...columns]),
  });
}
