// The link over Toxiproxy: an independent implementation of delays and cuts, through its Node client.
import { FieldbenchError } from '../../error.ts';
import type { LinkFigures } from '../../faults/link-figures.ts';
import { listen } from '../../net/listen.ts';
import type { PartContext } from '../part.ts';
import type { LinkCapability, LinkOptions, StartedFaultyLink } from './link-options.ts';
import { LinkState } from './link-state.ts';
import { ToxicPath } from './toxic-path.ts';
import { toxiproxyServer } from './toxiproxy-server.ts';

/** What Toxiproxy cannot do, and why. */
const missing: Readonly<Record<LinkCapability, string>> = {
  'packet-faults': 'it passes bytes and does not know MQTT packets',
  segments: 'its slicer cuts one direction at random lengths that no seed repeats',
  'release-after-cut': 'its black hole throws bytes away, so a connection that was cut ends when the link is restored',
  'seeded-jitter': 'its jitter cannot be repeated from a seed',
  endings: 'it passes every close on as FIN of both directions',
};

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
  const { name, host, port } = options;
  if (options.faults?.length) throw cannot(name, 'packet-faults');
  if (options.segments) throw cannot(name, 'segments');
  for (const need of options.needs ?? []) throw cannot(name, need);
  wholeMilliseconds(name, options.profile.up);
  const state = new LinkState(name, options.profile, context.history);
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
    async shape(figures) {
      wholeMilliseconds(name, figures);
      state.shape(figures);
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
    addFaults() {
      throw cannot(name, 'packet-faults');
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function cannot(link: string, capability: LinkCapability): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_LINK_CAPABILITY',
    message: `link "${link}" needs ${capability}, which the backend toxiproxy does not have: ${missing[capability]}`,
    expected: 'a backend with that capability',
    actual: 'toxiproxy',
    hint: 'use the backend "embedded"',
  });
}

/** Its toxics count whole milliseconds; rounding in silence would be another link than the one asked for. */
function wholeMilliseconds(link: string, { delayMs = 0, jitterMs = 0 }: Partial<LinkFigures>): void {
  if (![delayMs, jitterMs].some((it) => Number.isFinite(it) && !Number.isInteger(it))) return;
  throw new FieldbenchError({
    code: 'FB_LINK_CAPABILITY',
    message: `link "${link}" asks for parts of a millisecond, and the backend toxiproxy counts whole ones`,
    expected: 'whole numbers',
    actual: `delayMs ${delayMs}, jitterMs ${jitterMs}`,
    hint: 'use whole numbers, or the backend "embedded"',
  });
}
