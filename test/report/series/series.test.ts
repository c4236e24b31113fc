// Series of written histories: every figure is one that the transcript shows.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../../src/history/event.ts';
import { payloadHash } from '../../../src/history/payload-hash.ts';
import { seriesOf } from '../../../src/report/series/series.ts';
import { seriesLine } from '../../../src/report/series/series-words.ts';
import { endOf, mostIntervals, timeAxis } from '../../../src/report/series/time-axis.ts';
import { HistoryOf } from '../../judge/history-of.ts';
import { connack, connect, publish } from '../../judge/packets.ts';

const message = (text: string) => ({ topic: 't', payload: Buffer.from(text) });

/** A pump behind a link and a display without one; the second message is lost with the link. */
function played(): HistoryOf {
  const history = new HistoryOf();
  const display = history.conn('display');
  display.client(connect()).server(connack());
  const pump = history.conn('pump', { link: 'radio/pump' });
  pump.client(connect()).server(connack());
  history.record({ kind: 'mark', name: 'timeline', data: { step: 'everybody is online' } });
  const means = (text: string, ordinal: number): void => {
    const payloadOf = { topic: 't', payloadHash: payloadHash(Buffer.from(text)) };
    history.record({ kind: 'intent', part: 'pump', qos: 0, retain: false, ordinal, ...payloadOf });
  };
  history.wait(1000);
  means('one', 1);
  pump.client(publish(0, undefined, message('one')));
  history.wait(300);
  display.server(publish(0, undefined, message('one')));
  display.server(publish(0, undefined, message('one')));
  display.server(publish(0, undefined, { ...message('two'), retain: true }));
  history.record({ kind: 'link', link: 'radio/pump', state: 'cut', figures: {} });
  means('two', 2);
  pump.seenOnly('clientEnd', 'toServer', publish(0, undefined, message('two')));
  pump.wait(1000).ended('link', 'rst');
  history.record({ kind: 'link', link: 'radio/pump', state: 'up', figures: {} });
  const again = history.conn('pump', { link: 'radio/pump' });
  again.client(connect()).server(connack());
  history.record({ kind: 'mark', name: 'timeline', data: { step: 'publishing ends' } });
  return history;
}

describe('series', () => {
  const series = seriesOf(played().events);
  const at = (seconds: number) => series.intervals[Math.floor((seconds * 1000) / series.axis.stepMs)];

  test('count messages when they were meant and when their first copy arrived', () => {
    expect(series.totals).toMatchObject({ intended: 2, delivered: 1, p50Ms: 303, p99Ms: 303, reconnects: 1 });
    expect(series.intervals.reduce((sum, it) => sum + it.intended, 0)).toBe(2);
    expect(at(1)).toMatchObject({ intended: 1, delivered: 0, p50Ms: 303 });
    expect(at(1.35)).toMatchObject({ intended: 1, delivered: 1 });
    expect(at(1.35)?.p50Ms).toBeUndefined();
  });

  test('show the fewest devices that were online in a step, and the share of time', () => {
    expect(series.devices).toBe(2);
    expect(at(1)?.online).toBe(2);
    expect(at(1.5)?.online).toBe(1);
    // From the cut of its link until it was accepted again one of two was away, 1011 of 2319 ms.
    expect(series.totals.onlineShare).toBeCloseTo(1 - 1011 / (2 * 2319), 10);
  });

  test('tell bytes by the end at which they were seen', () => {
    const lost = publish(0, undefined, message('two')).payload.length + 5;
    const [link] = series.links;
    expect(link).toMatchObject({ link: 'radio', members: 1 });
    expect((link?.clientEndB ?? 0) - (link?.serverEndB ?? 0)).toBe(lost);
    expect(link?.ipB).toBeUndefined();
  });

  test('take bytes and money from what the links say when they are taken down', () => {
    const usage = {
      link: 'radio/pump',
      upIpB: 100,
      downIpB: 20,
      cost: 0.5,
      monthCost: 90,
      currency: 'USD',
      tariff: 'bgan',
    };
    const { events } = played().record({ kind: 'mark', name: 'link-usage', data: usage });
    const { links, totals } = seriesOf(events);
    expect(links).toMatchObject([{ ipB: 120, cost: { total: 0.5, month: 90, currency: 'USD', tariff: 'bgan' } }]);
    expect(seriesLine({ totals, links })).toBe(
      'devices online 78.2 % of the time; 1 of 2 messages delivered; latency p50 303 ms, p99 303 ms; 1 reconnect; radio 0.5 USD',
    );
  });

  test('count what foreign devices publish from when it left them', () => {
    const withoutIntents = played().events.filter((it) => it.kind !== 'intent');
    expect(seriesOf(withoutIntents).totals).toMatchObject({ intended: 2, delivered: 1, p50Ms: 302 });
  });
});

test('any beginning of a history has series, and no message arrives that was not meant', () => {
  const { events } = played();
  fc.assert(
    fc.property(fc.nat(events.length), (length) => {
      const { intervals, totals } = seriesOf(events.slice(0, length));
      expect(totals.delivered).toBeLessThanOrEqual(totals.intended);
      expect(intervals.reduce((sum, it) => sum + it.delivered, 0)).toBe(totals.delivered);
      expect(intervals.every((it) => Number.isFinite(it.online))).toBe(true);
    }),
  );
});

test('an axis of any length has few intervals, and the end lies in the last', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (endMs) => {
      const { stepMs, count } = timeAxis(endMs);
      expect(count).toBeLessThanOrEqual(mostIntervals);
      expect(stepMs * count).toBeGreaterThan(endMs);
      expect(stepMs * (count - 1)).toBeLessThanOrEqual(endMs);
    }),
  );
});

const event = (tMs: number): HistoryEvent => ({ kind: 'mark', name: 'x', seq: 1, tMs });

test('a run ends with the last thing that happened, whatever the order', () => {
  expect(endOf([event(5), event(9), event(7)])).toBe(9);
});
