// A failed check is repeated alone by the command that is printed with it.
import { expect, test } from 'vitest';
import { resultsOf, Workplace } from './command-line.ts';

test(
  'the command printed with a failed check drives that check alone, and it fails again',
  { timeout: 60_000 },
  async () => {
    await using place = new Workplace();
    // Aedes forwards the DUP flag of its publisher: a real broker with a real fault.
    const ended = await place.run(['conform', '--select', 'publish/acknowledged,MQTT-3.3.1-3', '--report', 'first']);
    expect(ended.code).toBe(1);
    const checks = resultsOf(place.path('first')).targets[0]?.checks ?? [];
    const failed = checks.filter((it) => it.verdict === 'fail');
    expect(failed.length).toBeLessThan(checks.length);
    expect(failed.map((it) => it.id)).toEqual(['publish/dup-not-propagated']);
    const repeat = failed[0]?.repeat ?? '';
    expect(ended.stdout).toContain(repeat);

    const [program, ...args] = repeat.split(' ');
    expect(program).toBe('fieldbench');
    const again = await place.run([...args, '--report', 'again']);
    expect(again.code).toBe(1);
    const repeated = resultsOf(place.path('again')).targets.flatMap((it) => it.checks);
    expect(repeated.map(({ id, verdict }) => ({ id, verdict }))).toEqual([
      { id: 'publish/dup-not-propagated', verdict: 'fail' },
    ]);
  },
);

test('over a link the command names it, what it asks of the run is printed, and report says the same', async () => {
  await using place = new Workplace();
  const select = ['--select', 'keep-alive/kept,connect/take-over'];
  const ended = await place.run(['conform', '--link', 'lan', ...select, '--report', 'first']);
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toMatch(/over the link lan: .*\n {2}each connection has a link of its own\n/);
  expect(ended.stdout).toMatch(/ keep alive 2 s\n/);
  const { checks = [] } = resultsOf(place.path('first')).targets[0] ?? {};
  for (const { repeat } of checks) expect(repeat).toContain(' --link lan ');
  const again = await place.run(['report', 'first']);
  const [told] = ended.stdout.split('report  ');
  expect(again.stdout).toContain(told);
});

test('a link that carries no connections is refused by name before anything starts', async () => {
  await using place = new Workplace();
  const ended = await place.run(['conform', '--link', 'iridium-sbd', '--report', 'none']);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/"iridium-sbd".*messages.*\[FB_LINK_CAPABILITY\]/);
  expect(place.registeredRuns()).toEqual([]);
});
