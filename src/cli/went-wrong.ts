// What a user reads about an error: a sentence, never a stack trace that he did not ask for.
import { errorText, FieldbenchError } from '../error.ts';

/** The error as text for stderr. */
export function whatWentWrong(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(whatWentWrong).join('\n');
  if (error instanceof FieldbenchError) return errorText(error);
  // A mistake of ours: the stack is for whoever reports it, and asked for by name.
  const detail = process.env['FIELDBENCH_DEBUG'] && error instanceof Error ? error.stack : String(error);
  return `${detail} [FB_INTERNAL]\n  hint: this is a mistake in fieldbench; FIELDBENCH_DEBUG=1 shows where`;
}
