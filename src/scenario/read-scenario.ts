// Reads a scenario file and says everything that is wrong with it at once, each with its line and a hint.
import { scenarioSchema, type Scenario } from './schema.ts';
import { parseYamlFile, readYamlFile, type FileWords, type YamlFile } from '../bench/files/yaml-file.ts';

/** Several things wrong with one scenario file; `errors` holds each. */
export { FileErrors as ScenarioErrors } from '../bench/files/file-errors.ts';

/** A scenario with its text and the places of its keys, for messages that come later. */
export interface ScenarioFile extends Omit<YamlFile<Scenario>, 'value'> {
  readonly scenario: Scenario;
}

const words: FileWords = {
  kind: 'scenario file',
  hint: 'fieldbench list scenarios shows the ones that are shipped',
  codes: { file: 'FB_SCENARIO_FILE', yaml: 'FB_SCENARIO_YAML', schema: 'FB_SCENARIO_SCHEMA' },
};

/**
 * Reads and validates a scenario file.
 * @throws FieldbenchError `FB_SCENARIO_FILE` when it cannot be read; ScenarioErrors for what is wrong in it.
 */
export async function readScenario(file: string): Promise<ScenarioFile> {
  return scenarioFile(await readYamlFile(file, scenarioSchema, words));
}

/** As {@link readScenario}, from text. */
export function parseScenario(file: string, text: string): ScenarioFile {
  return scenarioFile(parseYamlFile(file, text, scenarioSchema, words));
}

const scenarioFile = ({ value, ...rest }: YamlFile<Scenario>): ScenarioFile => ({ ...rest, scenario: value });
