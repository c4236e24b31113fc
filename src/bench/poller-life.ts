// A device that polls a web server: the server stands beside the broker, and the link is between it and the device.
import type { DeviceLifeOptions } from '../parts/devices/device-life.ts';
import { startHttpPoller } from '../parts/http/http-poller.ts';
import { startWebServer } from '../parts/http/web-server.ts';
import type { StartedBroker } from '../parts/part.ts';
import type { Bench } from './bench.ts';
import type { PlannedHttpPoller } from './planned-device.ts';
import { policyOf } from './session-policy.ts';
import type { StandingLinks } from './standing-links.ts';
import { untilOnline } from './until-online.ts';

/**
 * Starts its web server, and says how the device lives.
 * @throws FieldbenchError of the parts, `FB_NOT_ONLINE`
 */
export async function pollerLife(
  { name, session, filters, intervalMs }: PlannedHttpPoller,
  world: { readonly bench: Bench; readonly links: StandingLinks; readonly broker: StartedBroker },
): Promise<DeviceLifeOptions> {
  const { bench, links, broker } = world;
  const { endpoint, login } = broker;
  const web = `${name}-web`;
  const line = { name: web, endpoint, server: session.broker, ...(login && { login }) };
  const options = { ...line, filters, policy: policyOf(session), connections: bench.connectionIds };
  const server = bench.use(await startWebServer(options, bench.context));
  await untilOnline(server, bench.context);
  const link = links.planned(session.link);
  const ends = { client: name, server: web, upstream: server.endpoint, content: 'opaque' } as const;
  const standing = link && (await links.start(link, ends));
  const dialled = standing?.endpoint ?? server.endpoint;
  return {
    name,
    role: 'device',
    start: (context) => startHttpPoller({ name, endpoint: dialled, intervalMs }, context),
    ...(standing && { vanish: () => standing.vanish?.() }),
  };
}
