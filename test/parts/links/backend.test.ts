// A backend is found by its name, and what it says of itself is what it does.
import { evenProfile } from '../../../src/faults/link-profile.ts';
import { expect, test } from 'vitest';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { linkBackend, linkBackends } from '../../../src/parts/links/backend.ts';
import type { LinkCapability } from '../../../src/parts/links/link-capability.ts';
import { keepingServer, linkWorld } from './ends.ts';

test('an unknown backend is refused with the known ones', () => {
  expect(() => linkBackend('embeded')).toThrow(
    expect.objectContaining({ code: 'FB_LINK_BACKEND', hint: 'did you mean "embedded"?' }),
  );
});

const capabilities: readonly LinkCapability[] = ['packet-faults', 'release-after-cut', 'seeded-jitter', 'endings'];

test.each(linkBackends)(
  '$backend refuses exactly the needs that are not in its list',
  async ({ start, ...backend }) => {
    await using server = await keepingServer();
    using world = linkWorld();
    for (const need of capabilities.filter((it) => !backend.capabilities.includes(it))) {
      const options = {
        name: 'sat',
        upstream: server.endpoint,
        client: 'pump',
        server: 'broker',
        profile: evenProfile({ delayMs: 0, jitterMs: 0 }),
        taps: true,
        connectionIds: connectionIds(),
        needs: [need],
      };
      await expect(start(options, world.context)).rejects.toMatchObject({ code: 'FB_LINK_CAPABILITY' });
    }
    expect(world.events).toEqual([]);
  },
);
