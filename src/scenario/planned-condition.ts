// What a step waits for, as the plan has it: populations resolved to the names of their devices.
import type { PlannedCondition } from '../bench/planned-step.ts';
import type { Scenario } from './schema.ts';
import type { Timing } from './step-timing.ts';

/** A condition as a scenario says it. */
export type WrittenCondition = NonNullable<Timing['when']>;

/** The condition, for the devices of this scenario. */
export function conditionOf(it: WrittenCondition, scenario: Pick<Scenario, 'devices'>): PlannedCondition {
  if ('online' in it) return { kind: 'online', devices: devicesOf(it.of, scenario), sharePct: it.online };
  if ('message' in it) {
    const { message: filter, at, contains, count } = it;
    return { kind: 'message', at, filter, count, ...(contains !== undefined && { contains }) };
  }
  if ('part' in it) return { kind: 'part', part: it.part, is: it.is };
  return { kind: 'link', link: it.link, is: it.is };
}

/** Everybody on MQTT; or one device; or those whose name is this one with a number behind it. */
export function devicesOf(name: string | undefined, { devices }: Pick<Scenario, 'devices'>): readonly string[] {
  const onMqtt = Object.entries(devices).flatMap(([it, { kind }]) =>
    kind === 'plc' || kind === 'http-poller' ? [] : [it],
  );
  if (name === undefined || onMqtt.includes(name)) return name === undefined ? onMqtt : [name];
  return onMqtt.filter((it) => it.startsWith(`${name}-`) && /^\d+$/.test(it.slice(name.length + 1)));
}
