// The bridges of a scenario as the plan has them, and its brokers in the order in which they can start.
import type { PlannedBridge } from '../bench/planned-bridge.ts';
import { FieldbenchError } from '../error.ts';
import type { ScenarioFile } from './read-scenario.ts';
import type { Scenario } from './schema.ts';

/** The bridges, in the order of the file. */
export function plannedBridges({ bridges }: Scenario): readonly PlannedBridge[] {
  return Object.entries(bridges).map(([name, it]) => ({
    name,
    from: it.from,
    to: it.to,
    ...(it.link !== undefined && { link: it.link }),
    topics: it.topics,
    keepAliveS: it.keepAlive / 1000,
    cleanSession: it.cleanSession,
    backOff: { baseS: it.reconnect.base / 1000, capS: it.reconnect.cap / 1000 },
  }));
}

/** Names of brokers: a broker with a bridge after the one that it leads to. */
export function startOrder({ brokers, bridges }: Pick<Scenario, 'brokers' | 'bridges'>): readonly string[] {
  const order = new Set<string>();
  const add = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) return;
    for (const it of Object.values(bridges)) if (it.from === name) add(it.to, [...path, name]);
    order.add(name);
  };
  for (const name of Object.keys(brokers)) add(name, []);
  return [...order];
}

/** One error for each bridge that cannot be. */
export function bridgeProblems(file: ScenarioFile): readonly FieldbenchError[] {
  const { bridges, brokers, devices } = file.scenario;
  const order = startOrder(file.scenario);
  return Object.entries(bridges).flatMap(([name, { from, to }]) => {
    const say = (message: string, hint: string): FieldbenchError[] => [
      new FieldbenchError({
        code: 'FB_SCENARIO_BRIDGE',
        message: `bridges.${name}: ${message}`,
        at: file.place(['bridges', name]),
        hint,
      }),
    ];
    if (Object.hasOwn(brokers, name) || Object.hasOwn(devices, name)) {
      return say(`there is another part named "${name}"`, 'give the bridge a name of its own: it stands for a client');
    }
    if (order.indexOf(from) > order.indexOf(to)) return [];
    return say(`it closes a circle from "${from}" to itself`, 'one bridge between two brokers carries both directions');
  });
}
