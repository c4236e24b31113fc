// Reads packet faults from a file and says everything that is wrong with them at once.
import type { z } from 'zod';
import { FieldbenchError } from '../error.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import { faultFileSchema } from './fault-schema.ts';
import { packetFaultOf, writtenProblems } from './packet-fault-of.ts';
import { faultFilePath } from './shipped-faults.ts';
import { FileErrors } from '../bench/files/file-errors.ts';
import { parseYamlFile, readYamlFile, type FileWords, type YamlFile } from '../bench/files/yaml-file.ts';

const words: FileWords = {
  kind: 'fault file',
  hint: 'docs/faults.md shows what such a file says',
  codes: { file: 'FB_FAULT_FILE', yaml: 'FB_FAULT_FILE', schema: 'FB_FAULT_SCHEMA' },
};

/**
 * The packet faults of a file, in its order.
 * @param word path of a fault file, or the name of a shipped one
 * @param beside a file beside which a path is looked for; default: the working directory
 * @throws FieldbenchError `FB_FAULT_FILE` when it cannot be read; FileErrors (`FB_FAULT_FILE`, `FB_FAULT_SCHEMA`) for what
 *   is wrong in it
 */
export async function readFaultFile(word: string, beside?: string): Promise<readonly PacketFault[]> {
  return faultsOf(await readYamlFile(await faultFilePath(word, beside), faultFileSchema, words));
}

/**
 * As {@link readFaultFile}, from text.
 * @throws FileErrors
 */
export function parseFaultFile(file: string, text: string): readonly PacketFault[] {
  return faultsOf(parseYamlFile(file, text, faultFileSchema, words));
}

function faultsOf(read: YamlFile<z.output<typeof faultFileSchema>>): PacketFault[] {
  const { faults } = read.value;
  const errors = writtenProblems(faults).map(({ path, message, hint }) => {
    const where = ['faults', ...path];
    return new FieldbenchError({
      code: words.codes.schema,
      message: `${where.join('.')}: ${message}`,
      at: read.place(where),
      ...(hint !== undefined && { hint }),
    });
  });
  if (errors.length > 0) throw new FileErrors(read.file, errors);
  return faults.map(packetFaultOf);
}
