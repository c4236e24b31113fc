// The figures of a link file as they stand in it, each with where it comes from.
import type { ProfileProblem } from '../faults/checked-profile.ts';
import { isFigure } from '../bench/files/quantities.ts';

const dotted = (path: readonly string[]): string => path.join('.');

/** A figure as its file gives it. */
export interface LinkFigure {
  /** Where it stands in the file, e.g. `up.rate` or `outages.0.meanUp`. */
  readonly path: string;
  /** With its unit. */
  readonly value: string;
  /** A citation, or "assumed"; undefined where the file says neither. */
  readonly evidence: string | undefined;
}

/** Keys whose values are words, whatever they look like. */
const notFigures = new Set(['title', 'caution', 'tariff', 'evidence']);

/** The figures in the plain data of a file, in its order. */
export function figuresOf(data: unknown, evidence: Readonly<Record<string, string>>): readonly LinkFigure[] {
  return written(data, []).map(({ path, value }) => ({
    path: dotted(path),
    value,
    evidence: nearestEvidence(path, evidence),
  }));
}

/** Keys of the evidence that stand for no figure of the file. */
export function strayEvidence(figures: readonly LinkFigure[], evidence: Readonly<Record<string, string>>): string[] {
  return Object.keys(evidence).filter((key) => !figures.some(({ path }) => path === key || path.startsWith(`${key}.`)));
}

function written(data: unknown, path: readonly string[]): readonly { path: readonly string[]; value: string }[] {
  if (isFigure(data)) return [{ path, value: String(data) }];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, it]) =>
    path.length === 0 && notFigures.has(key) ? [] : written(it, [...path, key]),
  );
}

/** What is said of a figure itself, else of the smallest group that it stands in. */
function nearestEvidence(path: readonly string[], evidence: Readonly<Record<string, string>>): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const key = dotted(path.slice(0, length));
    if (Object.hasOwn(evidence, key)) return evidence[key];
  }
  return undefined;
}

/** Keys of a file whose names are not those of the profile without their units. */
const otherNames: Readonly<Record<string, string>> = {
  maxB: 'size',
  maxMs: 'time',
  minB: 'least',
  maxUpB: 'up',
  maxDownB: 'down',
};

/**
 * Where a file says a figure of the profile: of one direction, else of both, else as the round trip.
 * @param figures paths of the figures that the file has
 */
export function placeOfFigure(path: ProfileProblem['path'], figures: ReadonlySet<string>): readonly string[] {
  const own = path.map((key) => otherNames[key] ?? key.replace(/(?:BitPerS|Ms|S|Pct|B)$/, ''));
  const [side, ...shared] = own;
  const isSide = side === 'up' || side === 'down';
  const candidates = [own, ...(isSide ? [shared, shared.map((key) => (key === 'delay' ? 'rtt' : key))] : [])];
  // A plain share stands as the loss itself.
  const all = candidates.flatMap((it) => [it, ...(it.at(-2) === 'loss' ? [it.slice(0, -1)] : [])]);
  return all.find((it) => figures.has(dotted(it))) ?? own;
}
