// How the files that a user writes are spoken of where something is wrong with them.
import { FieldbenchError, placedAt, type SourcePlace } from '../../error.ts';

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
 * What is wrong with a file: everything in it, or why it is none, said where another one names it.
 * @throws what is no such error
 */
export function errorsOf(error: unknown, named?: SourcePlace): readonly FieldbenchError[] {
  if (error instanceof FileErrors) return error.errors;
  if (error instanceof FieldbenchError) return [named === undefined ? error : placedAt(error, named)];
  throw error;
}
