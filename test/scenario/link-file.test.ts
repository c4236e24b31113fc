// A link file is read as it is meant, and a mistake in one is told with its place, its hint, and all others with it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorText } from '../../src/error.ts';
import { plainProfile } from '../../src/faults/link-profile.ts';
import { parseLinkFile, readLinkFile, readLinkProfile } from '../../src/scenario/link-file.ts';
import { FileErrors } from '../../src/bench/files/file-errors.ts';

function wrongWith(text: string): readonly string[] {
  try {
    parseLinkFile('sat.yaml', text);
  } catch (error) {
    if (error instanceof FileErrors) return error.errors.map((it) => errorText(it).replaceAll('\n', ' | '));
    throw error;
  }
  return [];
}

const profileFrom = (text: string) => parseLinkFile('links/sat.yaml', text).profile;

test('a file with a title alone is a link that does nothing, named after the file', () => {
  expect(profileFrom('title: a wire')).toEqual({ ...plainProfile, name: 'sat', title: 'a wire' });
});

test('a round trip is split evenly', () => {
  fc.assert(
    fc.property(fc.nat(100_000), (rttMs) => {
      const { up, down } = profileFrom(`{ title: t, rtt: ${rttMs}ms }`);
      expect([up.delayMs, down.delayMs]).toEqual([rttMs / 2, rttMs / 2]);
    }),
  );
});

test('figures hold both ways, and those of one direction come before them', () => {
  const { up, down } = profileFrom(`
title: t
delay: 300ms
jitter: 10ms
rate: 4 Mbit/s
queue: { size: 64 kB }
loss: 0.5%
up: { rate: 128 kbit/s, jitter: 20ms, jitterDistribution: pareto, queue: { time: 2s } }
down: { loss: { every: 20 }, framing: { overhead: 5 B, least: 0 B, cell: 48 B } }
`);
  expect(up).toEqual({
    delayMs: 300,
    jitterMs: 20,
    jitterDistribution: 'pareto',
    rateBitPerS: 128_000,
    queue: { maxMs: 2000 },
    loss: { model: 'bernoulli', lossPct: 0.5 },
  });
  expect(down).toEqual({
    delayMs: 300,
    jitterMs: 10,
    jitterDistribution: 'uniform',
    rateBitPerS: 4_000_000,
    queue: { maxB: 64_000 },
    framing: { overheadB: 5, minB: 0, cellB: 48 },
    loss: { model: 'nth', every: 20 },
  });
});

test('everything else that a profile can say', () => {
  const profile = profileFrom(`
title: t
caution: >
  think
  twice
loss: { meanGood: 1min, meanBad: 500ms, lossGood: 0%, lossBad: 30% }
mtu: 1400 B
connectDelay: 2s
halfDuplex: { turnaround: 30ms }
idleWake: { after: 5s, extra: 1s }
nat: { tcpIdle: 270s, onExpiry: rst }
outages:
  - { kind: schedule, at: 1min, lasts: 5s, every: 1h, mode: half-open-up }
  - { kind: renewal, meanUp: 10min, meanDown: 20s }
  - { kind: fade, meanClear: 2h, ramp: 2min, meanOut: 3min, floor: 25%, mode: freeze }
  - { kind: handover, every: 15s, gap: 50ms, extraDelay: 10ms, burst: 200ms, burstLoss: 50% }
sharedCapacity: { id: beam, up: 1 Mbit/s, down: 4 Mbit/s }
tariff: bgan
`);
  expect(profile).toMatchObject({
    caution: 'think twice',
    up: { loss: { model: 'gilbert-elliott', meanGoodS: 60, meanBadS: 0.5, lossGoodPct: 0, lossBadPct: 30 } },
    mtuB: 1400,
    connectDelayMs: 2000,
    halfDuplex: { turnaroundMs: 30 },
    idleWake: { afterS: 5, extraMs: 1000 },
    nat: { tcpIdleS: 270, onExpiry: 'rst' },
    outages: [
      { kind: 'schedule', atS: 60, lastsS: 5, everyS: 3600, mode: 'half-open-up' },
      { kind: 'renewal', meanUpS: 600, meanDownS: 20, mode: 'drop' },
      { kind: 'fade', meanClearS: 7200, rampS: 120, meanOutS: 180, floorPct: 25, mode: 'freeze' },
      { kind: 'handover', everyS: 15, gapMs: 50, extraDelayMs: 10, burstS: 0.2, burstLossPct: 50, mode: 'drop' },
    ],
    sharedCapacity: { id: 'beam', upBitPerS: 1e6, downBitPerS: 4e6 },
    tariff: 'bgan',
  });
});

test('a message service says how long its messages may be', () => {
  const { carries, message, mtuB } = profileFrom(
    'title: t\ncarries: messages\nmessage: { up: 340 B, down: 270 B, spacing: 40s }',
  );
  expect({ carries, message, mtuB }).toEqual({
    carries: 'messages',
    message: { maxUpB: 340, maxDownB: 270, spacingMs: 40_000 },
    mtuB: 340,
  });
});

describe('what is wrong is said with its place and a hint', () => {
  test.each([
    ['an unknown key', 'title: t\njiter: 3ms', /^sat\.yaml:2:1 .*unknown key "jiter".*did you mean "jitter"/],
    ['one within a direction', 'title: t\nup: { rat: 1 }', /^sat\.yaml:2:7 up: unknown key "rat".*did you mean "rate"/],
    ['a length of time without a unit', 'title: t\nrtt: 600', /^sat\.yaml:2:1 rtt: expected a length of time/],
    ['a rate in another unit', 'title: t\nrate: 1 MB/s', /^sat\.yaml:2:1 rate: expected a rate such as/],
    ['a share without its sign', 'title: t\nloss: 0.5', /^sat\.yaml:2:1 loss: expected a share such as 0\.5%, \{/],
    ['a spell that is left out', 'title: t\nloss: { meanGood: 1s, lossGood: 0%, lossBad: 9% }', /:2:1 loss\.meanBad: /],
    ['an outage of no kind', 'title: t\noutages: [{ kind: fog }]', /^sat\.yaml:2:13 outages\.0\.kind: /],
    ['a share above all', 'title: t\nloss: 101%', /^sat\.yaml:2:1 up\.loss\.lossPct cannot be 101 \[FB_LINK_FIGURES\]/],
    ['a rate of nothing', 'title: t\nup: { rate: 0 bit/s }', /^sat\.yaml:2:7 up\.rateBitPerS cannot be 0/],
    [
      'an outage of its own length',
      'title: t\noutages: [{ kind: renewal, meanUp: 0s, meanDown: 1s }]',
      /:2:28 outages/,
    ],
    ['a packet of nothing', 'title: t\nmtu: 20 B', /^sat\.yaml:2:1 mtuB cannot be 20 .*68 to 65535 bytes/],
    ['two delays', 'title: t\nrtt: 1s\nup: { delay: 1s }', /^sat\.yaml:3:7 up\.delay: a delay is given, and the round/],
    [
      'evidence for nothing',
      'title: t\nrtt: 1s\nevidence:\n  rrt: x',
      /:4:3 evidence: there is no figure "rrt".*"rtt"/,
    ],
    ['a message on a stream', 'title: t\nmessage: { up: 1 B, down: 1 B, spacing: 1s }', /:2:1 message: /],
    ['messages of any length', 'title: t\ncarries: messages', /:2:1 carries: .*says in "message"/],
    ['text that is no YAML', 'title: [', /FB_LINK_FILE/],
  ])('%s', (_, text, expected) => {
    const wrong = wrongWith(text);
    expect(wrong.filter((it) => expected.test(it))).toHaveLength(1);
  });

  test('several things at once, all of them', () => {
    expect(wrongWith('title: t\nmtu: 20 B\nrate: 0 bit/s\nevidence: { delay: x }')).toHaveLength(4);
    expect(wrongWith('titel: t\nrtt: 3\nup: { los: 1% }')).toHaveLength(4);
  });

  test('a file that is not there', async () => {
    await expect(readLinkProfile('./nowhere.yaml')).rejects.toMatchObject({ code: 'FB_LINK_FILE' });
  });

  test('a name that is not shipped, with the nearest one', async () => {
    await expect(readLinkProfile('geo-vast')).rejects.toMatchObject({
      code: 'FB_LINK_UNKNOWN',
      hint: 'did you mean "geo-vsat"?',
    });
  });
});

test('a second interface is read from its own file, and has none of its own', async () => {
  const beside = new URL('link-files/scenario.yaml', import.meta.url).pathname;
  const { failover } = await readLinkProfile('./two-ways.yaml', beside);
  expect(failover).toMatchObject({ afterS: 10, backAfterS: 60, connections: 'rst', to: { name: '2g' } });
  await expect(readLinkProfile('./three-ways.yaml', beside)).rejects.toMatchObject({
    errors: [{ code: 'FB_LINK_SCHEMA', at: { line: 2 } }],
  });
});

test('each figure has the evidence of itself, else of its group, else none', () => {
  const { figures } = parseLinkFile(
    'sat.yaml',
    `
title: t
rtt: 600ms
up: { rate: 1 Mbit/s, loss: { every: 20 } }
nat: { tcpIdle: 5min, udpIdle: 30s }
tariff: 2g
evidence: { rtt: a page, nat: assumed, nat.udpIdle: a manual }
`,
  );
  expect(figures.map((it) => [it.path, it.value, it.evidence])).toEqual([
    ['rtt', '600ms', 'a page'],
    ['up.rate', '1 Mbit/s', undefined],
    ['up.loss.every', '20', undefined],
    ['nat.tcpIdle', '5min', 'assumed'],
    ['nat.udpIdle', '30s', 'a manual'],
  ]);
});

test('a path counts from the file that names it, and from the working directory otherwise', async () => {
  const { profile } = await readLinkFile('scenarios/links/lan.yaml');
  expect(profile).toEqual(await readLinkProfile('lan'));
});
