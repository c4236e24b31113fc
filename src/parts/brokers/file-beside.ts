// Reads files that a target file names.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FieldbenchError } from '../../error.ts';

/**
 * The text of a file beside a target file.
 * @param here folder of the target file
 * @throws FieldbenchError `FB_TARGET_FILE`
 */
export function textBeside(here: string, file: string): string {
  try {
    return readFileSync(resolve(here, file), 'utf8');
  } catch (cause) {
    throw new FieldbenchError({
      code: 'FB_TARGET_FILE',
      message: `cannot read ${file}, which the target file names`,
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: 'a path is looked for beside the target file',
      cause,
    });
  }
}
