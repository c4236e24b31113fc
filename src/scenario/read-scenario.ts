// Reads a scenario with all that it is made of and says everything that is wrong with it at once, each with its line.
import { readFile } from 'node:fs/promises';
import { parsePlaced, placeIn, type Placed } from '../bench/files/placed-yaml.ts';
import { FileErrors, type FileWords } from '../bench/files/file-errors.ts';
import { checked, unreadable, type YamlFile } from '../bench/files/yaml-file.ts';
import { placeText, type FieldbenchError } from '../error.ts';
import type { PlayedScenario } from '../history/event.ts';
import { expanded } from './expanded.ts';
import type { Fault } from './filled.ts';
import { readIncluded, type IncludedText } from './included-files.ts';
import { mergedFiles } from './merged-files.ts';
import { parametersOf, type Parameter, type SetValues } from './parameters.ts';
import { scenarioSchema, type Scenario } from './schema.ts';

/** Several things wrong with one scenario file; `errors` holds each. */
export { FileErrors as ScenarioErrors } from '../bench/files/file-errors.ts';

/** A scenario with its text and the places of its keys, for messages that come later. */
export interface ScenarioFile extends Omit<YamlFile<Scenario>, 'within' | 'value' | 'data'> {
  /** Parameters filled in, counts written out. */
  readonly scenario: Scenario;
  readonly parameters: readonly Parameter[];
  /** All that it was made of. */
  readonly source: PlayedScenario;
}

/** What is read beside a scenario's own text. */
export interface ScenarioMaterial {
  /** Values of parameters, as `--set` writes them. */
  readonly set?: SetValues;
  readonly included?: readonly IncludedText[];
}

const words: FileWords = {
  kind: 'scenario file',
  hint: 'fieldbench list scenarios shows the ones that are shipped',
  codes: { file: 'FB_SCENARIO_FILE', yaml: 'FB_SCENARIO_YAML', schema: 'FB_SCENARIO_SCHEMA' },
};

/**
 * Reads and validates a scenario file, with the files that it includes.
 * @param set values of parameters, as `--set` writes them
 * @throws FieldbenchError `FB_SCENARIO_FILE` when it cannot be read; ScenarioErrors for what is wrong in it
 */
export async function readScenario(file: string, set: SetValues = {}): Promise<ScenarioFile> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, words, cause);
  });
  return parseScenario(file, text, { set, included: await readIncluded(file, parsePlaced(file, text, words), words) });
}

/**
 * As {@link readScenario}, from text.
 * @throws ScenarioErrors
 */
export function parseScenario(file: string, text: string, material: ScenarioMaterial = {}): ScenarioFile {
  const { set = {}, included = [] } = material;
  const merged = mergedFiles(file, text, included, words);
  const { parameters, errors } = parametersOf(merged, set, words);
  const { tree, faults } = expanded(merged, parameters);
  const { value, errors: problems } = checked(tree, scenarioSchema, words);
  const all = [...errors, ...faults.map((it) => it.error), ...remaining(problems, faults)];
  if (value === undefined || all.length > 0) throw new FileErrors(file, once(all));
  return {
    file,
    text,
    scenario: value.value,
    parameters,
    place: (path) => placeIn(tree, path),
    source: {
      file,
      text,
      ...(Object.keys(set).length > 0 && { set }),
      ...(included.length > 0 && { included }),
    },
  };
}

/** Names of the parameters that a scenario declares, whatever else is wrong with it. */
export async function parameterNames(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8');
  const merged: Placed = mergedFiles(
    file,
    text,
    await readIncluded(file, parsePlaced(file, text, words), words),
    words,
  );
  return parametersOf(merged, {}, words).parameters.map((it) => it.name);
}

/** What the schema finds beside what was found before: a value that could not be filled in is not blamed again. */
function remaining(problems: readonly Fault[], faults: readonly Fault[]): readonly FieldbenchError[] {
  const known = new Set(faults.map(({ path }) => path.join('\0')));
  return problems.filter(({ path }) => !known.has(path.join('\0'))).map((it) => it.error);
}

/** Copies of a device are wrong in the same place: that is said once. */
function once(errors: readonly FieldbenchError[]): FieldbenchError[] {
  const said = new Set<string>();
  return errors.filter((it) => {
    const key = `${it.at ? placeText(it.at) : ''} ${it.code} ${it.message.slice(it.message.indexOf(': '))}`;
    return !said.has(key) && said.add(key);
  });
}
