// The counting line of a tap.
import { expect, test } from 'vitest';
import { TapMeter } from '../../src/report/tap-meter.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect } from '../judge/packets.ts';

test('who is online, bytes each way, money, the link, and what was found', () => {
  const h = new HistoryOf();
  h.conn('device', { link: 'tap' }).client(connect()).server(connack());
  h.conn('device', { link: 'tap' }).ended('client');
  h.record({ kind: 'link', link: 'tap', state: 'cut', figures: {} });
  const meter = new TapMeter();
  for (const event of h.events) meter.note(event, 1);
  const findings = h.events.length;
  expect(meter.text(61_000, undefined)).toBe(`61 s · link cut · 1 online · ${findings} findings`);
  const carried = { up: { payloadB: 999, ipB: 1500 }, down: { payloadB: 12_345, ipB: 2_000_000 } };
  expect(meter.text(61_000, carried)).toBe(
    `61 s · link cut · 1 online · up 999 B · down 12.3 kB · about 2 MB on IP · ${findings} findings`,
  );
  const bill = { currency: 'USD', cost: { total: 12.5 } };
  expect(meter.text(61_000, { ...carried, bill })).toContain('on IP · 12.5 USD · ');
});
