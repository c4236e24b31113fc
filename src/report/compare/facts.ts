// What differs about two runs beside their verdicts: versions, configuration, seed, link, tolerances and machine.
import { limitLine, type RunStarted } from '../../history/event.ts';
import type { JudgedTarget } from '../../judge/judged.ts';

/** One thing that is not the same; empty where one side has no such thing. */
export interface Fact {
  readonly name: string;
  readonly first: string;
  readonly second: string;
}

type Named = Readonly<Record<string, string>>;

/** What differs about the runs as a whole. */
export function factsOf(first: RunStarted, second: RunStarted): readonly Fact[] {
  return differing(runFacts(first), runFacts(second));
}

/** What differs about two targets. */
export function targetFactsOf(first: JudgedTarget, second: JudgedTarget): readonly Fact[] {
  return differing(targetFacts(first), targetFacts(second));
}

function runFacts({ fieldbench, seed, link, scenario, parameters, provenance }: RunStarted): Named {
  const tolerances = Object.entries(parameters).map(([name, value]) => [`tolerance ${name}`, String(value)] as const);
  const set = Object.entries(scenario?.set ?? {}).map(([name, value]) => [`parameter ${name}`, value] as const);
  return {
    fieldbench,
    seed: String(seed),
    link: link === undefined ? 'none' : `${link.word}: ${link.title}`,
    ...(scenario && { scenario: scenario.file }),
    ...Object.fromEntries(set),
    ...Object.fromEntries(tolerances),
    ...provenance,
  };
}

function targetFacts({ name, version, how, limits }: JudgedTarget): Named {
  return { target: name, version, configuration: how, 'declared limits': limits.map(limitLine).join('; ') || 'none' };
}

function differing(first: Named, second: Named): readonly Fact[] {
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return names
    .map((name) => ({ name, first: first[name] ?? '', second: second[name] ?? '' }))
    .filter((it) => it.first !== it.second);
}
