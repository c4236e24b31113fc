// Lines that name a device with a count: each is written out once for every copy.
import { below, opened, type OpenedSchema } from '../bench/files/schema-keys.ts';
import type { Placed, PlacedEntry } from '../bench/files/placed-yaml.ts';
import { expectation } from './expectation-schema.ts';
import { partName } from './schema-words.ts';
import { step } from './step-schema.ts';

/** Names of the copies of each device that has a count. */
export type Copies = ReadonlyMap<string, readonly string[]>;

const lines: Readonly<Record<string, OpenedSchema>> = { timeline: opened(step), expectations: opened(expectation) };

/** The timeline or the expectations, with a line for each copy that a line means. */
export function copiesIn(section: PlacedEntry, copies: Copies): PlacedEntry {
  const { key, value } = section;
  if (value.kind !== 'list') return section;
  const items = value.items.flatMap((it) => versions(it, lines[key] ?? [], copies));
  return { ...section, value: { ...value, items } };
}

/** What a value becomes: itself, or one version per copy that it names. Names stand where the schema has a part's name. */
function versions(node: Placed, schema: OpenedSchema, copies: Copies): readonly Placed[] {
  switch (node.kind) {
    case 'scalar': {
      const names = typeof node.value === 'string' && schema.includes(partName) ? copies.get(node.value) : undefined;
      return names?.map((value) => ({ ...node, value })) ?? [node];
    }
    case 'list': {
      const inner = below(schema, 0);
      return [{ ...node, items: node.items.flatMap((it) => versions(it, inner, copies)) }];
    }
    case 'map': {
      const all = node.entries.reduce<readonly (readonly PlacedEntry[])[]>(
        (sofar, entry) => {
          const values = versions(entry.value, below(schema, entry.key), copies);
          return sofar.flatMap((entries) => values.map((value) => [...entries, { ...entry, value }]));
        },
        [[]],
      );
      return all.map((entries) => ({ ...node, entries }));
    }
  }
}
