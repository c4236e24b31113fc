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
