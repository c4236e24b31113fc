// The one error of the bench: a code, what was expected, what came, and one hint.

/** Where in an input file something is wrong; lines and columns count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a {@link FieldbenchError} is made of. */
export interface ErrorDetails {
  /** Stable name of the error, listed in docs/errors.md, e.g. `FB_SCENARIO_SCHEMA`. */
  readonly code: string;
  /** One sentence that says what went wrong. */
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly hint?: string;
  readonly at?: SourcePlace;
  readonly cause?: unknown;
}

/**
 * An error that a user can act on. `message` alone suffices; the parts are kept apart for reports.
 * The command line prints it without a stack trace.
 */
export class FieldbenchError extends Error {
  readonly code: string;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  readonly hint: string | undefined;
  readonly at: SourcePlace | undefined;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'FieldbenchError';
    this.code = details.code;
    this.expected = details.expected;
    this.actual = details.actual;
    this.hint = details.hint;
    this.at = details.at;
  }
}

/** The same error with its place in a file. */
export function placedAt({ code, message, expected, actual, hint }: FieldbenchError, at: SourcePlace): FieldbenchError {
  return new FieldbenchError({
    code,
    message,
    at,
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
    ...(hint !== undefined && { hint }),
  });
}

/** `file:line:column` as far as known. */
export function placeText(at: SourcePlace): string {
  return [at.file, at.line, at.column].filter((it) => it !== undefined).join(':');
}

/** The whole error as one block of text for a terminal or a report. */
export function errorText(error: FieldbenchError): string {
  const lines = [`${error.at ? `${placeText(error.at)} ` : ''}${error.message} [${error.code}]`];
  if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  if (error.actual !== undefined) lines.push(`  came: ${error.actual}`);
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  return lines.join('\n');
}

/** A hint for a name that does not exist: the nearest known one where it is near, else all of them. */
export function didYouMean(word: string, known: readonly string[]): string {
  const ranked = known
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  if (nearest && nearest.distance <= Math.max(1, Math.floor(word.length / 3))) return `did you mean "${nearest.name}"?`;
  return known.length === 0 ? 'there are none' : `known are: ${known.join(', ')}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
