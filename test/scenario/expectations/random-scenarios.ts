// Small random scenarios: parts, QoS, links that lose and fail, brokers that are killed; each is a YAML file that repeats it.
import * as fc from 'fast-check';
import { stringify } from 'yaml';

type Qos = 0 | 1 | 2;

const qos = fc.constantFrom<Qos>(0, 1, 2);
const links = ['near', 'far'] as const;
const onLink = fc.option(fc.constantFrom(...links), { nil: undefined, freq: 3 });

const link = fc.record({ delayMs: fc.integer({ min: 0, max: 40 }), lossPct: fc.constantFrom(0, 0, 2, 10) });
const sensor = fc.record({ qos, link: onLink, intervalMs: fc.integer({ min: 40, max: 150 }) });
const subscriber = fc.record({ qos, link: onLink, cleanSession: fc.boolean() });

/** Something breaks at a time, and is whole again after a while. */
const breakdown = fc.record({
  what: fc.constantFrom('near', 'far', 'hub'),
  how: fc.constantFrom('drop', 'rst', 'toServer', 'toClient'),
  atMs: fc.integer({ min: 50, max: 500 }),
  lastsMs: fc.integer({ min: 50, max: 300 }),
});

/** What a random scenario is made from; shrinks to fewer parts, less QoS and no breakdown. */
export const randomScenario = fc.record({
  near: link,
  far: link,
  sensors: fc.array(sensor, { minLength: 1, maxLength: 2 }),
  subscribers: fc.array(subscriber, { minLength: 1, maxLength: 2 }),
  breakdowns: fc.array(breakdown, { maxLength: 2 }),
});

type RandomScenario = typeof randomScenario extends fc.Arbitrary<infer T> ? T : never;

const reconnect = { base: '20ms', cap: '50ms' };
const signal = { unit: 'm', start: 5, step: 1, min: 0, max: 10 };

const linkOf = (it: RandomScenario['near']) => ({ delay: `${it.delayMs}ms`, loss: `${it.lossPct}%` });
const over = (it: (typeof links)[number] | undefined) => (it === undefined ? {} : { link: it });
const named = <T, U>(
  items: readonly T[],
  name: string,
  of: (item: T, n: number) => U,
): readonly (readonly [string, U])[] => items.map((item, n) => [`${name}-${n}`, of(item, n)] as const);

/** The scenario as a file. */
export function yamlOf({ near, far, sensors, subscribers, breakdowns }: RandomScenario): string {
  const listeners = named(subscribers, 'room', (it) => ({
    kind: 'subscriber',
    broker: 'hub',
    filters: { 'site/#': it.qos },
    cleanSession: it.cleanSession,
    reconnect,
    ...over(it.link),
  }));
  const speakers = named(sensors, 'level', (it, n) => ({
    kind: 'sensor',
    broker: 'hub',
    topic: `site/level-${n}`,
    qos: it.qos,
    interval: `${it.intervalMs}ms`,
    signal,
    reconnect,
    ...over(it.link),
  }));
  const scenario = {
    name: 'random',
    question: 'Do the accounts agree with what senders and receivers saw themselves?',
    brokers: { hub: { target: 'embedded' } },
    links: { near: linkOf(near), far: linkOf(far) },
    devices: Object.fromEntries([...listeners, ...speakers]),
    timeline: apart(breakdowns).flatMap(stepsOf),
    duration: '900ms',
    settle: '500ms',
    expectations: speakers.flatMap(([from]) => listeners.map(([to]) => ({ account: { from, to } }))),
  };
  return stringify(scenario, { aliasDuplicateObjects: false });
}

/** One after the other: what is broken is not broken again. */
function apart(breakdowns: RandomScenario['breakdowns']): RandomScenario['breakdowns'] {
  let freeMs = 0;
  return breakdowns
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((it) => {
      const atMs = Math.max(freeMs, it.atMs);
      freeMs = atMs + it.lastsMs + 50;
      return { ...it, atMs };
    })
    .filter((it) => it.atMs + it.lastsMs <= 900);
}

function stepsOf({ what, how, atMs, lastsMs }: RandomScenario['breakdowns'][number]): readonly object[] {
  const [at, again] = [`${atMs}ms`, `${atMs + lastsMs}ms`];
  if (what === 'hub')
    return [
      { at, kill: 'hub' },
      { at: again, restart: 'hub' },
    ];
  const isHalf = how === 'toServer' || how === 'toClient';
  return [isHalf ? { at, halfOpen: what, dead: how } : { at, cut: what, how }, { at: again, restore: what }];
}
