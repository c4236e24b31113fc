// Good devices and a good broker with a fault between them: whoever is blamed is blamed for what we did.
import type { PacketFault } from '../../../src/faults/packet-fault.ts';
import { plainProfile } from '../../../src/faults/link-profile.ts';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { memoryHistory } from '../../../src/history/memory-history.ts';
import type { Finding } from '../../../src/judge/finding.ts';
import { createJudge } from '../../../src/judge/judge.ts';
import { defaultParameters } from '../../../src/judge/rule.ts';
import { rules } from '../../../src/judge/rules.ts';
import { pause } from '../../../src/net/clock.ts';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { startSensor } from '../../../src/parts/devices/sensor.ts';
import { startSubscriber } from '../../../src/parts/devices/subscriber.ts';
import { startEmbeddedLink } from '../../../src/parts/links/embedded.ts';
import type { Endpoint, PartContext } from '../../../src/parts/part.ts';

/** Bounds that a run of a few seconds can judge; what is late is a remark only, what never comes is blamed. */
const parameters = {
  ...defaultParameters,
  responseTimeoutMs: 2000,
  closeTimeoutMs: 2000,
  effectTimeoutMs: 500,
  redeliveryFailMs: 1500,
};

/** Everything that a judge says about a history, the remarks left out. */
function failuresOf(events: readonly HistoryEvent[]): readonly Finding[] {
  const judge = createJudge({ rules, parameters });
  const findings = [...events.flatMap((it) => judge.step(it)), ...judge.end()];
  return findings.filter((it) => it.verdict === 'fail');
}

/** Failures in words, for a comparison that shows them. */
export const failureTexts = (events: readonly HistoryEvent[]): readonly string[] =>
  failuresOf(events).map((it) => `${it.by} ${it.statement}: ${it.actual}`);

/** How long one of them plays. */
const playMs = 4500;

/**
 * Plays faults between a sensor, a hub that listens to it, a device that is idle, and the broker at `upstream`.
 * @param name of the sensor, and what the others' names and its topics begin with: no two runs on one broker share it.
 */
export async function playedBetween(
  name: string,
  qos: 0 | 1 | 2,
  faults: readonly PacketFault[],
  upstream: Endpoint,
  context: PartContext,
): Promise<readonly HistoryEvent[]> {
  const { clock, signal } = context;
  const history = memoryHistory(() => clock.nowMs());
  const own = { ...context, history };
  const shared = { client: name, server: 'broker', upstream, connectionIds: connectionIds(), faults };
  {
    await using link = await startEmbeddedLink(
      { ...shared, name: `line-${name}`, profile: plainProfile, taps: true },
      own,
    );
    const policy = { keepAliveS: 2, cleanSession: false, pingTimeoutMs: 700, backOff: { baseMs: 20, capMs: 100 } };
    const line = { endpoint: link.endpoint, server: 'broker', policy };
    await using devices = new AsyncDisposableStack();
    const filters = { [`${name}/#`]: 2 } as const;
    devices.use(startSubscriber({ ...line, name: `${name}-hub`, filters }, own));
    // Hears nothing, so that it has to ping.
    devices.use(startSubscriber({ ...line, name: `${name}-idle`, filters: { [`${name}-idle`]: 0 } }, own));
    const walk = { kind: 'walk', start: 50, step: 40, min: 0, max: 100, everyMs: 100 } as const;
    const alarms = [{ name: 'high', above: 50, hysteresis: 0, onDelayMs: 0, offDelayMs: 0 }];
    const sensor = { ...line, name, topic: name, qos, intervalMs: 100, unit: 'bar', signal: walk, alarms };
    devices.use(startSensor(sensor, own));
    await pause(clock, playMs, signal);
  }
  return history.events;
}
