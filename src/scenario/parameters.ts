// The parameters of a scenario: what kind each is of, which limits it has, and which value it got.
import { z } from 'zod';
import { amountOf, expectedAmount, type AmountKind } from '../bench/files/quantities.ts';
import { entryOf, placeIn, type Placed } from '../bench/files/placed-yaml.ts';
import { FileErrors, type FileWords } from '../bench/files/file-errors.ts';
import { checked } from '../bench/files/yaml-file.ts';
import { targetPlaceholders } from '../bench/target/stray-placeholders.ts';
import { didYouMean, FieldbenchError, type SourcePlace } from '../error.ts';
import { parameterSchema, type WrittenParameter } from './parameter-schema.ts';

/** What stands where `${name}` does. */
export type ParameterValue = number | string | boolean;

/** A parameter with its value. */
export interface Parameter {
  readonly name: string;
  readonly value: ParameterValue;
  readonly default: ParameterValue;
  readonly about?: string;
}

/** Values as `--set` writes them. */
export type SetValues = Readonly<Record<string, string>>;

type Kind = 'number' | 'boolean' | 'text' | AmountKind;
type Declared = Exclude<WrittenParameter, ParameterValue>;

/** Counts the copies of a device with a count; the others are the placeholders of target files. */
const taken = new Set(['n', ...targetPlaceholders]);

/**
 * The parameters that a scenario declares, with the values that were set; and everything that is wrong with either.
 * @throws FileErrors where the declarations cannot be read: nobody knows then what stands where
 */
export function parametersOf(
  tree: Placed,
  set: SetValues,
  words: FileWords,
): { readonly parameters: readonly Parameter[]; readonly errors: readonly FieldbenchError[] } {
  const entry = tree.kind === 'map' ? entryOf(tree, 'parameters') : undefined;
  const written = entry && checked({ kind: 'map', entries: [entry], place: entry.keyPlace }, declarations, words);
  const errors = written?.errors.map((it) => it.error) ?? [];
  if (errors.length > 0) throw new FileErrors(tree.place.file, errors);
  const declared = Object.entries(written?.value?.value.parameters ?? {}).map(([name, it]) => ({
    name,
    ...(typeof it === 'object' ? it : { default: it }),
  }));
  const placeOf = (name: string, key?: string): SourcePlace =>
    placeIn(tree, ['parameters', name, ...(key === undefined ? [] : [key])]);
  for (const it of declared) errors.push(...problemsOf(it, placeOf));
  if (errors.length === 0) errors.push(...strangers(Object.keys(set), declared, tree.place));
  const parameters = declared.map((it) => ({
    name: it.name,
    value: it.default,
    default: it.default,
    ...(it.about !== undefined && { about: it.about }),
  }));
  if (errors.length > 0) return { parameters, errors };
  return withValues(declared, parameters, set, placeOf);
}

const declarations = z.object({ parameters: parameterSchema });

function withValues(
  declared: readonly Declared[],
  parameters: readonly Parameter[],
  set: SetValues,
  placeOf: (name: string) => SourcePlace,
): ReturnType<typeof parametersOf> {
  const errors: FieldbenchError[] = [];
  const valued = parameters.map((parameter, at) => {
    const text = Object.hasOwn(set, parameter.name) ? set[parameter.name] : undefined;
    const declaration = declared[at];
    if (text === undefined || declaration === undefined) return parameter;
    const value = valueOf(text, kindOf(parameter.default));
    const problem = value === undefined ? expectedOf(kindOf(parameter.default)) : beyond(value, declaration);
    if (value !== undefined && problem === undefined) return { ...parameter, value };
    errors.push(wrong(`--set ${parameter.name}=${text}: ${problem}`, placeOf(parameter.name)));
    return parameter;
  });
  return { parameters: valued, errors };
}

function kindOf(value: ParameterValue): Kind {
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : (amountOf(value)?.kind ?? 'text');
}

/** The value that a text writes; nothing where it writes none of this kind. */
function valueOf(text: string, kind: Kind): ParameterValue | undefined {
  switch (kind) {
    case 'text':
      return text;
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : undefined);
    case 'number':
      return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
    default:
      return amountOf(text)?.kind === kind ? text : undefined;
  }
}

function expectedOf(kind: Kind): string {
  if (kind === 'number') return 'expected a number';
  if (kind === 'boolean') return 'expected true or false';
  return kind === 'text' ? 'expected text' : expectedAmount(kind);
}

/** As a number of the base unit of its kind, so that it can be compared. */
function sizeOf(value: ParameterValue): number | undefined {
  return typeof value === 'string' ? amountOf(value)?.value : Number(value);
}

/** What keeps a value from its limits. */
function beyond(value: ParameterValue, { min, max }: Declared): string | undefined {
  const size = sizeOf(value) ?? Number.NaN;
  if (min !== undefined && size < (sizeOf(min) ?? Number.NaN)) return `expected at least ${min}`;
  if (max !== undefined && size > (sizeOf(max) ?? Number.NaN)) return `expected at most ${max}`;
  return undefined;
}

function problemsOf(
  it: Declared & { readonly name: string },
  placeOf: (name: string, key?: string) => SourcePlace,
): readonly FieldbenchError[] {
  const { name } = it;
  const path = `parameters.${name}`;
  if (taken.has(name)) {
    return [wrong(`${path}: "${name}" stands for something else already`, placeOf(name), 'take another name')];
  }
  const kind = kindOf(it.default);
  if (typeof it.default === 'string' && it.default.includes('${')) {
    return [wrong(`${path}: a default is written out, without \${...}`, placeOf(name, 'default'))];
  }
  const limits = (['min', 'max'] as const).flatMap((key) => {
    const limit = it[key];
    if (limit === undefined) return [];
    if (kind === 'text' || kind === 'boolean')
      return wrong(`${path}.${key}: a ${kind} has no limits`, placeOf(name, key));
    return kindOf(limit) === kind
      ? []
      : wrong(`${path}.${key}: ${expectedOf(kind)}, as the default is one`, placeOf(name, key));
  });
  if (limits.length > 0) return limits;
  const problem = beyond(it.default, it);
  return problem === undefined ? [] : [wrong(`${path}.default: ${problem}`, placeOf(name, 'default'))];
}

/** Values for what the scenario does not have: a slip must not pass for a run with the value. */
function strangers(
  set: readonly string[],
  declared: readonly { readonly name: string }[],
  { file }: SourcePlace,
): readonly FieldbenchError[] {
  const known = declared.map((it) => it.name);
  return set
    .filter((name) => !known.includes(name))
    .map((name) => wrong(`--set ${name}: the scenario has no parameter "${name}"`, { file }, didYouMean(name, known)));
}

function wrong(message: string, at: SourcePlace, hint?: string): FieldbenchError {
  return new FieldbenchError({ code: 'FB_SCENARIO_PARAMETER', message, at, ...(hint !== undefined && { hint }) });
}
