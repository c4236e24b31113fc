// The link over Toxiproxy: an independent implementation of delays and cuts, through its Node client.
import { FieldbenchError } from '../../error.ts';
import type { DirectionProfile } from '../../faults/link-profile.ts';
import { listen } from '../../net/listen.ts';
import type { PartContext } from '../part.ts';
import type { LinkCapability } from './link-capability.ts';
import type { LinkOptions, StartedFaultyLink } from './link-options.ts';
import { refuseMissing, type LinkAsk } from './link-needs.ts';
import { LinkState } from './link-state.ts';
import { ToxicPath } from './toxic-path.ts';
import { toxiproxyServer } from './toxiproxy-server.ts';

const noTwin = 'it has nothing of the kind';

/** What Toxiproxy cannot do, and why. */
const missing: Readonly<Partial<Record<LinkCapability, string>>> = {
  'packet-faults': 'it passes bytes and does not know MQTT packets',
  segments: 'its slicer cuts one direction at random lengths that no seed repeats',
  'release-after-cut': 'its black hole throws bytes away, so a connection that was cut ends when the link is restored',
  'seeded-jitter': 'its jitter cannot be repeated from a seed',
  'jitter-distribution': 'its jitter is uniform',
  endings: 'it passes every close on as FIN of both directions',
  loss: 'it can only throw parts of a TCP stream away, which damages it',
  queue: noTwin,
  framing: 'it counts payload bytes only',
  outages: 'a connection that was cut ends when the link is restored',
  nat: noTwin,
  'idle-wake': noTwin,
  'half-duplex': noTwin,
  'shared-capacity': 'its rates are those of single connections',
  failover: noTwin,
  'connect-delay': noTwin,
  vanish: 'it passes every close on',
  timeline: 'a connection that was cut ends when the link is restored',
};

/**
 * Whether Toxiproxy can apply such a link.
 * @throws FieldbenchError `FB_LINK_CAPABILITY`
 */
export function checkToxiproxyLink(ask: LinkAsk): void {
  refuseMissing(ask, 'toxiproxy', missing);
  for (const direction of [ask.profile.up, ask.profile.down]) wholeUnits(ask.name, direction);
}

/**
 * Starts a link over Toxiproxy: latency toxics both ways; `cut('drop')` and half-open by timeout toxics that never
 * time out; `cut('rst')` takes the proxies down, which our ends pass on as RST. A connection that lived through a cut ends (FIN, by the link) on restore.
 * New connections during a cut wait for the restore, as on the embedded link.
 *
 * @throws FieldbenchError `FB_LINK_CAPABILITY` for what Toxiproxy cannot do, before anything starts;
 *   `FB_TOXIPROXY_START`, `FB_PORT_IN_USE`, `FB_LISTEN`, `FB_LINK_FIGURES`. Later calls: `FB_TOXIPROXY` when its API
 *   refuses.
 */
export async function startToxiproxyLink(options: LinkOptions, context: PartContext): Promise<StartedFaultyLink> {
  const { name, host, port, profile } = options;
  checkToxiproxyLink(options);
  const state = new LinkState(name, profile, context.history);
  await using starting = new AsyncDisposableStack();
  const { api } = starting.use(await toxiproxyServer(name, context));
  const paths = new Set<ToxicPath>();
  starting.defer(async () => {
    for (const path of paths) path.end();
    await Promise.all([...paths].map((path) => path.over));
  });
  const listener = starting.use(
    await listen({
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      halfOpen: true,
      onWire(wire) {
        const path = new ToxicPath(wire, { link: options, context, state, api });
        paths.add(path);
        void path.over.then(() => paths.delete(path));
      },
    }),
  );
  state.begin();
  const running = starting.move();
  const follow = async (): Promise<void> => void (await Promise.all([...paths].map((path) => path.follow())));
  return {
    name,
    endpoint: listener.endpoint,
    async shape(shape) {
      checkToxiproxyLink({ name, profile: state.shaped(shape) });
      state.shape(shape);
      await follow();
    },
    async cut(how) {
      state.cut(how);
      await follow();
    },
    async halfOpen(dead) {
      state.halfOpen(dead);
      await follow();
    },
    async restore() {
      state.restore();
      await follow();
    },
    addFaults: (faults) => refuseMissing({ name, profile, faults }, 'toxiproxy', missing),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Its toxics count whole milliseconds and whole kilobytes a second; rounding in silence would be another link. */
function wholeUnits(link: string, { delayMs, jitterMs, rateBitPerS }: DirectionProfile): void {
  const kilobytes = rateBitPerS === undefined ? 0 : rateBitPerS / 8000;
  if ([delayMs, jitterMs, kilobytes].every((it) => Number.isInteger(it) || !Number.isFinite(it))) return;
  throw new FieldbenchError({
    code: 'FB_LINK_CAPABILITY',
    message: `link "${link}" asks for parts of a unit, and the backend toxiproxy counts whole ms and whole 8 kbit/s`,
    expected: 'whole numbers of those',
    actual: `delayMs ${delayMs}, jitterMs ${jitterMs}${rateBitPerS === undefined ? '' : `, rateBitPerS ${rateBitPerS}`}`,
    hint: 'use whole numbers, or the backend "embedded"',
  });
}
