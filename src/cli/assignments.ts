// Reads NAME=VALUE words of an option.
import { FieldbenchError } from '../error.ts';

/**
 * Values by name.
 * @param option the option's name, for the error
 * @throws FieldbenchError `FB_USAGE` for a word without a name or without "=", and for a name that comes twice
 */
export function assignments(option: string, words: readonly string[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    const name = word.slice(0, Math.max(0, at));
    if (name === '') throw wrong(`--${option} takes NAME=VALUE`, word);
    if (values.has(name)) throw wrong(`--${option} gives "${name}" twice`, word);
    values.set(name, word.slice(at + 1));
  }
  return Object.fromEntries(values);
}

function wrong(message: string, word: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_USAGE',
    message,
    actual: `"${word}"`,
    hint: 'for instance: --set interval=500ms; run FILE --dry shows what can be set',
  });
}
