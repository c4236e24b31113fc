// What a scenario says about its links: profiles by name or path, changes of them, and what the timeline makes of them.
import { describe, expect, test } from 'vitest';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { errorText } from '../../src/error.ts';
import type { Plan } from '../../src/bench/plan.ts';
import { evenProfile, plainProfile } from '../../src/faults/link-profile.ts';
import { judgeRun } from '../../src/run/judge-run.ts';
import { describePlan } from '../../src/scenario/describe.ts';
import { readLinkProfile } from '../../src/scenario/link-file.ts';
import { planOf } from '../../src/scenario/plan-of.ts';
import { parseScenario } from '../../src/scenario/read-scenario.ts';
import { readLinkProfiles } from '../../src/scenario/scenario-links.ts';
import { FileErrors } from '../../src/bench/files/file-errors.ts';

/** Beside the link files of these tests. */
const file = new URL('link-files/scenario.yaml', import.meta.url).pathname;

const text = (link: string, timeline = ''): string => `name: tiny
question: Does it work?
brokers: { hub: { target: embedded } }
links: { sat: ${link} }
devices: { listener: { kind: subscriber, broker: hub, link: sat, filters: { 'a/#': 1 } } }
timeline: [${timeline}]
duration: 9s
`;

async function planned(link: string, timeline?: string): Promise<Plan> {
  const scenario = parseScenario(file, text(link, timeline));
  return planOf(scenario, {}, await readLinkProfiles(scenario));
}

async function linkOf(link: string) {
  return (await planned(link)).links[0]?.profile;
}

async function wrongWith(link: string, timeline?: string): Promise<readonly string[]> {
  try {
    await planned(link, timeline);
  } catch (error) {
    if (error instanceof FileErrors) return error.errors.map((it) => errorText(it).replace(/^.*?link-files\//, ''));
    throw error;
  }
  return [];
}

describe('a link', () => {
  test('of delay and jitter alone is what it always was', async () => {
    const { up, down } = evenProfile({ delayMs: 280, jitterMs: 30 });
    expect(await linkOf('{ delay: 280ms, jitter: 30ms }')).toMatchObject({
      ...plainProfile,
      name: 'sat',
      title: expect.any(String),
      up,
      down,
    });
    expect(await linkOf('{}')).toMatchObject({ up: plainProfile.up, down: plainProfile.down, outages: [] });
  });

  test('names a shipped profile', async () => {
    expect(await linkOf('{ profile: certus-100 }')).toEqual(await readLinkProfile('certus-100'));
  });

  test('names a link file by its path from the scenario', async () => {
    expect(await linkOf('{ profile: ./two-ways.yaml }')).toMatchObject({ name: 'two-ways', failover: { afterS: 10 } });
  });

  test('changes what it says and nothing else', async () => {
    const shipped = await readLinkProfile('geo-vsat');
    expect(await linkOf('{ profile: geo-vsat, rtt: 1s, up: { loss: 5% }, tariff: geo-vsat-mb }')).toEqual({
      ...shipped,
      up: { ...shipped.up, delayMs: 500, loss: { model: 'bernoulli', lossPct: 5 } },
      down: { ...shipped.down, delayMs: 500 },
      tariff: 'geo-vsat-mb',
    });
  });
});

const actions = async (timeline: string) => (await planned('{ profile: lan }', timeline)).steps.map((it) => it.action);

describe('a step of the timeline', () => {
  test('that speaks of delay and jitter alone is passed on as just that', async () => {
    expect(await actions('{ at: 1s, shape: sat, delay: 1s }, { at: 2s, shape: sat, rtt: 1s, jitter: 5ms }')).toEqual([
      { do: 'shape', link: 'sat', delayMs: 1000 },
      { do: 'shape', link: 'sat', delayMs: 500, jitterMs: 5 },
    ]);
  });

  test('becomes another profile, changed or not', async () => {
    const bgan = await readLinkProfile('bgan');
    expect(await actions('{ at: 1s, shape: sat, profile: bgan, loss: 0% }')).toEqual([
      {
        do: 'shape',
        link: 'sat',
        profile: {
          ...bgan,
          up: { ...bgan.up, loss: { model: 'none' } },
          down: { ...bgan.down, loss: { model: 'none' } },
        },
      },
    ]);
  });

  test('changes what the steps before it in time have made', async () => {
    const [, , last] = await actions(
      '{ at: 3s, shape: sat, loss: 1% }, { at: 1s, shape: sat, profile: 2g }, { at: 2s, shape: sat, delay: 9ms }',
    );
    const { up } = await readLinkProfile('2g');
    expect(last).toMatchObject({ profile: { name: '2g', up: { delayMs: 9, rateBitPerS: up.rateBitPerS } } });
  });
});

describe('what is wrong is said before anything starts, with its place', () => {
  test.each([
    ['{ profile: geo-vast }', '', /^scenario\.yaml:4:17 there is no link profile "geo-vast" \[FB_LINK_UNKNOWN\]/],
    ['{ profile: ./none.yaml }', '', /^scenario\.yaml:4:17 cannot read the link file .* \[FB_LINK_FILE\]/],
    ['{ profile: ./wrong.yaml }', '', /^wrong\.yaml:2:1 the file: unknown key "roundtrip"/],
    ['{}', '{ at: 1s, shape: sat, profile: bgn }', /^scenario\.yaml:6:34 there is no link profile "bgn"/],
    ['{ profile: bgan, rate: 0 bit/s }', '', /^scenario\.yaml:4:32 links\.sat: up\.rateBitPerS cannot be 0/],
    ['{ profil: bgan }', '', /^scenario\.yaml:4:17 links\.sat: unknown key "profil".*\n.*did you mean "profile"/],
    ['{ rtt: 1s, delay: 1s }', '', /^scenario\.yaml:4:26 links\.sat\.delay: a delay is given, and the round trip/],
    ['{}', '{ at: 1s, shape: sat, loss: 200% }', /^scenario\.yaml:6:34 timeline\.0: up\.loss\.lossPct cannot be 200/],
  ])('%s %s', async (link, timeline, expected) => {
    const wrong = await wrongWith(link, timeline);
    expect(wrong.filter((it) => expected.test(it))).toHaveLength(1);
  });

  test.each([
    [
      'a link',
      '{ profile: iridium-sbd }',
      '',
      /^scenario\.yaml:4:17 links\.sat: iridium-sbd \(.*\) stores and forwards/,
    ],
    ['a step', '{}', '{ at: 1s, shape: sat, profile: lora-backhaul }', /^scenario\.yaml:6:34 timeline\.0: lora-/],
  ])('%s that carries messages is refused, with the reason', async (_, link, timeline, expected) => {
    const wrong = await wrongWith(link, timeline);
    expect(wrong).toEqual([expect.stringMatching(expected)]);
    expect(wrong[0]).toMatch(/no TCP connection, and so no MQTT, passes it \[FB_LINK_CAPABILITY\]/);
  });

  test('a link that carries streams is not refused', async () => {
    expect(await wrongWith('{ profile: nb-iot }', '{ at: 1s, shape: sat, profile: 2g }')).toEqual([]);
  });
});

test('in words: title, figures, outages and caution', async () => {
  const lines = describePlan(await planned('{ profile: nb-iot }', '{ at: 1s, shape: sat, profile: certus-100 }'), []);
  const words = lines.join('\n');
  expect(words).toContain(
    '  sat: link by embedded, NB-IoT modem in good coverage; RTT 537 ms, jitter 150 ms (pareto), ',
  );
  expect(words).toContain('\n    after 20 s of silence 2 s to wake up\n');
  expect(words).toMatch(/\n {4}caution: "As proposed in .*GSMA TS\.34\)\n/);
  expect(words).toContain('   1.0 s  sat: Iridium Certus 100 terminal; RTT 1.2 s, ');
});

test('a recorded run is judged without the link files that it was played with', async () => {
  const scenario = parseScenario(
    '/gone/scenario.yaml',
    `${text('{ profile: ./gone.yaml }', '{ at: 1s, shape: sat, profile: gone }')}
expectations: [{ reconnected: { device: listener, within: 1s } }]`,
  );
  const history = memoryHistory();
  history.record({
    kind: 'run',
    schema: 1,
    runId: 'a',
    fieldbench: '0',
    mode: 'scenario',
    seed: 1,
    startedAt: '',
    clock: 'test',
    command: 'fieldbench run gone.yaml',
    scenario: { file: scenario.file, text: scenario.text },
    parameters: {},
    provenance: {},
  });
  history.record({ kind: 'target', target: 'hub', version: '1', how: 'embedded', repeat: 'embedded', limits: [] });
  history.record({ kind: 'end', how: 'completed' });
  const [hub] = judgeRun(history.events).targets;
  expect(hub?.checks.map((it) => it.id)).toEqual(['reconnected:listener']);
  // To play it again would need them.
  await expect(readLinkProfiles(scenario)).rejects.toMatchObject({
    errors: [{ code: 'FB_LINK_FILE' }, { code: 'FB_LINK_UNKNOWN' }],
  });
});
