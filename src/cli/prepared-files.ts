// Scenarios of a command line, all of them read and checked before the first one starts.
import { errorsOf, FileErrors } from '../bench/files/file-errors.ts';
import type { FieldbenchError } from '../error.ts';
import { prepareScenario, type PreparedScenario, type ScenarioOptions } from '../run/prepared-scenario.ts';
import { scenarioPath } from '../run/shipped.ts';
import { parameterNames } from '../scenario/read-scenario.ts';

type Values = Readonly<Record<string, string>>;

/**
 * Prepares a run for each of these; several times the same mistake is told once.
 * @throws FieldbenchError when there is one mistake in all; FileErrors with every mistake in any of them
 */
export async function preparedAll(all: readonly ScenarioOptions[]): Promise<readonly PreparedScenario[]> {
  const prepared: PreparedScenario[] = [];
  const errors = new Map<string, FieldbenchError>();
  for (const options of all) {
    try {
      prepared.push(await prepareScenario(options));
    } catch (error) {
      for (const it of errorsOf(error)) errors.set(JSON.stringify([it.at, it.code, it.message]), it);
    }
  }
  const [first, ...more] = errors.values();
  if (first === undefined) return prepared;
  throw more.length === 0 ? first : new FileErrors('the scenarios', [first, ...more]);
}

/**
 * The values that each of several scenarios takes: what only some of them know is given to those, and what nobody knows
 * to all, so that it is told.
 */
export async function valuesFor(scenarios: readonly string[], set: Values): Promise<readonly Values[]> {
  if (scenarios.length === 1 || Object.keys(set).length === 0) return scenarios.map(() => set);
  const known = await Promise.all(
    scenarios.map((word) =>
      parameterNames(scenarioPath(word)).catch((error: unknown): readonly string[] => {
        errorsOf(error); // Reading it again tells what is wrong with it.
        return Object.keys(set);
      }),
    ),
  );
  const anywhere = new Set(known.flat());
  return known.map((names) =>
    Object.fromEntries(Object.entries(set).filter(([name]) => names.includes(name) || !anywhere.has(name))),
  );
}
