// What this machine can do and what to install for the rest, as data: the command line prints it.
import { probeAll, probes, type Probe } from './probes.ts';
import { provenance } from './provenance.ts';
import { stateFolder } from './state-folder.ts';

/** One thing that was looked for. */
interface Examined {
  readonly id: string;
  /** What it is for. */
  readonly what: string;
  readonly present: boolean;
  /** Where it was found, or what was looked for and what came. */
  readonly detail: string;
  /** How to get it; only where it is absent. */
  readonly fix?: string;
}

/** The whole machine, as far as a bench cares. */
export interface Examination {
  readonly machine: Readonly<Record<string, string>>;
  /** Without one of these nothing runs. */
  readonly required: readonly Examined[];
  /** Each widens what the bench can do. */
  readonly optional: readonly Examined[];
}

/** Looks at this machine; never rejects. Probes that hang are given up when the signal is aborted. */
export async function examine(signal: AbortSignal, list: readonly Probe[] = probes): Promise<Examination> {
  const found = await probeAll(signal, list);
  const optional = list.map(({ id, what, fix }): Examined => {
    const { present, detail } = found.get(id) ?? { present: false, detail: 'not probed' };
    return { id, what, present, detail, ...(present ? {} : { fix }) };
  });
  return { machine: provenance(), required: [node(), state()], optional };
}

const oldestNode = 24;

function node(): Examined {
  const present = Number.parseInt(process.versions.node, 10) >= oldestNode;
  const known = { id: 'node', what: 'runs the bench', present, detail: process.version };
  return present ? known : { ...known, fix: `install Node ${oldestNode} or later (nodejs.org)` };
}

function state(): Examined {
  const known = { id: 'state', what: 'notes what a run owns, to clean up behind a killed one' };
  try {
    return { ...known, present: true, detail: stateFolder() };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ...known, present: false, detail, fix: 'name a writable folder in FIELDBENCH_STATE' };
  }
}
