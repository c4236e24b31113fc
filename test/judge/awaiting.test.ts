// The one piece that judges absence: in time, late, never, ended before, mute.
import { describe, expect, test } from 'vitest';
import { Awaiting } from '../../src/judge/awaiting.ts';
import type { ConnectionView, Report } from '../../src/judge/rule.ts';

const limitMs = 1000;
const duty = (tMs: number) => ({
  seq: tMs,
  tMs,
  statements: ['MQTT-3.12.4-1', 'MQTT-3.8.4-1'] as const,
  expected: 'it',
});

function said(): { readonly report: Report; readonly log: string[] } {
  const log: string[] = [];
  const say = (verdict: string) => (statement: string, what: { events: readonly number[] }) => {
    log.push(`${verdict} ${statement} ${what.events.join('-')}`);
  };
  return {
    log,
    report: {
      pass: say('pass'),
      warn: say('warn'),
      fail: say('fail'),
      inconclusive: say('inconclusive'),
      remark: (what) => log.push(`remark ${what.events.join('-')}`),
    },
  };
}

function viewAliveAt(lastPacketMs: number): ConnectionView {
  const party = {
    name: 'broker',
    lastPacketMs,
    previousPacketMs: Number.NEGATIVE_INFINITY,
    isGone: false,
    isForeign: false,
  };
  const rest = {
    vantage: 'wire',
    client: 'a',
    server: 'broker',
    tainted: false,
    complete: true,
    takenOver: false,
  } as const;
  return { id: 'c1', party, ...rest };
}

describe('what comes', () => {
  test.each([
    [1000, 'pass'],
    [1001, 'warn'],
  ])('after %i ms: %s, for every statement that demands it', (tookMs, verdict) => {
    const { report, log } = said();
    const awaiting = new Awaiting(limitMs, 'time');
    awaiting.expect('k', duty(5));
    expect(awaiting.met('k', { seq: 9, tMs: 5 + tookMs }, report)).toMatchObject({ seq: 5 });
    expect(log).toEqual([`${verdict} MQTT-3.12.4-1 5-9`, `${verdict} MQTT-3.8.4-1 5-9`]);
  });

  test('fulfils the oldest duty of its key and no other', () => {
    const { report, log } = said();
    const awaiting = new Awaiting(limitMs, 'time');
    for (const tMs of [1, 2]) awaiting.expect('k', duty(tMs));
    awaiting.expect('other', duty(3));
    expect(awaiting.met('k', { seq: 4, tMs: 4 }, report)?.seq).toBe(1);
    expect(awaiting.met('k', { seq: 5, tMs: 5 }, report)?.seq).toBe(2);
    expect(awaiting.met('k', { seq: 6, tMs: 6 }, report)).toBeUndefined();
    expect(awaiting.has('other')).toBe(true);
    expect(log).toHaveLength(4);
  });
});

describe('what does not come', () => {
  test.each([
    ['fails against a living party', 1005, 6, ['fail MQTT-3.12.4-1 5', 'fail MQTT-3.8.4-1 5']],
    ['is inconclusive against a mute one', 1005, 5, ['inconclusive MQTT-3.12.4-1 5', 'inconclusive MQTT-3.8.4-1 5']],
    [
      'is inconclusive against one that woke later',
      1005,
      1006,
      ['inconclusive MQTT-3.12.4-1 5', 'inconclusive MQTT-3.8.4-1 5'],
    ],
    ['is nothing when the connection ended before', 1004, 6, []],
  ])('%s', (_name, endMs, aliveMs, log) => {
    const it = said();
    const awaiting = new Awaiting(limitMs, 'time');
    awaiting.expect('k', duty(5));
    awaiting.end(viewAliveAt(aliveMs), endMs, it.report);
    expect(it.log).toEqual(log);
    awaiting.end(viewAliveAt(aliveMs), endMs, it.report);
    expect(it.log).toEqual(log);
  });

  test('fails when the party was alive meanwhile and has spoken since', () => {
    const it = said();
    const awaiting = new Awaiting(limitMs, 'time');
    awaiting.expect('k', duty(5));
    const view = viewAliveAt(2000);
    awaiting.end({ ...view, party: { ...view.party, previousPacketMs: 1005 } }, 1005, it.report);
    expect(it.log).toEqual(['fail MQTT-3.12.4-1 5', 'fail MQTT-3.8.4-1 5']);
  });

  test('is nothing once it was dropped', () => {
    const it = said();
    const awaiting = new Awaiting(limitMs, 'time');
    awaiting.expect('k', duty(5));
    awaiting.drop('k');
    awaiting.end(viewAliveAt(9), 9000, it.report);
    expect(it.log).toEqual([]);
  });
});
