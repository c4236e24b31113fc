// What a short usage comes to in a month, if it goes on like that: the one place that says what extrapolating means.
import type { MessageSizes, SessionUsage, Tariff, Usage } from './tariff.ts';

/** A month of contracts: 30 days. */
export const monthMs = 30 * 86_400_000;

/**
 * A month of which `tookMs` were seen. A device that stayed in one session all the while goes on in one, as long as the
 * tariff lets a session be; one that began several begins as many more in the same time.
 */
export function monthOf(tariff: Tariff, seen: readonly SessionUsage[], tookMs: number): Usage {
  const times = monthMs / tookMs;
  const [only] = seen;
  if (only !== undefined && seen.length === 1) return { days: 30, sessions: stretched(tariff, only, times) };
  return { days: 30, sessions: repeated(seen, times) };
}

/** The one session, cut into as many as the tariff lets it be. */
function stretched(tariff: Tariff, session: SessionUsage, times: number): readonly SessionUsage[] {
  const { sessionMaxS = Number.POSITIVE_INFINITY, sessionMaxB = Number.POSITIVE_INFINITY } = tariff;
  const volumeB = (session.upB + session.downB) * times;
  const count = Math.max(1, Math.ceil(monthMs / (sessionMaxS * 1000)), Math.ceil(volumeB / sessionMaxB));
  const lastsMs = monthMs / count;
  return [{ ...scaled(session, times / count, lastsMs), times: count }];
}

/** Whole sessions: as many of each as there is time for. */
function repeated(seen: readonly SessionUsage[], times: number): readonly SessionUsage[] {
  const count = Math.round(times * seen.length);
  const each = Math.floor(count / seen.length);
  return seen.map((it, n) => ({ ...it, times: each + (n < count % seen.length ? 1 : 0) }));
}

function scaled({ upB, downB, upMessages, downMessages }: SessionUsage, times: number, lastsMs: number): SessionUsage {
  return {
    startMs: 0,
    endMs: lastsMs,
    upB: Math.round(upB * times),
    downB: Math.round(downB * times),
    ...(upMessages && { upMessages: manyOf(upMessages, times) }),
    ...(downMessages && { downMessages: manyOf(downMessages, times) }),
  };
}

const manyOf = (sizes: MessageSizes, times: number): MessageSizes =>
  new Map([...sizes].map(([sizeB, count]) => [sizeB, Math.round(count * times)]));
