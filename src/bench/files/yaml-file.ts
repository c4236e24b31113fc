// Reads a YAML file against a schema and says everything that is wrong with it at once, each with its place and a hint.
import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { didYouMean, FieldbenchError, type SourcePlace } from '../../error.ts';
import { keysAt } from './schema-keys.ts';

/** A file as read, with the places of its keys, for messages that come later. */
export interface YamlFile<Value> {
  readonly file: string;
  readonly text: string;
  readonly value: Value;
  /** Where the value at this path stands, or its nearest ancestor that exists. */
  place(path: readonly PropertyKey[]): SourcePlace;
  /** Where the text at this path has its character at `offset`; its begin, where it is written in another form. */
  within(path: readonly PropertyKey[], offset: number): SourcePlace;
}

/** How one kind of file is spoken of in errors. */
export interface FileWords {
  /** What such a file is called, e.g. `scenario file`. */
  readonly kind: string;
  /** Where to look when there is no such file. */
  readonly hint: string;
  readonly codes: {
    /** It cannot be read. */
    readonly file: string;
    /** It is no YAML. */
    readonly yaml: string;
    /** A key or value is not allowed where it stands. */
    readonly schema: string;
  };
}

/** Several things wrong with one file; `errors` holds each. */
export class FileErrors extends AggregateError {
  override readonly errors: FieldbenchError[];
  constructor(file: string, errors: FieldbenchError[]) {
    super(errors, `${file}: ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`);
    this.errors = errors;
  }
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
  { codes }: FileWords,
): YamlFile<z.output<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  if (document.errors.length > 0) {
    const errors = document.errors.map(
      (it) =>
        new FieldbenchError({
          code: codes.yaml,
          message: it.message.split('\n')[0] ?? it.message,
          at: at(it.pos[0]),
          hint: 'the file must be one YAML document',
        }),
    );
    throw new FileErrors(file, errors);
  }
  const place = (path: readonly PropertyKey[]): SourcePlace => at(offsetOf(document, path));
  const result = schema.safeParse(document.toJS({ maxAliasCount: 100 }));
  const within = (path: readonly PropertyKey[], offset: number) => at(offsetWithin(document, text, path, offset));
  if (result.success) return { file, text, value: result.data, place, within };
  const problems = problemsOf(result.error.issues, schema);
  throw new FileErrors(
    file,
    problems.map(
      ({ message, path, hint }) =>
        new FieldbenchError({
          code: codes.schema,
          message,
          at: place(path),
          ...(hint === undefined ? {} : { hint }),
        }),
    ),
  );
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

/** Offset of the key that the path ends with (of the item, in a list), or of its nearest ancestor in the document. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = isMap(parent)
      ? parent.items.find((it) => isScalar(it.key) && it.key.value === path[length - 1])?.key
      : undefined;
    const node: unknown = key ?? document.getIn(path.slice(0, length), true);
    if (isRanged(node)) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}

/** A plain or quoted text of one line stands in the file as it reads; another form does not. */
function offsetWithin(document: Document.Parsed, text: string, path: readonly PropertyKey[], offset: number): number {
  const node: unknown = document.getIn(path, true);
  if (!isScalar(node) || !node.range) return offsetOf(document, path);
  const begin = node.range[0] + (text[node.range[0]] === '"' || text[node.range[0]] === "'" ? 1 : 0);
  const isAsItReads = text.startsWith(String(node.value), begin);
  return begin + (isAsItReads ? offset : 0);
}

function isRanged(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
