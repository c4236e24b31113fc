// What a waivers file may say, and how one is read: who takes a failure upon himself says why, where, and until when.
import { z } from 'zod';
import { checks } from '../../conformance/checks.ts';
import { didYouMean, FieldbenchError } from '../../error.ts';
import type { Waiver, Waivers } from '../../history/run-gate.ts';
import { FileErrors } from '../../bench/files/file-errors.ts';
import { parseYamlFile, readYamlFile, type FileWords, type YamlFile } from '../../bench/files/yaml-file.ts';
import { findStatement, statements311 } from '../../spec/catalogue.ts';

const text = (what: string): z.ZodString => z.string(`expected ${what}`).trim().min(1, `expected ${what}`);

const waiver = z.strictObject({
  target: text('the name of a target, or a glob').describe('Name of a target as --target takes it, or a glob: `*`.'),
  statement: z.string().optional().describe('The statement whose failures are waived, in whichever check they show.'),
  check: z.string().optional().describe('The check whose failures are waived. Either a statement or a check.'),
  reason: text('a sentence that says why').describe('Why, in a sentence.'),
  link: z
    .url({ protocol: /^https?$/, error: 'expected a link, http:// or https://' })
    .describe('Where it is being worked on, or where it was decided.'),
  expires: z.iso
    .date('expected a day that exists, such as 2027-03-31')
    .describe('Last day on which it holds, in UTC; from the day after, what it covered fails the run.'),
});

const waiversSchema = z.strictObject({
  waivers: z
    .array(
      waiver.superRefine(({ statement, check }, context) => {
        if ((statement === undefined) !== (check === undefined)) return;
        context.addIssue({ code: 'custom', path: [], message: 'needs either a statement or a check' });
      }),
    )
    .describe('Failures that somebody has taken upon himself for a while.'),
});

const words: FileWords = {
  kind: 'waivers file',
  hint: 'docs/conformance.md has an example',
  codes: { file: 'FB_WAIVERS_FILE', yaml: 'FB_WAIVERS_FILE', schema: 'FB_WAIVERS_SCHEMA' },
};

/**
 * Reads and validates a waivers file.
 * @throws FieldbenchError `FB_WAIVERS_FILE` when it cannot be read; FileErrors for what is wrong in it.
 */
export async function readWaivers(file: string): Promise<Waivers> {
  return waiversOf(await readYamlFile(file, waiversSchema, words));
}

/** As {@link readWaivers}, from text. */
export function parseWaivers(file: string, yaml: string): Waivers {
  return waiversOf(parseYamlFile(file, yaml, waiversSchema, words));
}

/** The schema for editors, as published. */
export function waiversJsonSchema(): unknown {
  const { $schema, ...schema } = z.toJSONSchema(waiversSchema, { io: 'input' });
  return { $schema, title: 'fieldbench waivers', ...schema };
}

function waiversOf(written: YamlFile<z.output<typeof waiversSchema>>): Waivers {
  const { file, value } = written;
  const errors = value.waivers.flatMap((it, index) => [
    ...strayName(written, ['waivers', index, 'statement'], it.statement, statementNames),
    ...strayName(written, ['waivers', index, 'check'], it.check, checkNames),
  ]);
  if (errors.length > 0) throw new FileErrors(file, errors);
  const entries = value.waivers.map(({ target, statement, check, reason, link, expires }): Waiver => {
    return { target, id: statement ?? check ?? '', reason, link, expires };
  });
  return { file, entries };
}

/** A waiver of something that is never judged would wait for ever: a typing error must not pass for one. */
function strayName(
  written: YamlFile<unknown>,
  path: readonly PropertyKey[],
  id: string | undefined,
  names: Names,
): readonly FieldbenchError[] {
  if (id === undefined || names.has(id)) return [];
  const kind = String(path.at(-1));
  const hint = didYouMean(id, names.common());
  return [
    new FieldbenchError({
      code: 'FB_WAIVERS_SCHEMA',
      message: `${path.join('.')}: there is no ${kind} "${id}"`,
      at: written.place(path),
      hint: hint.startsWith('did') ? hint : `fieldbench list ${kind}s shows them`,
    }),
  ];
}

/** What an id may be one of. */
interface Names {
  has(id: string): boolean;
  /** Those that a misspelt id was most likely meant to be. */
  common(): readonly string[];
}

const statementNames: Names = {
  has: (id) => findStatement(id) !== undefined,
  common: () => statements311().map((it) => it.id),
};
const checkNames: Names = {
  has: (id) => checks.some((it) => it.id === id),
  common: () => checks.map((it) => it.id),
};
