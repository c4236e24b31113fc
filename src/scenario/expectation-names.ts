// The parts that expectations name, each with its place: what must be there for the expectation to mean anything.
import type { Scenario } from './schema.ts';

/** A name that an expectation uses: where, and among which kind of part it must be found. */
export interface NamedPart {
  readonly path: readonly PropertyKey[];
  readonly name: string;
  readonly kind: 'device' | 'subscriber' | 'broker or link';
}

/** Parameters that name parts, by kind of part. What tells `to` is a subscriber: nobody else gets messages to count. */
const kinds: Readonly<Record<string, NamedPart['kind']>> = {
  from: 'device',
  of: 'device',
  device: 'device',
  below: 'device',
  to: 'subscriber',
  after: 'broker or link',
};

/** Every part that the expectations of a scenario name. */
export function partsOfExpectations({ expectations }: Pick<Scenario, 'expectations'>): readonly NamedPart[] {
  return expectations.flatMap((line, index) =>
    Object.entries(line).flatMap(([expectation, parameters]) =>
      Object.entries(parameters).flatMap(([key, value]) => {
        const kind = kinds[key];
        const path = ['expectations', index, expectation, key];
        return kind === undefined
          ? []
          : namesIn(value).map(([more, name]) => ({ path: [...path, ...more], name, kind }));
      }),
    ),
  );
}

function namesIn(value: unknown): readonly (readonly [readonly PropertyKey[], string])[] {
  if (typeof value === 'string') return [[[], value]];
  return Array.isArray(value) ? value.map((it, n) => [[n], String(it)] as const) : [];
}
