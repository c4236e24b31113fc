// What a timeline says becomes steps of a plan: phases resolved, events drawn, what lasts with its end; and what cannot be.
import { describe, expect, test } from 'vitest';
import { errorText } from '../../src/error.ts';
import { parseScenario, ScenarioErrors } from '../../src/scenario/read-scenario.ts';
import { planOf, type PlanChanges } from '../../src/scenario/plan-of.ts';
import { stepInWords } from '../../src/scenario/step-in-words.ts';

const parts = `
name: tiny
question: Does it work?
brokers:
  hub: { target: embedded }
links:
  radio: { delay: 50ms }
devices:
  listener: { kind: subscriber, broker: hub, link: radio, filters: { 'a/#': 1 } }
  level:
    { kind: sensor, broker: hub, topic: a/level, interval: 1s, signal: { unit: m, start: 2, step: 1, min: 0, max: 4 } }
  plant: { kind: plc, program: devices/tank-plc.yaml }
duration: 60s
timeline:
`;

const planWith = (lines: readonly string[], changes: PlanChanges = {}) =>
  planOf(parseScenario('s.yaml', `${parts}${lines.map((it) => `  - ${it}\n`).join('')}`), changes);
const words = (...lines: readonly string[]): readonly string[] =>
  planWith(lines)
    .steps.map(stepInWords)
    .map((it) => it.trim());

function errorsOf(...lines: readonly string[]): readonly string[] {
  try {
    planWith(lines);
  } catch (error) {
    if (!(error instanceof ScenarioErrors)) throw error;
    return error.errors.map((it) => errorText(it).replaceAll('\n', ' | '));
  }
  return [];
}

const cuts = (lines: readonly string[], seed: number): readonly number[] =>
  planWith(lines, { seed }).steps.flatMap(({ action, atMs }) => (action.do === 'cut' ? [atMs] : []));

describe('moments', () => {
  test('phases at known moments are resolved, in any order', () => {
    expect(
      words('{ after: rain, at: 2s, cut: radio }', '{ after: noon, at: 5s, phase: rain }', '{ at: 10s, phase: noon }'),
    ).toEqual(['10.0 s  phase noon begins', '15.0 s  phase rain begins', '17.0 s  radio is cut (packets vanish)']);
  });

  test('what follows a phase that waits counts from when it comes', () => {
    expect(
      words(
        '{ when: { online: 95% }, from: 5s, within: 20s, phase: full }',
        '{ after: full, at: 2s, cut: radio, for: 3s }',
      ),
    ).toEqual([
      '5.0 s  when 95 % of 2 devices are online, within 20 s: phase full begins',
      '2.0 s after full  radio is cut (packets vanish)',
      '5.0 s after full  radio is restored',
    ]);
  });

  test('what lasts is undone; on a condition from when it came', () => {
    expect(
      words(
        '{ at: 1s, cut: radio, for: 2s }',
        '{ at: 1s, kill: level, for: 3s }',
        '{ at: 1s, stimulate: level, value: 3.5, for: 4s }',
        '{ at: 1s, alarm: level, for: 5s }',
        '{ when: { part: hub, is: down }, within: 5s, pause: level, for: 6s }',
      ),
    ).toEqual([
      '0.0 s  when hub is down, within 5 s: level stands still, its connections open',
      '1.0 s  radio is cut (packets vanish)',
      '1.0 s  level is killed (a process by SIGKILL, a device by a power cut)',
      '1.0 s  level measures 3.5 from here on',
      '1.0 s  level raises its alarm',
      '3.0 s  radio is restored',
      '4.0 s  level is started',
      '5.0 s  level measures again',
      '6.0 s  level takes its alarm back',
      '6.0 s after step 5  level goes on',
    ]);
  });

  test('a link that changes its figures for a while gets back those that it had', () => {
    const { steps } = planWith([
      '{ at: 1s, shape: radio, delay: 200ms }',
      '{ at: 2s, shape: radio, rate: 9600 bit/s, for: 1s }',
    ]);
    const [first, , back] = steps;
    expect(first?.action).toEqual({ do: 'shape', link: 'radio', delayMs: 200 });
    expect(back).toMatchObject({ atMs: 3000, action: { do: 'shape', profile: { up: { delayMs: 200 } } } });
    expect(back?.action).not.toHaveProperty('profile.up.rateBitPerS');
  });
});

test('a share is of a whole population, however many there are of it', () => {
  const meters = parts.replace(
    '  plant:',
    "  meter: { kind: subscriber, count: 3, broker: hub, filters: { 'm/${n}': 0 } }\n  plant:",
  );
  const line = '  - { when: { online: 60%, of: meter }, within: 5s, cut: radio }\n';
  const { steps } = planOf(parseScenario('s.yaml', `${meters}${line}`));
  expect(steps.map((it) => it.when?.condition)).toEqual([
    { kind: 'online', devices: ['meter-1', 'meter-2', 'meter-3'], sharePct: 60 },
  ]);
});

describe('random events', () => {
  const random = '{ random: { poisson: 5s }, from: 5s, until: 50s, cut: radio, for: 1s }';

  test('each is drawn before the run, and undone', () => {
    const { steps } = planWith([random], { seed: 3 });
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.map(({ action }) => action.do)).toEqual(steps.map((_, at) => (at % 2 === 0 ? 'cut' : 'restore')));
    expect(steps.every(({ atMs }) => atMs >= 5000 && atMs <= 50_000)).toBe(true);
  });

  test('come from the seed, and another step moves none of them', () => {
    const alone = cuts([random], 3);
    expect(cuts(['{ random: { poisson: 2s }, restart: level }', random], 3)).toEqual(alone);
    expect(cuts([random], 4)).not.toEqual(alone);
  });
});

describe('what cannot be is said with its place', () => {
  test.for([
    ['{ cut: radio }', 'timeline.0: expected when it happens: "at", "after", "when" or "random"'],
    [
      '{ at: 1s, when: { part: hub, is: down }, within: 1s, cut: radio }',
      'timeline.0: expected one of "at", "when" and "random"',
    ],
    ['{ when: { part: hub, is: down }, cut: radio }', 'timeline.0: "when" and "within" go together'],
    ['{ at: 1s, until: 2s, cut: radio }', 'timeline.0: "until" goes with "random"'],
    ['{ after: rain, cut: radio }', 'timeline.0.after: there is no phase "rain"'],
    ['{ after: rain, phase: rain }', 'timeline.0.after: the phase "rain" waits for itself'],
    ['{ at: 59s, cut: radio, for: 2s }', 'timeline.0: lasts until 61 s, after the end at 60 s'],
    ['{ random: { poisson: 5s }, until: 2min, cut: radio }', 'timeline.0: happens at 120 s, after the end at 60 s'],
    ['{ random: { poisson: 1ms }, cut: radio }', 'timeline.0.random: more than 10000 events'],
    ['{ at: 1s, alarm: listener }', 'timeline.0.alarm: a subscriber cannot do this'],
    ['{ at: 1s, stimulate: plant, value: 1 }', 'timeline.0.stimulate: a plc cannot do this'],
    ['{ at: 1s, publish: hub, topic: a }', 'timeline.0.publish: a broker cannot do this'],
    [
      '{ at: 1s, request: listener, topic: q, answer: { topic: b/c } }',
      'timeline.0.answer: "listener" does not subscribe to "b/c"',
    ],
    ['{ at: 1s, kill: lavel }', 'timeline.0.kill: there is no part "lavel"'],
    ['{ when: { online: 50%, of: meter }, within: 1s, cut: radio }', 'timeline.0.when: there is no device "meter"'],
    ['{ when: { link: radjo, is: cut }, within: 1s, cut: radio }', 'timeline.0.when.link: there is no link "radjo"'],
  ])('%s', ([line = '', message = '']) => {
    const [first = '', ...others] = errorsOf(line);
    expect(others).toEqual([]);
    expect(first).toMatch(/^s\.yaml:\d+:\d+ /);
    expect(first).toContain(message);
  });

  test('a phase twice', () => {
    expect(errorsOf('{ at: 1s, phase: rain }', '{ at: 2s, phase: rain }')[0]).toContain(
      'timeline.1.phase: there is a phase "rain" already',
    );
  });
});

describe('faster than written', () => {
  test('intervals and moments are shorter; keep alive, links and what the network takes are not', () => {
    const plan = planWith(
      ['{ at: 10s, cut: radio, for: 5s }', '{ when: { link: radio, is: cut }, from: 5s, within: 2s, kill: level }'],
      {
        timeCompression: 10,
      },
    );
    expect(plan).toMatchObject({ durationMs: 6000, settleMs: 5000, timeCompression: 10 });
    expect(plan.steps).toMatchObject([{ atMs: 500, when: { withinMs: 2000 } }, { atMs: 1000 }, { atMs: 1500 }]);
    expect(plan.devices).toMatchObject([{}, { intervalMs: 100, session: { keepAliveS: 60 } }, {}]);
    expect(plan.links[0]?.profile.up.delayMs).toBe(50);
  });

  test('not so far that a keep alive in proportion would be below 5 s', () => {
    const line = '{ at: 1s, cut: radio }';
    expect(planWith([line], { timeCompression: 12 }).timeCompression).toBe(12);
    expect(() => planWith([line], { timeCompression: 13 })).toThrow(ScenarioErrors);
  });
});

describe('what happens to a PLC alone', () => {
  test('in words, and what lasts is undone; a dip is over by itself', () => {
    expect(
      words(
        '{ at: 1s, dip: plant, for: 80ms }',
        '{ at: 2s, restart: plant, how: cold }',
        '{ at: 3s, restart: plant }',
        '{ at: 4s, input: plant, name: level, value: 3, for: 1s }',
        '{ at: 6s, unplug: plant, for: 1s }',
        '{ at: 8s, remove: plant, unit: 1, for: 1s }',
        '{ at: 10s, breakBus: plant, line: B, for: 1s }',
      ),
    ).toEqual([
      '1.0 s  plant has no supply for 80 ms',
      '2.0 s  plant is started again, with nothing retained',
      '3.0 s  plant is started again',
      '4.0 s  plant reads 3 at its input level from here on',
      '5.0 s  plant reads its input level again',
      '6.0 s  plant has the cable of its Ethernet port 1 pulled',
      '7.0 s  plant has the cable of its Ethernet port 1 plugged in',
      '8.0 s  plant loses unit 1 of its rack',
      '9.0 s  plant gets unit 1 into its rack',
      '10.0 s  plant has line B of its field bus broken',
      '11.0 s  plant has line B of its field bus mended',
    ]);
  });

  test('a supply has no time lapse', () => {
    const { steps } = planWith(['{ at: 10s, dip: plant, for: 80ms }'], { timeCompression: 10 });
    expect(steps).toMatchObject([{ atMs: 1000, action: { do: 'dip', forMs: 80 } }]);
  });

  test.for([
    ['{ at: 1s, dip: level, for: 1s }', 'timeline.0.dip: a sensor cannot do this'],
    ['{ at: 1s, unplug: hub }', 'timeline.0.unplug: a broker cannot do this'],
    ['{ at: 1s, restart: level, how: cold }', 'timeline.0.how: a sensor knows no cold start'],
    ['{ at: 1s, restart: hub, how: warm }', 'timeline.0.how: a broker knows no warm start'],
    ['{ at: 59s, dip: plant, for: 2s }', 'timeline.0: lasts until 61 s, after the end at 60 s'],
    ['{ at: 1s, dip: plant }', 'timeline.0.for: '],
    ['{ at: 1s, input: plant, name: level, for: 1s }', 'timeline.0.for: expected a "value" that lasts so long'],
    ['{ at: 1s, breakBus: plant, line: C }', 'timeline.0.line: '],
  ])('%s', ([line = '', message = '']) => {
    const [first = '', ...others] = errorsOf(line);
    expect(others).toEqual([]);
    expect(first).toMatch(/^s\.yaml:\d+:\d+ /);
    expect(first).toContain(message);
  });
});
