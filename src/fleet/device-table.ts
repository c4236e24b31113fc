// The devices of a shard side by side: who each one is, and its session.
import type { Endpoint } from '../net/endpoint.ts';
import { clientSession, type ClientSession } from '../session/client-session.ts';
import { DeviceIdentity, PopulationTexts } from './device-identity.ts';
import type { Shard } from './shard.ts';

/** All devices of a shard, numbered from 0 in the order of its slices. */
export interface DeviceTable {
  readonly count: number;
  readonly identities: readonly DeviceIdentity[];
  readonly sessions: readonly ClientSession[];
  /** Most topics that a device publishes on. */
  readonly lanes: number;
}

/**
 * Makes the devices of a shard.
 * @throws FieldbenchError `FB_FLEET_TEMPLATE`, `FB_SESSION_IDENTITY`, `FB_SESSION_POLICY`
 */
export function deviceTable({ slices }: Shard): DeviceTable {
  const identities: DeviceIdentity[] = [];
  const sessions: ClientSession[] = [];
  for (const { population, from, to, rows } of slices) {
    const texts = new PopulationTexts(population);
    for (let n = from; n <= to; n++) {
      const identity = new DeviceIdentity(texts, n, rows[n - from] ?? []);
      identities.push(identity);
      sessions.push(clientSession(identity, population.policy));
    }
  }
  const lanes = Math.max(...slices.map(({ population }) => population.traffic.length));
  return { count: sessions.length, identities, sessions, lanes };
}

/** Where a device connects to. */
export function brokerOf(table: DeviceTable, device: number): Endpoint {
  return identityAt(table.identities, device).texts.population.broker as Endpoint;
}

/** A device's identity; the table has one for every number that it gave out. */
export function identityAt(identities: readonly DeviceIdentity[], device: number): DeviceIdentity {
  return identities[device] as DeviceIdentity;
}
