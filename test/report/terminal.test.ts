// The verdict in a terminal.
import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { terminalReport } from '../../src/report/terminal.ts';
import { anyText } from './hostile.ts';
import { playedScenario } from './played-scenario.ts';
import { sample } from './sample.ts';

describe('the terminal report', () => {
  const { run, events } = sample();
  const lines = terminalReport(run, { colour: false, folder: '/tmp/run', events });

  test('says the verdict first and the report last', () => {
    expect(lines[0]).toMatch(/^✗ fail {2}broker 2.0 site\/pump broke 1 of 3/);
    expect(lines.at(-1)).toBe('report  /tmp/run/report.html');
  });

  test('says what happened over time in a line, of a scenario only', () => {
    const played = playedScenario();
    const reportOf = (mode: 'scenario' | 'conform') =>
      terminalReport(
        { ...played.run, run: { ...played.run.run, mode } },
        { colour: false, events: played.events },
      ).join(' ');
    const happened = /devices online [\d.]+ % of the time; 1 of 2 messages delivered; latency p50 \d+ ms/;
    expect(reportOf('scenario')).toMatch(happened);
    expect(reportOf('conform')).not.toMatch(happened);
  });

  test('expands what is not pass and counts the rest', () => {
    const tree = lines.filter((it) => /^ {2}[├└│]/.test(it));
    expect(tree).toEqual([
      '  ├ 3.1 CONNECT                ! 1 warn',
      '  │   ! warn  MQTT-3.1.2-24  server enforces 1.5 x keep alive, time to PUBACK 12.3 ms (≤ 5,000 ms)',
      '  ├ 3.3 PUBLISH                ○ 1 not exercised',
      '  ├ 4.3 quality of service     ✗ 1 fail',
      '  │   ✗ fail  MQTT-4.3.2-2  QoS 1 receiver, time to PUBACK 12.3 ms (≤ 5,000 ms)',
      '  └ 4.6 message order          ✓ 1 pass',
    ]);
  });

  test('shows every expectation with the measured value beside its limit', () => {
    const text = lines.join(' ').replaceAll(/ +/g, ' ');
    for (const figure of ['lost 2 (≤ 0)', 'latency p99 812 ms (≤ 1,500 ms)', 'will delay none']) {
      expect(text).toContain(figure);
    }
  });

  test('repeats failures at the end with packets, bytes and command', () => {
    const failures = lines.slice(lines.indexOf('Failures (3)')).join('\n');
    for (const part of [
      '  expected  PUBACK 7',
      '        or  a close',
      '  came      PUBACK 8',
      '  > ',
      'PUBACK id 8',
      '40 02 [00 08]',
      '  repeat    fieldbench conform',
    ]) {
      expect(failures).toContain(part);
    }
  });

  test('colours only when asked to', () => {
    expect(lines.join('')).not.toContain('\u001b');
    const coloured = terminalReport(run, { colour: true, events });
    expect(stripVTControlCharacters(coloured.join(''))).toBe(lines.slice(0, -2).join(''));
  });

  test('nothing from the wire reaches the terminal as anything but text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const hostile = sample(text);
        for (const line of terminalReport(hostile.run, { colour: false, folder: 'out', events: hostile.events })) {
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 100 },
    );
  });
});
