// Reads a scenario file and says everything that is wrong with it at once, each with its line and a hint.
import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { didYouMean, FieldbenchError, type SourcePlace } from '../error.ts';
import { scenarioSchema, type Scenario } from './schema.ts';

/** A scenario with its text and the places of its keys, for messages that come later. */
export interface ScenarioFile {
  readonly file: string;
  readonly text: string;
  readonly scenario: Scenario;
  /** Where the value at this path stands, or its nearest ancestor that exists. */
  place(path: readonly PropertyKey[]): SourcePlace;
}

/** Several things wrong with one file; `errors` holds each. */
export class ScenarioErrors extends AggregateError {
  override readonly errors: FieldbenchError[];
  constructor(file: string, errors: FieldbenchError[]) {
    super(errors, `${file}: ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`);
    this.errors = errors;
  }
}

/**
 * Reads and validates a scenario file.
 * @throws FieldbenchError `FB_SCENARIO_FILE` when it cannot be read; ScenarioErrors for what is wrong in it.
 */
export async function readScenario(file: string): Promise<ScenarioFile> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FieldbenchError({
      code: 'FB_SCENARIO_FILE',
      message: `cannot read the scenario file ${file}`,
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: 'fieldbench list scenarios shows the ones that are shipped',
      cause,
    });
  });
  return parseScenario(file, text);
}

/** As {@link readScenario}, from text. */
export function parseScenario(file: string, text: string): ScenarioFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  if (document.errors.length > 0) {
    const errors = document.errors.map(
      (it) =>
        new FieldbenchError({
          code: 'FB_SCENARIO_YAML',
          message: it.message.split('\n')[0] ?? it.message,
          at: at(it.pos[0]),
          hint: 'the file must be one YAML document',
        }),
    );
    throw new ScenarioErrors(file, errors);
  }
  const place = (path: readonly PropertyKey[]): SourcePlace => at(offsetOf(document, path));
  const result = scenarioSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!result.success) throw new ScenarioErrors(file, errorsFor(result.error.issues, place));
  return { file, text, scenario: result.data, place };
}

function errorsFor(issues: readonly z.core.$ZodIssue[], place: ScenarioFile['place']): FieldbenchError[] {
  return issues.flatMap((issue): FieldbenchError[] => {
    const nearest = nearestBranch(issue);
    if (nearest) return errorsFor(nearest, place);
    const where = issue.path.join('.') || 'the file';
    if (issue.code !== 'unrecognized_keys') {
      return [schemaError(`${where}: ${issue.message}`, place(issue.path))];
    }
    return issue.keys.map((key) =>
      schemaError(`${where}: unknown key "${key}"`, place([...issue.path, key]), didYouMean(key, keysAt(issue.path))),
    );
  });
}

/** In a union, the branch that the author most likely meant: the one that recognises the first key. */
function nearestBranch(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return undefined;
  const candidates = issue.errors.filter((branch) => !branch.some((it) => it.code === 'unrecognized_keys'));
  const [only] = candidates;
  if (candidates.length !== 1 || only === undefined) return undefined;
  return only.map((it) => ({ ...it, path: [...issue.path, ...it.path] }));
}

function schemaError(message: string, at: SourcePlace, hint?: string): FieldbenchError {
  return new FieldbenchError({ code: 'FB_SCENARIO_SCHEMA', message, at, ...(hint === undefined ? {} : { hint }) });
}

const deviceKeys =
  'kind broker link keepAlive cleanSession reconnect topic qos interval signal alarmAbove filters program plc poll';

/** Names that are known at a place of the file, for hints. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const [top] = path;
  if (top === undefined) return Object.keys(scenarioSchema.shape);
  if (top === 'brokers') return ['target'];
  if (top === 'links') return ['backend', 'delay', 'jitter'];
  return deviceKeys.split(' ');
}

/** Offset of the key that the path ends with (of the item, in a list), or of its nearest ancestor in the document. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = isMap(parent)
      ? parent.items.find((it) => isScalar(it.key) && it.key.value === path[length - 1])?.key
      : undefined;
    const node: unknown = key ?? document.getIn(path.slice(0, length), true);
    if (isRanged(node)) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}

function isRanged(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
