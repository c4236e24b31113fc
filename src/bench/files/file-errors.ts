// How the files that a user writes are spoken of where something is wrong with them.
import type { FieldbenchError } from '../../error.ts';

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
