// No two connections may look like one, however many there are.
import { expect, test } from 'vitest';
import type { Vantage } from '../../src/history/event.ts';
import { at, SyntheticHosts, type Endpoints } from '../../src/report/synthetic-hosts.ts';

const text = ({ client, server }: Endpoints): string =>
  [client, server].map((it) => `${it.address.toString(16)}:${it.port}`).join(' ');

test('parts have an address and connections a port', () => {
  const hosts = new SyntheticHosts();
  const ends = ['pump', 'pump', 'valve'].map((client) =>
    hosts.endpointsOf({ client, server: 'broker', seenAt: 'wire' }),
  );
  expect(ends.map(text)).toEqual([
    '7f030001:49152 7f030002:1883',
    '7f030001:49153 7f030002:1883',
    '7f030003:49152 7f030002:1883',
  ]);
});

test('a part that is client here and server there has two addresses', () => {
  const hosts = new SyntheticHosts();
  const { server } = hosts.endpointsOf({ client: 'gateway', server: 'broker', seenAt: 'wire' });
  const { client } = hosts.endpointsOf({ client: 'broker', server: 'other', seenAt: 'wire' });
  expect(client.address).not.toBe(server.address);
});

test('connections of which there are more than ports, and clients of which there are more than hosts, keep apart', () => {
  const hosts = new SyntheticHosts();
  const seen = new Set<string>();
  const vantages: readonly Vantage[] = ['clientEnd', 'serverEnd', 'wire'];
  const ports = new Set<number>();
  const clients = [
    ...Array.from({ length: 17_000 }, () => 'pump'),
    ...Array.from({ length: 70_000 }, (_, i) => `pump ${i}`),
  ];
  for (const client of clients) {
    const ends = hosts.endpointsOf({ client, server: 'broker', seenAt: 'clientEnd' });
    for (const vantage of vantages) seen.add(text(at(ends, vantage)));
    ports.add(ends.client.port);
  }
  expect(seen.size).toBe(3 * clients.length);
  expect([Math.min(...ports), Math.max(...ports)]).toEqual([49_152, 65_535]);
});
