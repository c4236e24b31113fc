// Packet faults on the terminal: which fault files are shipped, and what each plays.
import { faultInWords } from '../faults/fault-in-words.ts';
import { readFaultFile } from '../scenario/fault-file.ts';
import { shippedFaults } from '../scenario/shipped-faults.ts';
import type { Page, Rows } from './table.ts';

/** Every shipped fault file with its faults in words. */
export async function faultRows(): Promise<Rows> {
  const names = await shippedFaults();
  return Promise.all(names.map(async (name) => [name, (await readFaultFile(name)).map(faultInWords).join('; ')]));
}

/**
 * The faults of one file, a row each.
 * @param word name of a shipped file, or path of one
 * @throws FieldbenchError `FB_FAULT_FILE`; FileErrors
 */
export async function faultPage(word: string): Promise<Page> {
  const faults = await readFaultFile(word);
  return { words: [], rows: faults.map((it) => [it.id, faultInWords(it)]) };
}
