// A scenario's tree with its parameters filled in, and devices that have a count written out one by one.
import { entryOf, type Placed, type PlacedEntry, type PlacedMap } from '../bench/files/placed-yaml.ts';
import { FieldbenchError, placeText } from '../error.ts';
import { copiesIn } from './copies.ts';
import { filled, filledEntry, type Fault, type Scope } from './filled.ts';
import type { Parameter, ParameterValue } from './parameters.ts';

/** More devices of one kind than any machine plays. */
const mostCopies = 100_000;

/** The tree as it is played, and what is wrong with it. */
export interface Expanded {
  readonly tree: Placed;
  readonly faults: readonly Fault[];
}

/** Fills in parameters and writes out counts; what declares parameters and includes files stays as it is. */
export function expanded(tree: Placed, parameters: readonly Parameter[]): Expanded {
  if (tree.kind !== 'map') return { tree, faults: [] };
  const expansion = new Expansion(new Map(parameters.map((it) => [it.name, it.value])));
  const entries = tree.entries.map((it) => expansion.section(it));
  const { copies } = expansion;
  if (copies.size > 0) {
    for (const [at, it] of entries.entries()) {
      if (it.key === 'timeline' || it.key === 'expectations') entries[at] = copiesIn(it, copies);
    }
  }
  return { tree: { ...tree, entries }, faults: expansion.faults };
}

class Expansion {
  readonly faults: Fault[] = [];
  /** Names of the copies of each device that has a count. */
  readonly copies = new Map<string, readonly string[]>();
  readonly #own: Scope;

  constructor(values: ReadonlyMap<string, ParameterValue>) {
    this.#own = { values, isShared: false };
  }

  section(it: PlacedEntry): PlacedEntry {
    const { key, value } = it;
    if (key === 'parameters' || key === 'include') return it;
    if (value.kind === 'map' && key === 'brokers') {
      return { ...it, value: { ...value, entries: value.entries.map((broker) => this.#broker(broker)) } };
    }
    if (value.kind === 'map' && key === 'devices') return { ...it, value: this.#devices(value) };
    return filledEntry(it, [], this.#own, this.faults);
  }

  /** Where a target is described, its own placeholders stand beside the parameters. */
  #broker(it: PlacedEntry): PlacedEntry {
    const isDescribed = it.value.kind === 'map' && entryOf(it.value, 'target') === undefined;
    return filledEntry(it, ['brokers'], { ...this.#own, isShared: isDescribed }, this.faults);
  }

  #devices(devices: PlacedMap): PlacedMap {
    const entries = devices.entries.flatMap((it) => this.#device(it));
    const taken = new Map<string, PlacedEntry>();
    for (const it of entries) {
      const other = taken.get(it.key);
      if (other === undefined) taken.set(it.key, it);
      else this.faults.push(nameTaken(it, other));
    }
    return { ...devices, entries };
  }

  #device(it: PlacedEntry): readonly PlacedEntry[] {
    const count = it.value.kind === 'map' ? entryOf(it.value, 'count') : undefined;
    if (it.value.kind !== 'map' || count === undefined) return [filledEntry(it, ['devices'], this.#own, this.faults)];
    const { key, value } = filledEntry({ ...it, value: count.value }, ['devices'], this.#own, this.faults);
    const body = { ...it.value, entries: it.value.entries.filter((entry) => entry !== count) };
    const copies = this.#countOf(value, key, count);
    const names = copies === undefined ? [key] : Array.from({ length: copies }, (_, at) => `${key}-${at + 1}`);
    if (copies !== undefined) this.copies.set(key, names);
    return names.map((name, at) => {
      const scope = { ...this.#own, values: new Map([...this.#own.values, ['n', at + 1] as const]) };
      const faults = at === 0 ? this.faults : []; // What is wrong with one copy is wrong with all.
      return { key: name, keyPlace: it.keyPlace, value: filled(body, ['devices', name], scope, faults) };
    });
  }

  #countOf(value: Placed, device: string, { keyPlace }: PlacedEntry): number | undefined {
    const count = value.kind === 'scalar' ? value.value : undefined;
    if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= mostCopies) return count;
    const path = ['devices', device, 'count'];
    const message = `${path.join('.')}: expected a whole number from 1 to ${mostCopies}`;
    this.faults.push({ path, error: new FieldbenchError({ code: 'FB_SCENARIO_SCHEMA', message, at: keyPlace }) });
    return undefined;
  }
}

function nameTaken(it: PlacedEntry, other: PlacedEntry): Fault {
  const path = ['devices', it.key];
  return {
    path,
    error: new FieldbenchError({
      code: 'FB_SCENARIO_NAME',
      message: `${path.join('.')}: ${placeText(other.keyPlace)} gives this name already`,
      at: it.keyPlace,
      hint: 'the copies of a device with a "count" are called NAME-1, NAME-2 and so on',
    }),
  };
}
