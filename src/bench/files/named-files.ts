// Reads the files that another one names, and gathers what is wrong with any of them.
import type { FieldbenchError, SourcePlace } from '../../error.ts';
import { errorsOf, FileErrors } from './file-errors.ts';

/** One file that another one names. */
export interface NamedFile<Value> {
  /** What names the same thing is read once. */
  readonly key: string;
  /** Where it is named. */
  readonly at: SourcePlace;
  readonly read: () => Promise<Value>;
}

/** What could be read, by its key, and what is wrong with the rest. */
export async function readNamed<Value>(
  named: Iterable<NamedFile<Value>>,
): Promise<{ readonly read: ReadonlyMap<string, Value>; readonly errors: readonly FieldbenchError[] }> {
  const read = new Map<string, Value>();
  const errors: FieldbenchError[] = [];
  for (const it of named) {
    if (read.has(it.key)) continue;
    try {
      read.set(it.key, await it.read());
    } catch (error) {
      errors.push(...errorsOf(error, it.at));
    }
  }
  return { read, errors };
}

/**
 * All that `file` names, by their keys.
 * @throws FileErrors with everything that is wrong in any of them
 */
export async function readAllNamed<Value>(
  file: string,
  named: Iterable<NamedFile<Value>>,
): Promise<ReadonlyMap<string, Value>> {
  const { read, errors } = await readNamed(named);
  if (errors.length > 0) throw new FileErrors(file, [...errors]);
  return read;
}
