// Several mistakes in one file, told at once.
import type { FieldbenchError } from '../../error.ts';

/** Several things wrong with one file; `errors` holds each. */
export class FileErrors extends AggregateError {
  override readonly errors: FieldbenchError[];
  constructor(file: string, errors: FieldbenchError[]) {
    super(errors, `${file}: ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`);
    this.errors = errors;
  }
}
