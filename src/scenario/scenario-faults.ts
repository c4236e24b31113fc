// The packet faults of a scenario: those a link begins with, and those that join while it runs.
import { FieldbenchError } from '../error.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import { readFaultFile } from './fault-file.ts';
import type { WrittenFault } from './fault-schema.ts';
import { packetFaultOf, writtenProblems } from './packet-fault-of.ts';
import type { ScenarioFile } from './read-scenario.ts';
import { readAllNamed } from '../bench/files/named-files.ts';

/** Packet faults by the words with which a scenario names their files. */
export type LinkFaultFiles = ReadonlyMap<string, readonly PacketFault[]>;

/**
 * Reads every fault file that a scenario names; a path counts from the scenario's own folder.
 * @throws FileErrors with everything that is wrong in any of them
 */
export async function readLinkFaults(file: ScenarioFile): Promise<LinkFaultFiles> {
  const named = Object.entries(file.scenario.links).flatMap(([name, { faults }]) => {
    if (typeof faults !== 'string') return [];
    const at = file.place(['links', name, 'faults']);
    return [{ key: faults, at, read: () => readFaultFile(faults, file.file) }];
  });
  return readAllNamed(file.file, named);
}

/** The packet faults of a scenario. */
export interface ScenarioFaults {
  /** Those that a link begins with, by its name. */
  readonly byLink: ReadonlyMap<string, readonly PacketFault[]>;
  readonly errors: readonly FieldbenchError[];
}

/** Faults that links begin with, and what is wrong with all that the scenario itself writes. */
export function faultsOf(file: ScenarioFile, read: LinkFaultFiles): ScenarioFaults {
  const { links, timeline } = file.scenario;
  const errors: FieldbenchError[] = [];
  const taken = new Map<string, Set<string>>();
  const claim = (
    link: string,
    faults: readonly PacketFault[],
    path: readonly PropertyKey[],
  ): readonly PacketFault[] => {
    const ids = taken.get(link) ?? new Set();
    taken.set(link, ids);
    for (const { id } of faults.filter((it) => ids.has(it.id))) errors.push(nameTaken(id, link, file, path));
    for (const { id } of faults) ids.add(id);
    return faults;
  };
  const written = (them: readonly WrittenFault[], path: readonly PropertyKey[], isList = true): PacketFault[] => {
    errors.push(...problemsOf(them, file, path, isList));
    return them.map(packetFaultOf);
  };
  const byLink = new Map<string, readonly PacketFault[]>();
  for (const [name, { faults }] of Object.entries(links)) {
    if (faults === undefined) continue;
    const path = ['links', name, 'faults'];
    byLink.set(name, claim(name, typeof faults === 'string' ? fileNamed(faults, read) : written(faults, path), path));
  }
  for (const [at, step] of timeline.entries()) {
    if (!('fault' in step)) continue;
    const path = ['timeline', at, 'with'];
    const isList = Array.isArray(step.with);
    claim(step.fault, written([step.with].flat(), path, isList), path);
  }
  return { byLink, errors };
}

function problemsOf(
  faults: readonly WrittenFault[],
  file: ScenarioFile,
  base: readonly PropertyKey[],
  isList: boolean,
): readonly FieldbenchError[] {
  return writtenProblems(faults).map(({ path, message, hint }) => {
    const where = [...base, ...(isList ? path : path.slice(1))];
    return new FieldbenchError({
      code: 'FB_FAULT_SCHEMA',
      message: `${where.join('.')}: ${message}`,
      at: file.place(where),
      ...(hint !== undefined && { hint }),
    });
  });
}

function nameTaken(id: string, link: string, file: ScenarioFile, path: readonly PropertyKey[]): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_FAULT_NAME',
    message: `${path.join('.')}: a fault of "${link}" is called "${id}" already`,
    at: file.place(path),
    hint: 'give each fault of a link an id of its own',
  });
}

function fileNamed(word: string, read: LinkFaultFiles): readonly PacketFault[] {
  const found = read.get(word);
  if (found) return found;
  throw new FieldbenchError({
    code: 'FB_FAULT_FILE',
    message: `the packet faults "${word}" were not read`,
    hint: 'give planOf what readLinkFaults returns',
  });
}
