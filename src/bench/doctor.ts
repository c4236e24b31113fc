// What this machine can do and what to install for the rest, as data: the command line prints it.
import { shippedTarget, shippedTargets, type TargetFile } from './target/target-file.ts';
import { startable, type Startable } from './target/startable.ts';
import { probeAll, probes, type Probe } from './probes.ts';
import { provenance } from './provenance.ts';
import { stateFolder } from './state-folder.ts';
import { thisSystem, type System } from './this-system.ts';

/** One thing that was looked for. */
export interface Examined {
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
  /** Brokers that can be started by name. */
  readonly targets: readonly Startable[];
  /** Each widens what the bench can do. */
  readonly optional: readonly Examined[];
}

/** What is looked for; for tests. */
export interface Catalogue {
  readonly probes: readonly Probe[];
  readonly targets: readonly TargetFile[];
  readonly system: System;
}

/** Looks at this machine; never rejects. Probes that hang are given up when the signal is aborted. */
export async function examine(signal: AbortSignal, catalogue: Partial<Catalogue> = {}): Promise<Examination> {
  const { probes: list = probes, targets = allTargets(), system = thisSystem() } = catalogue;
  // What is probed for a target's sake is told once, as that target.
  const names = new Set(targets.map((it) => it.name));
  const others = list.filter((it) => !names.has(it.id.replace(/^image:/, '')));
  const found = await probeAll(signal, others);
  const optional = others.map((probe): Examined => {
    const { id, what } = probe;
    const { present, detail } = found.get(id) ?? { present: false, detail: 'not probed' };
    return { id, what, present, detail, ...(present ? {} : { fix: fixFor(probe, system) }) };
  });
  const engine = optional.find((it) => it.id === 'docker');
  const docker = { present: engine?.present === true, fix: engine?.fix ?? 'install Docker' };
  return {
    machine: provenance(),
    required: [node(), state()],
    targets: await startable(targets, { system, docker, signal }),
    optional,
  };
}

function allTargets(): readonly TargetFile[] {
  return shippedTargets().flatMap((name) => shippedTarget(name) ?? []);
}

/** What nobody has a command for on this system is told as what it is elsewhere. */
function fixFor({ fix, fixOnMac }: Probe, system: System): string {
  switch (system) {
    case 'Debian':
      return fix;
    case 'macOS':
      return fixOnMac ?? `on Linux only (a virtual machine will do): ${fix}`;
    case 'Windows':
      return `in WSL: ${fix}`;
    case 'other':
      return `on Debian: ${fix}`;
  }
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
