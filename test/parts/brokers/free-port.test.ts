// A broker's port is its own for the whole run, so it lies where the kernel takes none for outgoing connections.
import { expect, test } from 'vitest';
import { listen } from '../../../src/net/listen.ts';
import { freePort } from '../../../src/parts/brokers/free-port.ts';

test('is free, and below the ports of outgoing connections', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(15_000);
  expect(port).toBeLessThan(32_768);
  await using listener = await listen({ port, onWire: () => undefined });
  expect(listener.endpoint.port).toBe(port);
});
