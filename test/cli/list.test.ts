// What `fieldbench list` shows: every row whole, whatever the width of the terminal, and on one line for programs.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checks } from '../../src/conformance/checks.ts';
import { tableLines } from '../../src/cli/table.ts';
import { readLinkFile } from '../../src/scenario/link-file.ts';
import { shippedLinks } from '../../src/scenario/shipped-links.ts';
import { statements311 } from '../../src/spec/catalogue.ts';
import { Workplace } from './command-line.ts';

describe('a table', () => {
  const text = 'one two three four five six seven eight nine ten eleven twelve thirteen';
  const rows = [
    ['connect/accepted', '3.2', '', text],
    ['filters/reference', '4.7.1', 'alone, unsafe', text],
  ];

  test.each([80, 120])('fits into %i columns, with nothing lost', (width) => {
    const lines = tableLines(rows, width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.join(' ').split(/\s+/)).toEqual(rows.flat().join(' ').split(/\s+/));
    expect(lines.filter((line) => !line.startsWith(' '))).toHaveLength(rows.length);
  });

  test('has its last column below where there is no room beside the others', () => {
    expect(tableLines([['a'.repeat(50), '3.2', 'words']], 80)).toEqual([`${'a'.repeat(50)}  3.2`, '    words']);
    expect(tableLines([['a', '3.2', 'words']], 80)).toEqual(['a  3.2  words']);
  });

  test('stands on one line a row for programs', () => {
    expect(tableLines(rows, Number.POSITIVE_INFINITY)).toHaveLength(rows.length);
    expect(tableLines([['one'], ['two']], Number.POSITIVE_INFINITY)).toEqual(['one', 'two']);
  });
});

test.concurrent(
  'list checks: section, and what a check needs for itself or is kept from, with the reason',
  { timeout: 60_000 },
  async () => {
    await using place = new Workplace();
    const { code, stdout } = await place.run(['list', 'checks']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(checks.length);
    for (const [at, { id, section, title, unsafe, optIn }] of checks.entries()) {
      expect(lines[at]).toMatch(new RegExp(String.raw`^${id} +${section.replaceAll('.', String.raw`\.`)} `));
      expect(lines[at]).toContain(title);
      expect(lines[at]?.includes(`; unsafe: it ${unsafe}`)).toBe(unsafe !== undefined);
      expect(lines[at]?.includes(`; opt-in: it ${optIn}`)).toBe(optIn !== undefined);
    }
    expect(stdout).toMatch(/^restart\/killed +\S+ +own broker /m);
  },
);

test.concurrent('list statements: by how much each is judged, or why it is not', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const { code, stdout } = await place.run(['list', 'statements']);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(statements311().length);
  for (const line of lines)
    expect(line).toMatch(/^MQTT-\S+ +(?:[1-9]\d* checks?(?:, [1-9]\d* rules?)? .+|- .+; not judged: .+)$/);
  expect(stdout).toMatch(/^MQTT-4\.8\.0-2 +- .+ can be neither forced nor recognised from outside/m);
});

test.concurrent('list links: every shipped profile with its title', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const { code, stdout } = await place.run(['list', 'links']);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(await shippedLinks());
  expect(stdout).toMatch(/^iridium-sbd +messages +Iridium Short Burst Data modem/m);
});

test.concurrent('list links NAME: every figure with its evidence', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const { code, stdout } = await place.run(['list', 'links', 'nb-iot']);
  expect(code).toBe(0);
  const { figures, profile } = await readLinkFile('nb-iot');
  const lines = stdout.split('\n');
  for (const { path, value, evidence } of figures) {
    const found = lines.filter((line) => line.startsWith(`${path} `) && line.endsWith(`  ${evidence}`));
    expect(found.map((line) => line.includes(`  ${value} `))).toEqual([true]);
  }
  expect(stdout).toContain(`nb-iot: ${profile.title}\n`);
  expect(stdout).toContain(`  caution: ${profile.caution}\n`);
});

test.concurrent('list links NAME: a file of one’s own, which may leave evidence out', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  writeFileSync(place.path('mast.yaml'), 'title: the radio on the mast\nrtt: 180ms\n');
  const { code, stdout } = await place.run(['list', 'links', './mast.yaml']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^rtt +180ms +not said$/m);
});

test.concurrent.for([
  [['links', 'geo-vast'], /FB_LINK_UNKNOWN.*did you mean "geo-vsat"/s],
  [['rules', 'MQTT-1'], /there is no more to tell of "MQTT-1" than "fieldbench list rules" shows.*links/s],
  [['linkz'], /cannot list "linkz".*did you mean "links"/s],
] as const)('list %j says what is wrong', { timeout: 60_000 }, async ([words, expected]) => {
  await using place = new Workplace();
  const { code, stderr } = await place.run(['list', ...words]);
  expect(code).toBe(2);
  expect(stderr).toMatch(expected);
});

test.concurrent('list backends: what each of them can do', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const { stdout } = await place.run(['list', 'backends']);
  expect(stdout).toMatch(/^embedded +.*packet-faults/m);
  expect(stdout).toMatch(/^toxiproxy/m);
});

test.concurrent('list tariffs: names, and of one each figure with its evidence', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const all = await place.run(['list', 'tariffs']);
  expect(all.stdout).toMatch(/^bgan +Inmarsat BGAN/m);
  const one = await place.run(['list', 'tariffs', 'certus-100']);
  expect(one.stdout).toMatch(/^minPerSecondB +300 .+digitalskies\.info/m);
  expect(one.stdout).toMatch(/^perMbUp +5 +assumed/m);
  expect(await place.run(['list', 'tariffs', 'certus'])).toMatchObject({ code: 2 });
  expect(await place.run(['list', 'rules', 'certus'])).toMatchObject({ code: 2 });
});

test.concurrent('list faults: what each shipped file plays', { timeout: 60_000 }, async () => {
  await using place = new Workplace();
  const all = await place.run(['list', 'faults']);
  expect(all.stdout).toMatch(/^lose-first-pubrec +lose-first-pubrec/m);
  const one = await place.run(['list', 'faults', 'unruly-line']);
  expect(one.stdout).toMatch(/^slow-alarms /m);
  expect(await place.run(['list', 'faults', 'nothing-like-it'])).toMatchObject({ code: 2 });
});

test.concurrent(
  'list targets: how each can be had; and all that the file of one says',
  { timeout: 60_000 },
  async () => {
    await using place = new Workplace();
    const [all, one, none] = await Promise.all(
      [[], ['nats'], ['nuts']].map((more) => place.run(['list', 'targets', ...more])),
    );
    expect(all?.stdout).toMatch(/^mosquitto +process, container +Eclipse Mosquitto$/m);
    expect(all?.stdout).toMatch(/^image:REF +/m);
    expect(one?.stdout).toMatch(/^limit +qos2: QoS 2 is not supported \(https:\/\/\S+\)$/m);
    expect(one?.stdout).toMatch(/^ +listeners: mqtt, websocket; by another instance: login, acl$/m);
    expect([none?.code, none?.stderr]).toEqual([2, expect.stringContaining('did you mean "nats"?')]);
  },
);
