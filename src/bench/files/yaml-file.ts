// Reads a YAML file against a schema and says everything that is wrong with it at once, each with its place and a hint.
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { didYouMean, FieldbenchError, type SourcePlace } from '../../error.ts';
import { FileErrors, type FileWords } from './file-errors.ts';
import { parsePlaced, placeIn, placeWithin, plain, type Placed } from './placed-yaml.ts';
import { keysAt } from './schema-keys.ts';

export type { FileWords } from './file-errors.ts';

/** A file as read, with the places of its keys, for messages that come later. */
export interface YamlFile<Value> {
  readonly file: string;
  readonly text: string;
  readonly value: Value;
  /** As written: before defaults and units. */
  readonly data: unknown;
  /** Where the value at this path stands, or its nearest ancestor that exists. */
  place(path: readonly PropertyKey[]): SourcePlace;
  /** Where the text at this path has its character at `offset`; its begin, where it is written in another form. */
  within(path: readonly PropertyKey[], offset: number): SourcePlace;
}

/**
 * Reads and validates a file.
 * @throws FieldbenchError with `codes.file` when it cannot be read; FileErrors for what is wrong in it.
 */
export async function readYamlFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  words: FileWords,
): Promise<YamlFile<z.output<Schema>>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, words, cause);
  });
  return parseYamlFile(file, text, schema, words);
}

/** Why a file cannot be read, in its own words. */
export function unreadable(file: string, { codes, kind, hint }: FileWords, cause: unknown): FieldbenchError {
  return new FieldbenchError({
    code: codes.file,
    message: `cannot read the ${kind} ${file}`,
    actual: cause instanceof Error ? cause.message : String(cause),
    hint,
    cause,
  });
}

/**
 * As {@link readYamlFile}, from text.
 * @throws FileErrors
 */
export function parseYamlFile<Schema extends z.ZodType>(
  file: string,
  text: string,
  schema: Schema,
  words: FileWords,
): YamlFile<z.output<Schema>> {
  const tree = parsePlaced(file, text, words);
  const place = (path: readonly PropertyKey[]): SourcePlace => placeIn(tree, path);
  const { value, errors } = checked(tree, schema, words);
  if (value === undefined)
    throw new FileErrors(
      file,
      errors.map((it) => it.error),
    );
  const within = (path: readonly PropertyKey[], offset: number) => placeWithin(tree, text, path, offset);
  return { file, text, value: value.value, data: plain(tree), place, within };
}

/** What a schema makes of a tree, or what is wrong with it: each with the path at which it stands. */
export interface Checked<Value> {
  readonly value?: { readonly value: Value };
  readonly errors: readonly { readonly path: readonly PropertyKey[]; readonly error: FieldbenchError }[];
}

/** Holds a tree against a schema. */
export function checked<Schema extends z.ZodType>(
  tree: Placed,
  schema: Schema,
  { codes }: FileWords,
): Checked<z.output<Schema>> {
  const result = schema.safeParse(plain(tree));
  if (result.success) return { value: { value: result.data }, errors: [] };
  const errors = problemsOf(result.error.issues, schema).map(({ message, path, hint }) => {
    const at = placeIn(tree, path);
    return {
      path,
      error: new FieldbenchError({ code: codes.schema, message, at, ...(hint !== undefined && { hint }) }),
    };
  });
  return { errors };
}

/** One thing that is wrong, before it has a place in the text. */
interface Problem {
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly hint?: string;
}

function problemsOf(issues: readonly z.core.$ZodIssue[], schema: z.ZodType): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const nearest = nearestBranch(issue);
    if (nearest) return problemsOf(nearest, schema);
    const where = issue.path.join('.') || 'the file';
    if (issue.code === 'invalid_key') {
      return issue.issues.map(({ message }) => ({ message: `${where}: ${message}`, path: issue.path }));
    }
    if (issue.code !== 'unrecognized_keys') return [{ message: `${where}: ${issue.message}`, path: issue.path }];
    return issue.keys.map((key) => ({
      message: `${where}: unknown key "${key}"`,
      path: [...issue.path, key],
      hint: didYouMean(key, keysAt(schema, issue.path)),
    }));
  });
}

/** In a union, the branch that the author most likely meant: the one for this kind of value that recognises its keys. */
function nearestBranch(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return undefined;
  const candidates = issue.errors.filter((branch) => !branch.some(isOtherBranch));
  const [only] = candidates;
  if (candidates.length !== 1 || only === undefined) return undefined;
  return only.map((it) => ({ ...it, path: [...issue.path, ...it.path] }));
}

/** Whether an issue says that a branch of a union was not meant: a key it does not know, or another kind of value. */
function isOtherBranch({ code, path }: z.core.$ZodIssue): boolean {
  return (code === 'unrecognized_keys' || code === 'invalid_type') && path.length === 0;
}
