// How far one segment's delay lies from the link's: a draw made into milliseconds, by the link's distribution.
import type { DirectionProfile } from './link-profile.ts';

/** Shape of the Pareto distribution: the tail is long, and the spread still finite (it is so above 2). */
const paretoShape = 3;

/**
 * What to add to `delayMs` for one segment.
 *
 * `uniform` and `normal` are signed and come to nothing on average; whoever adds them must not let a delay fall below 0,
 * which lifts the average where the spread is as large as the delay. `pareto` (a Lomax, so that it begins at 0) is never
 * below 0 and comes to `jitterMs` on average; its median is 0.52 of that, and one segment in a thousand takes 18 of it.
 *
 * @param u a draw in [0, 1)
 * @param u2 a second one that has nothing to do with the first; only `normal` needs it (Box and Muller, 1958)
 */
export function jitterMs(
  direction: Pick<DirectionProfile, 'jitterMs' | 'jitterDistribution'>,
  u: number,
  u2: number,
): number {
  if (direction.jitterMs === 0) return 0;
  switch (direction.jitterDistribution) {
    case 'uniform':
      return (2 * u - 1) * direction.jitterMs;
    case 'normal':
      return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * u2) * direction.jitterMs;
    case 'pareto':
      return ((1 - u) ** (-1 / paretoShape) - 1) * (paretoShape - 1) * direction.jitterMs;
  }
}
