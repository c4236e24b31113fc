// A scenario and the files that it includes, as one: parts of all of them, each under one name.
import { dirname, join, posix } from 'node:path';
import { entryOf, parsePlaced, type Placed, type PlacedEntry, type PlacedMap } from '../bench/files/placed-yaml.ts';
import { FileErrors, type FileWords } from '../bench/files/file-errors.ts';
import { didYouMean, FieldbenchError, placeText, type SourcePlace } from '../error.ts';
import { inclusionsOf, type IncludedText, type Inclusion } from './included-files.ts';

/** What is merged name by name. */
const mappings = ['parameters', 'brokers', 'links', 'bridges', 'devices'];
/** What is written one behind the other. */
const lists = ['timeline', 'expectations'];

/**
 * One tree of a scenario and all that it includes; what is included comes first, and only once.
 * @throws FileErrors for text that is no YAML, names that are taken, circles, and keys that no included file may have
 */
export function mergedFiles(file: string, text: string, included: readonly IncludedText[], words: FileWords): Placed {
  const merging = new Merging(file, new Map(included.map((it) => [it.file, it.text])), words);
  const name = posix.basename(file.replaceAll('\\', '/'));
  const own = merging.read(file, text, [{ file: name, place: { file } }]);
  if (merging.errors.length > 0) throw new FileErrors(file, merging.errors);
  if (own?.kind !== 'map' || merging.parts.length === 0) return own ?? parsePlaced(file, text, words);
  const merged = mergedMap(own, merging.parts, merging.errors);
  if (merging.errors.length > 0) throw new FileErrors(file, merging.errors);
  return merged;
}

/** Reads the files in the order in which they include each other. */
class Merging {
  readonly errors: FieldbenchError[] = [];
  /** Included files, each behind those that it includes itself. */
  readonly parts: PlacedMap[] = [];
  readonly #folder: string;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #words: FileWords;
  readonly #done = new Set<string>();

  constructor(file: string, texts: ReadonlyMap<string, string>, words: FileWords) {
    this.#folder = dirname(file);
    this.#texts = texts;
    this.#words = words;
  }

  /** @param chain how it came to be read: the scenario, then what each includes, and at last the file itself */
  read(file: string, text: string, chain: readonly Inclusion[]): Placed | undefined {
    const name = chain.at(-1)?.file ?? '';
    this.#done.add(name);
    const tree = this.#parsed(file, text);
    if (tree === undefined) return undefined;
    const { inclusions, errors } = inclusionsOf(tree, name, this.#words);
    this.errors.push(...errors);
    for (const it of inclusions) this.#include(it, chain);
    return tree;
  }

  #include(it: Inclusion, chain: readonly Inclusion[]): void {
    const open = chain.findIndex(({ file }) => file === it.file);
    if (open !== -1) this.errors.push(circle(it, chain.slice(open + 1)));
    if (this.#done.has(it.file)) return;
    const text = this.#texts.get(it.file);
    if (text === undefined) {
      this.errors.push(notRead(it));
      return;
    }
    const tree = this.read(join(this.#folder, it.file), text, [...chain, it]);
    if (tree?.kind === 'map') this.parts.push(this.#checkedPart(tree));
    else if (tree !== undefined) this.errors.push(noParts(tree.place));
  }

  #parsed(file: string, text: string): Placed | undefined {
    try {
      return parsePlaced(file, text, this.#words);
    } catch (error) {
      if (!(error instanceof FileErrors)) throw error;
      this.errors.push(...error.errors);
      return undefined;
    }
  }

  #checkedPart(tree: PlacedMap): PlacedMap {
    const known = ['include', ...mappings, ...lists];
    for (const { key, keyPlace } of tree.entries) {
      if (known.includes(key)) continue;
      this.errors.push(
        new FieldbenchError({
          code: 'FB_SCENARIO_INCLUDE',
          message: `an included file has no "${key}"`,
          expected: known.join(', '),
          at: keyPlace,
          hint: `${didYouMean(key, known)}; anything else stands in the scenario itself`,
        }),
      );
    }
    return tree;
  }
}

function mergedMap(own: PlacedMap, parts: readonly PlacedMap[], errors: FieldbenchError[]): PlacedMap {
  const all = [...parts, own];
  const rest = own.entries.filter(({ key }) => ![...mappings, ...lists].includes(key));
  const merged = [...mappings, ...lists].flatMap((key): PlacedEntry[] => {
    const found = all.flatMap((it) => entryOf(it, key) ?? []);
    const [first] = found;
    if (first === undefined) return [];
    const kind = lists.includes(key) ? 'list' : 'map';
    // One of another kind is left to the schema, which says what is expected there.
    const odd = found.find((it) => it.value.kind !== kind);
    return [odd ?? { ...(found.at(-1) ?? first), value: together(found, key, errors) }];
  });
  return { ...own, entries: [...rest, ...merged] };
}

function together(found: readonly PlacedEntry[], name: string, errors: FieldbenchError[]): Placed {
  const [first] = found.map((it) => it.value);
  const place = first?.place ?? { file: '' };
  if (first?.kind === 'list') {
    return { kind: 'list', items: found.flatMap(({ value }) => (value.kind === 'list' ? value.items : [])), place };
  }
  const entries = found.flatMap(({ value }) => (value.kind === 'map' ? value.entries : []));
  const taken = new Map<string, SourcePlace>();
  for (const { key, keyPlace } of entries) {
    const other = taken.get(key);
    if (other === undefined) taken.set(key, keyPlace);
    else errors.push(nameTwice(`${name}.${key}`, keyPlace, other));
  }
  return { kind: 'map', entries, place };
}

function nameTwice(what: string, at: SourcePlace, other: SourcePlace): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_SCENARIO_INCLUDE',
    message: `${what} stands in ${placeText(other)} already`,
    at,
    hint: 'give one of them another name',
  });
}

/** @param way the inclusions that led from the file back to itself, without the last */
function circle(it: Inclusion, way: readonly Inclusion[]): FieldbenchError {
  const by = way.map(({ place }) => placeText(place)).join(', ');
  return new FieldbenchError({
    code: 'FB_SCENARIO_INCLUDE',
    message: by === '' ? `${it.file} includes itself` : `${it.file} includes itself, by way of ${by}`,
    at: it.place,
    hint: 'take one of these lines out',
  });
}

function notRead(it: Inclusion): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_SCENARIO_INCLUDE',
    message: `the included file ${it.file} was not read`,
    at: it.place,
    hint: 'readScenario reads the files that a scenario includes; parseScenario is given them',
  });
}

function noParts(at: SourcePlace): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_SCENARIO_INCLUDE',
    message: 'an included file is a mapping of parts',
    at,
    hint: `for instance: "links:" with the links below it`,
  });
}
