// What a link asks of the backend that applies it, and the refusal of one that cannot: before anything starts.
import { FieldbenchError } from '../../error.ts';
import type { LinkProfile } from '../../faults/link-profile.ts';
import type { PacketFault } from '../../faults/packet-fault.ts';
import type { Segmentation } from '../../faults/segmentation.ts';
import type { PlayedTimeline } from './forecast.ts';
import type { LinkCapability } from './link-capability.ts';

/** What of a link's options decides which backends can apply it. */
export interface LinkAsk {
  readonly name: string;
  readonly profile: LinkProfile;
  readonly faults?: readonly PacketFault[];
  readonly segments?: Segmentation;
  readonly timeline?: PlayedTimeline;
  readonly needs?: readonly LinkCapability[];
}

/** Everything that these options rely on. */
function needsOf({ profile, faults, segments, timeline, needs = [] }: LinkAsk): ReadonlySet<LinkCapability> {
  const found = new Set<LinkCapability>([...needs, ...profileNeeds(profile)]);
  if (faults?.length) found.add('packet-faults');
  if (segments) found.add('segments');
  if (timeline) found.add('timeline');
  return found;
}

function profileNeeds(profile: LinkProfile): readonly LinkCapability[] {
  const { up, down, nat, idleWake, halfDuplex, sharedCapacity, failover, outages, connectDelayMs } = profile;
  const directions = [up, down];
  const asked: readonly (readonly [LinkCapability, boolean])[] = [
    ['rate', directions.some((it) => it.rateBitPerS !== undefined)],
    ['queue', directions.some((it) => it.queue !== undefined)],
    ['framing', directions.some((it) => it.framing !== undefined)],
    ['loss', directions.some((it) => it.loss.model !== 'none')],
    ['jitter-distribution', directions.some((it) => it.jitterMs > 0 && it.jitterDistribution !== 'uniform')],
    ['outages', outages.length > 0],
    ['nat', nat?.tcpIdleS !== undefined],
    ['idle-wake', idleWake !== undefined],
    ['half-duplex', halfDuplex !== undefined],
    ['shared-capacity', sharedCapacity !== undefined],
    ['failover', failover !== undefined],
    ['connect-delay', connectDelayMs > 0],
  ];
  return asked.flatMap(([capability, isAsked]) => (isAsked ? [capability] : []));
}

/**
 * Refuses what a backend cannot do.
 * @param missing what it cannot do, and why
 * @throws FieldbenchError `FB_LINK_CAPABILITY` that names every capability that is missing
 */
export function refuseMissing(
  ask: LinkAsk,
  backend: string,
  missing: Readonly<Partial<Record<LinkCapability, string>>>,
): void {
  refuseMessages(ask);
  const unmet = [...needsOf(ask)].flatMap((need) => {
    const why = missing[need];
    return why === undefined ? [] : [{ need, why }];
  });
  if (unmet.length === 0) return;
  const names = unmet.map((it) => it.need).join(', ');
  const reasons = unmet.map((it) => (unmet.length === 1 ? it.why : `${it.need}: ${it.why}`)).join('; ');
  throw new FieldbenchError({
    code: 'FB_LINK_CAPABILITY',
    message: `link "${ask.name}" needs ${names}, which the backend ${backend} does not have: ${reasons}`,
    expected: unmet.length === 1 ? 'a backend with that capability' : 'a backend with these capabilities',
    actual: backend,
    hint: 'use the backend "embedded"',
  });
}

/** Over a store-and-forward service no TCP connection can be had, whatever applies the link. */
function refuseMessages({ name, profile }: LinkAsk): void {
  const all = [profile, ...(profile.failover ? [profile.failover.to] : [])];
  const messages = all.find((it) => it.carries === 'messages');
  if (messages === undefined) return;
  throw new FieldbenchError({
    code: 'FB_LINK_CAPABILITY',
    message: `link "${name}" cannot carry MQTT over TCP: ${messages.name} (${messages.title}) carries single messages`,
    expected: 'a profile that carries streams',
    actual: `carries: ${messages.carries}`,
    hint: 'its tariff can still be reckoned with: fieldbench list tariffs',
  });
}
