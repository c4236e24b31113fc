// Populations and shards for tests: small, complete, and different only where a test says so.
import { populationSchema, type Population } from '../../src/fleet/population.ts';
import { shardSchema, type Shard } from '../../src/fleet/shard.ts';
import type { Endpoint } from '../../src/net/endpoint.ts';
import { defaultPolicy } from '../../src/session/client-session.ts';

type Fields = Partial<Omit<Population, 'policy'>> & { readonly policy?: Partial<Population['policy']> };

/** Meters that hear what they say themselves. */
export function meters(broker: Endpoint, fields: Fields = {}): Population {
  return populationSchema.parse({
    name: 'meter',
    ordinal: 1,
    count: 20,
    broker,
    clientId: '{population}-{n:3}',
    subscriptions: [{ filter: 'own/{n}', qos: 2 }],
    ...fields,
    policy: { ...defaultPolicy, backOff: { baseMs: 50, capMs: 500 }, ...fields.policy },
  });
}

/** What meters say on their own topic. */
export const ownTopic = (everyMs: number, qos: 0 | 1 | 2 = 1): Population['traffic'][number] => ({
  topic: 'own/{n}',
  qos,
  retain: false,
  payloadB: 48,
  pace: { kind: 'open', everyMs, arrival: 'random' },
});

/** All of a population in one shard. */
export function shardOf(population: Population, fields: Partial<Shard> = {}): Shard {
  return shardSchema.parse({
    shard: 0,
    seed: 1,
    run: 99,
    zeroNs: '0',
    slices: [{ population, from: 1, to: population.count }],
    connectWindow: 64,
    reportEveryMs: 1000,
    ...fields,
  });
}
