// A broker with its bridges: their links stand before it starts, for its configuration says where they dial.
import { bridgeConfiguration, followBridge } from '../parts/gateways/mosquitto-bridge.ts';
import type { StartedBroker } from '../parts/part.ts';
import type { Bench } from './bench.ts';
import { tapOf } from './foreign-programs.ts';
import { notInPlan } from './not-in-plan.ts';
import type { PlannedBridge } from './planned-bridge.ts';
import type { StandingLinks } from './standing-links.ts';
import type { Target } from './target/target.ts';
import { untilOnline } from './until-online.ts';

/** What a bridge is built from. */
export interface BridgeWorld {
  readonly bench: Bench;
  readonly links: StandingLinks;
  /** The broker that it dials, which stands already. */
  readonly broker: (name: string) => StartedBroker;
}

/**
 * Starts a broker with these bridges; they are online when this resolves.
 * @throws FieldbenchError of the parts, `FB_NOT_ONLINE`
 */
export async function startBridged(
  name: string,
  target: Target,
  bridges: readonly PlannedBridge[],
  world: BridgeWorld,
): Promise<StartedBroker> {
  const { bench } = world;
  const lines: string[] = [];
  for (const it of bridges) lines.push(await configurationOf(it, world));
  const bridged = target.bridged?.(lines.join('\n')) ?? notInPlan('way to bridge the broker', name);
  const following = bridges.map(({ name: bridge, from, topics }) => {
    const filters = topics.filter(({ direction }) => direction !== 'out').length;
    return bench.use(followBridge({ name: bridge, from, filters, history: bench.history }));
  });
  const broker = await bench.startTarget(name, bridged);
  for (const it of following) await untilOnline(it, bench.context);
  return broker;
}

/** Starts the link of a bridge. */
async function configurationOf(it: PlannedBridge, { links, broker }: BridgeWorld): Promise<string> {
  const { endpoint: upstream, login } = broker(it.to);
  const link = links.planned(it.link) ?? tapOf(it.name);
  const { endpoint } = await links.start(link, { client: it.name, server: it.to, upstream });
  return bridgeConfiguration({ ...it, endpoint, ...(login && { login }) });
}
