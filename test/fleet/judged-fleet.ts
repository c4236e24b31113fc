// A fleet on a broker that breaks one thing, judged twice: by its shards, and from the full journal of the same run.
import { faultsOf, fromClient, type Bug } from '../../src/conformance/mutants/plant.ts';
import { plainProfile } from '../../src/faults/link-profile.ts';
import { planFleet } from '../../src/fleet/fleet-plan.ts';
import type { Population } from '../../src/fleet/population.ts';
import { RunningFleet } from '../../src/fleet/supervisor.ts';
import type { Walls } from '../../src/fleet/walls.ts';
import type { EventDraft } from '../../src/history/event.ts';
import type { Finding } from '../../src/judge/finding.ts';
import { createJudge } from '../../src/judge/judge.ts';
import { defaultParameters } from '../../src/judge/rule.ts';
import { rules } from '../../src/judge/rules.ts';
import { connectionIds } from '../../src/net/connection-ids.ts';
import type { Endpoint } from '../../src/net/endpoint.ts';
import { startEmbeddedLink } from '../../src/parts/links/embedded.ts';
import type { StatementId } from '../../src/spec/statement.ts';
import { testWorld } from '../parts/brokers/world.ts';
import { meters } from './populations.ts';

/** One kind of broken broker. */
export interface Planted {
  readonly name: string;
  readonly statement: StatementId;
  readonly bugs: readonly Bug[];
}

/** Findings of one statement, connection and message, added up: passes have no connection. */
export interface Told {
  readonly verdict: string;
  readonly statement: string;
  readonly by: string;
  readonly connection: string;
  readonly actual: string;
  readonly expected: string;
  readonly count: number;
}

/** A process for those who publish, and one for those who listen. */
const devices = 6;
const walls: Walls = { openFilesPerProcess: 100 + devices, kernelPorts: 28_000, memoryB: 4e9, cores: 2 };
/** Short, so that what is missing is missed within seconds; the same for both judges. */
const parameters = {
  ...defaultParameters,
  responseTimeoutMs: 500,
  closeTimeoutMs: 500,
  effectTimeoutMs: 300,
  quietMs: 100,
};
const all = { listed: 100_000, parameters };

/** Some connections of those who publish break once, so that wills are due; some of those who listen, so that they ask again. */
const breaks: readonly Bug[] = [
  [fromClient('PUBLISH', { nth: 60, nthTo: 60, connectionNth: 1 }), { do: 'rst', side: 'both' }],
  [fromClient('PUBACK', { nth: 10, nthTo: 10, connectionNth: 1 }), { do: 'rst', side: 'both' }],
];

const lane = (topic: string, qos: 0 | 1 | 2, retain = false): Population['traffic'][number] => ({
  topic: `${topic}/{n}`,
  qos,
  retain,
  payloadB: 40,
  pace: { kind: 'open', everyMs: 100, arrival: 'random' },
});

const policy = { cleanSession: true, keepAliveS: 1 };

/** Below a level of its own: the broker keeps what it was given in another play. */
const sensors = (broker: Endpoint, at: string): Population =>
  meters(broker, {
    name: 'sensor',
    count: devices,
    subscriptions: [{ filter: `${at}/command/{n}`, qos: 1 }],
    will: { topic: `${at}/will/{n}`, payload: 'gone {n}', qos: 1, retain: false },
    traffic: [lane(`${at}/q0`, 0), lane(`${at}/q1`, 1), lane(`${at}/q2`, 2), lane(`${at}/kept`, 1, true)],
    policy,
  });

const displays = (broker: Endpoint, at: string): Population =>
  meters(broker, {
    name: 'display',
    ordinal: 2,
    count: devices,
    subscriptions: [
      { filter: `${at}/q0/{n}`, qos: 0 },
      { filter: `${at}/q1/{n}`, qos: 1 },
      { filter: `${at}/q2/{n}`, qos: 2 },
      { filter: `${at}/kept/{n}`, qos: 1 },
      { filter: `${at}/will/+`, qos: 1 },
    ],
    policy,
  });

/** Plays it, and judges it twice. */
export async function byBoth(upstream: Endpoint | undefined, { name, bugs }: Planted) {
  if (upstream === undefined) throw new Error('the broker did not start');
  using world = testWorld();
  await using broken = await startEmbeddedLink(
    {
      name: 'broken',
      upstream,
      client: 'fleet',
      server: 'b',
      profile: plainProfile,
      faults: faultsOf(name, [...bugs, ...breaks]),
      taps: false,
      connectionIds: connectionIds(),
    },
    world.context,
  );
  const full: EventDraft[] = [];
  const at = name.replaceAll(' ', '-');
  const populations = [sensors, displays].map((of) => ({ population: of(broken.endpoint, at) }));
  const plan = planFleet(populations, walls);
  const options = { ...all, serverAt: () => 'b', journal: { record: (it: EventDraft) => full.push(it) } };
  await using fleet = new RunningFleet(plan, { run: 3, rules: options }, world.context);
  await fleet.online(3000);
  fleet.publish(4000);
  await fleet.settled(4000);
  await fleet.stop();
  if (fleet.pids.length > 0 || fleet.gaps.length > 0) throw new Error(`not all is seen: ${fleet.gaps.join('; ')}`);
  return {
    journal: told(judged(full)),
    shards: told(judged(world.events)),
    excerpts: world.events.filter((it) => it.kind === 'packet').length,
    full,
  };
}

/** What `report` would find in this history. */
function judged(drafts: readonly EventDraft[]): readonly Finding[] {
  const judge = createJudge({ rules, ...all });
  const found = drafts.flatMap((it, at) => judge.step({ tMs: 0, ...it, seq: at + 1 }));
  return [...found, ...judge.end()];
}

function told(findings: readonly Finding[]): readonly Told[] {
  const sums = new Map<string, Told>();
  for (const it of findings) {
    const { verdict, statement = 'no statement', by, actual, expected, count } = it;
    const connection = verdict === 'pass' ? '' : ` on ${it.connection ?? 'no connection'}`;
    const one = { verdict, statement, by, connection, actual, expected: expected.join(' or '), count };
    const key = JSON.stringify({ ...one, count: 0 });
    sums.set(key, { ...one, count: count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, it]) => it);
}
