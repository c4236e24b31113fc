// Puts the values of parameters where a scenario says `${name}`.
import type { Placed, PlacedEntry, PlacedScalar } from '../bench/files/placed-yaml.ts';
import { didYouMean, FieldbenchError } from '../error.ts';
import type { ParameterValue } from './parameters.ts';

/** What placeholders stand for in some part of a file. */
export interface Scope {
  readonly values: ReadonlyMap<string, ParameterValue>;
  /** Whether others know further placeholders: what nobody knows here, and `$${`, is then left to them. */
  readonly isShared: boolean;
}

/** Something wrong with the value at a path. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly error: FieldbenchError;
}

const form = /\$?\$\{([^{}]*)\}/g;
const whole = /^\$\{([^{}]*)\}$/;

/**
 * The tree with every `${name}` replaced, in values and in keys. A value that is nothing else takes the parameter's
 * type; `$${` stands for `${`.
 * @param path of the tree in its file
 * @param faults gets what is wrong
 */
export function filled(node: Placed, path: readonly PropertyKey[], scope: Scope, faults: Fault[]): Placed {
  switch (node.kind) {
    case 'scalar':
      return filledScalar(node, path, scope, faults);
    case 'list':
      return { ...node, items: node.items.map((it, at) => filled(it, [...path, at], scope, faults)) };
    case 'map':
      return { ...node, entries: node.entries.map((it) => filledEntry(it, path, scope, faults)) };
  }
}

/** An entry with every `${name}` replaced, in its key too. */
export function filledEntry(it: PlacedEntry, path: readonly PropertyKey[], scope: Scope, faults: Fault[]): PlacedEntry {
  const { keyPlace } = it;
  const unknown = (name: string): void => {
    faults.push({ path: [...path, it.key], error: unknownParameter(name, [...path, it.key], keyPlace, scope) });
  };
  const key = filledText(it.key, scope, unknown);
  return { key, keyPlace, value: filled(it.value, [...path, key], scope, faults) };
}

function filledScalar(node: PlacedScalar, path: readonly PropertyKey[], scope: Scope, faults: Fault[]): PlacedScalar {
  const { value, place } = node;
  if (typeof value !== 'string' || !value.includes('${')) return node;
  const alone = whole.exec(value)?.[1];
  const typed = alone === undefined ? undefined : scope.values.get(alone);
  if (typed !== undefined) return { ...node, value: typed };
  const unknown = (name: string): void => {
    faults.push({ path, error: unknownParameter(name, path, place, scope) });
  };
  return { ...node, value: filledText(value, scope, unknown) };
}

function filledText(text: string, { values, isShared }: Scope, unknown: (name: string) => void): string {
  return text.replaceAll(form, (written, name: string) => {
    if (written.startsWith('$$')) return isShared ? written : written.slice(1);
    const value = values.get(name);
    if (value === undefined && !isShared) unknown(name);
    return value === undefined ? written : String(value);
  });
}

function unknownParameter(
  name: string,
  path: readonly PropertyKey[],
  at: Placed['place'],
  { values }: Scope,
): FieldbenchError {
  const known = [...values.keys()];
  return new FieldbenchError({
    code: 'FB_SCENARIO_PARAMETER',
    message: `${path.join('.')}: there is no parameter "${name}"`,
    at,
    hint:
      name === 'n'
        ? '"${n}" counts the copies of a device that has a "count"'
        : `${didYouMean(name, known)}${known.length === 0 ? ': "parameters" declares them' : ''}; "$\${" stands for "\${"`,
  });
}
