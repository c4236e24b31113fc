// Lone messages as probes of a link that loses: what was lost is seen from outside by coming late, as no stream loses a byte.
import type { PartContext } from '../../parts/part.ts';
import type { LinkProfile, Loss } from '../../faults/link-profile.ts';
import { linkedTraffic, profileOf } from './bed.ts';
import type { Arrival } from './traffic.ts';

/** A message that was alone on its connection: nothing sent before it was still under way. */
export interface LinkProbe {
  readonly sentMs: number;
  /** It had to be sent again, by how late it came. */
  readonly isLate: boolean;
}

/** One way: long, so that what was sent again (a round trip and 200 ms later at the least) cannot be taken for a pause of a busy machine. */
const delayMs = 200;
const lateAfterMs = delayMs + 400;

/** Lone messages in the order in which they were sent. Those behind a message that was late itself tell nothing. */
export function probesOf(arrivals: readonly Arrival[]): readonly LinkProbe[] {
  const probes: LinkProbe[] = [];
  for (const ofOne of Map.groupBy(arrivals, (it) => it.connection).values()) {
    let freeFromMs = -Infinity;
    for (const { sentMs, arrivedMs } of ofOne.toSorted((a, b) => a.n - b.n)) {
      if (sentMs >= freeFromMs) probes.push({ sentMs, isLate: arrivedMs - sentMs > lateAfterMs });
      freeFromMs = Math.max(freeFromMs, arrivedMs);
    }
  }
  return probes.toSorted((a, b) => a.sentMs - b.sentMs);
}

/** How a link is probed: so many connections, each with a message every so often, evenly staggered. */
export interface Probing {
  readonly connections: number;
  readonly perConnection: number;
  readonly everyMs: number;
}

/** Probes the embedded link with this loss on the way up. */
export async function probe(loss: Loss, probing: Probing, context: PartContext): Promise<readonly LinkProbe[]> {
  const profile: LinkProfile = profileOf(delayMs, { loss });
  const { connections } = probing;
  await using linked = await linkedTraffic({ backend: 'embedded', profile, connections, messageB: 100 }, context);
  const count = connections * probing.perConnection;
  const [arrivals] = await Promise.all([linked.receiver.messages(count), linked.sender.play(probing)]);
  return probesOf(arrivals);
}
