// When a fleet was back, from the curves of its shares.
import type { Curves } from './rival.ts';

/**
 * The moment from which on so many were online for good, over all shares together.
 * @throws Error when it never sank below that and rose again
 */
export function backS(curves: Curves, wanted: number): number {
  const changes = curves.flatMap((curve) =>
    curve.map(({ atS, online }, n) => ({ atS, by: online - (curve[n - 1]?.online ?? 0), isStart: n === 0 })),
  );
  let online = changes.reduce((sum, it) => sum + (it.isStart ? it.by : 0), 0);
  let foundS: number | undefined;
  for (const { atS, by } of changes.filter((it) => !it.isStart).toSorted((a, b) => a.atS - b.atS)) {
    if (online < wanted && online + by >= wanted) foundS = atS;
    online += by;
  }
  if (foundS === undefined || online < wanted) throw new Error(`${wanted} did not go and come back`);
  return foundS;
}
