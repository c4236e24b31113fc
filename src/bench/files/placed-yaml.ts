// A YAML file as plain data in which every key and value still knows where it was written, whatever is made of it later.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Pair, type ParsedNode } from 'yaml';
import { FieldbenchError, type SourcePlace } from '../../error.ts';
import { FileErrors, type FileWords } from './file-errors.ts';

/** Text, a number, a truth value, nothing. */
export type Scalar = string | number | boolean | null;

export interface PlacedScalar {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly place: SourcePlace;
}

export interface PlacedList {
  readonly kind: 'list';
  readonly items: readonly Placed[];
  readonly place: SourcePlace;
}

export interface PlacedMap {
  readonly kind: 'map';
  readonly entries: readonly PlacedEntry[];
  readonly place: SourcePlace;
}

/** A key with its value. */
export interface PlacedEntry {
  readonly key: string;
  readonly keyPlace: SourcePlace;
  readonly value: Placed;
}

export type Placed = PlacedScalar | PlacedList | PlacedMap;

/** How many values the aliases of one file may stand for: far more than anybody writes, far less than what fills memory. */
const mostAliased = 100_000;

/**
 * Reads a YAML text; aliases stand for what they name, and `<<` merges mappings.
 * @throws FileErrors with `codes.yaml` for text that is no YAML, and for aliases of themselves or without end
 */
export function parsePlaced(file: string, text: string, words: FileWords): Placed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const errors = document.errors.map(
    (it) =>
      new FieldbenchError({
        code: words.codes.yaml,
        message: it.message.split('\n')[0] ?? it.message,
        at: at(it.pos[0]),
        hint: 'the file must be one YAML document',
      }),
  );
  if (errors.length > 0) throw new FileErrors(file, errors);
  if (document.contents === null) return { kind: 'scalar', value: null, place: at(0) };
  const reading = new Reading(at, (message, place, hint) => {
    throw new FileErrors(file, [new FieldbenchError({ code: words.codes.yaml, message, at: place, hint })]);
  });
  return reading.placed(document.contents);
}

/** Where the key that the path ends with stands (the item, in a list), or its nearest ancestor in the tree. */
export function placeIn(tree: Placed, path: readonly PropertyKey[]): SourcePlace {
  let { place } = tree;
  let node: Placed = tree;
  for (const key of path) {
    const next = childOf(node, key);
    if (next === undefined) break;
    place = node.kind === 'map' ? (entryOf(node, String(key))?.keyPlace ?? next.place) : next.place;
    node = next;
  }
  return place;
}

/**
 * Where a character of the text at this path stands; the begin of the text, where it is written in another form than it
 * reads: over several lines, or with escapes.
 * @param text of the file
 */
export function placeWithin(tree: Placed, text: string, path: readonly PropertyKey[], offset: number): SourcePlace {
  const node = path.reduce<Placed | undefined>((at, key) => at && childOf(at, key), tree);
  const { line, column } = node?.place ?? {};
  if (node?.kind !== 'scalar' || line === undefined || column === undefined) return placeIn(tree, path);
  const written = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
  const quote = /^["']/.test(written) ? 1 : 0;
  const isAsItReads = written.startsWith(String(node.value), quote);
  return { ...node.place, column: column + quote + (isAsItReads ? offset : 0) };
}

/** The entry of this key. */
export function entryOf(node: PlacedMap, key: string): PlacedEntry | undefined {
  return node.entries.find((it) => it.key === key);
}

/** The data without its places. */
export function plain(node: Placed): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
  }
}

function childOf(node: Placed, key: PropertyKey): Placed | undefined {
  if (node.kind === 'map') return entryOf(node, String(key))?.value;
  return node.kind === 'list' ? node.items[Number(key)] : undefined;
}

function scalarOf(value: unknown): Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

type Refuse = (message: string, place: SourcePlace, hint: string) => never;

/** Goes through a document once, in the order in which anchors and aliases are written. */
class Reading {
  readonly #at: (offset: number) => SourcePlace;
  readonly #refuse: Refuse;
  readonly #anchors = new Map<string, Placed>();
  /** Values below a node, with those that aliases stand for. */
  readonly #sizes = new WeakMap<Placed, number>();
  #aliased = 0;

  constructor(at: (offset: number) => SourcePlace, refuse: Refuse) {
    this.#at = at;
    this.#refuse = refuse;
  }

  placed(node: ParsedNode): Placed {
    const place = this.#at(node.range[0]);
    if (isAlias(node)) return this.#aliasOf(node.source, place);
    if (node.anchor !== undefined) this.#anchors.delete(node.anchor); // Until its end it stands for nothing.
    const made = this.#made(node, place);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, made);
    return made;
  }

  #made(node: Exclude<ParsedNode, { source: string; resolve: unknown }>, place: SourcePlace): Placed {
    if (isScalar(node)) return this.#sized({ kind: 'scalar', value: scalarOf(node.value), place }, []);
    if (isSeq(node)) {
      const items = node.items.map((it) => this.placed(it));
      return this.#sized({ kind: 'list', items, place }, items);
    }
    if (!isMap(node)) return this.#refuse('this is no YAML value', place, 'write text, a number, a list or a mapping');
    const entries = this.#entries(node.items);
    return this.#sized(
      { kind: 'map', entries, place },
      entries.map((it) => it.value),
    );
  }

  #sized(node: Placed, below: readonly Placed[]): Placed {
    this.#sizes.set(
      node,
      below.reduce((sum, it) => sum + (this.#sizes.get(it) ?? 1), 1),
    );
    return node;
  }

  #aliasOf(name: string, place: SourcePlace): Placed {
    const target =
      this.#anchors.get(name) ??
      this.#refuse(
        `there is no anchor "&${name}" that ends before this place`,
        place,
        'an alias stands for what was written before it, and not for what it stands in itself',
      );
    this.#aliased += this.#sizes.get(target) ?? 1;
    if (this.#aliased <= mostAliased) return target;
    return this.#refuse(
      `the aliases of this file stand for more than ${mostAliased} values`,
      place,
      'aliases of aliases multiply; write out what they stand for',
    );
  }

  /** What a mapping says itself comes before what it merges, and of that the first. */
  #entries(pairs: readonly Pair<ParsedNode, ParsedNode | null>[]): readonly PlacedEntry[] {
    const own: PlacedEntry[] = [];
    const merged: PlacedEntry[] = [];
    for (const pair of pairs) {
      const keyPlace = this.#at(pair.key.range[0]);
      const key = this.#keyOf(pair.key, keyPlace);
      const value: Placed =
        pair.value === null ? { kind: 'scalar', value: null, place: keyPlace } : this.placed(pair.value);
      const isMerge = key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN';
      if (isMerge) merged.push(...this.#merging(value));
      else own.push({ key, keyPlace, value });
    }
    const known = new Set(own.map((it) => it.key));
    return [...merged.filter((it) => !known.has(it.key) && known.add(it.key)), ...own];
  }

  #merging(value: Placed): readonly PlacedEntry[] {
    const maps = value.kind === 'list' ? value.items : [value];
    return maps.flatMap((it) =>
      it.kind === 'map'
        ? it.entries
        : this.#refuse('"<<" merges mappings only', it.place, 'for instance: <<: *session'),
    );
  }

  #keyOf(key: ParsedNode, place: SourcePlace): string {
    const it = isAlias(key) ? this.#aliasOf(key.source, place) : this.placed(key);
    return it.kind === 'scalar' ? String(it.value ?? '') : this.#refuse('a key is plain text', place, 'write one word');
  }
}
