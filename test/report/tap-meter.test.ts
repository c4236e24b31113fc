// The counting line of a tap.
import { expect, test } from 'vitest';
import { TapMeter } from '../../src/report/tap-meter.ts';
import { encode } from '../../src/wire/encode.ts';
import { HistoryOf } from '../judge/history-of.ts';
import { connack, connect, publish } from '../judge/packets.ts';

test('who is online, bytes each way once, the link, and what was found', () => {
  const h = new HistoryOf();
  const stays = h.conn('device', { link: 'tap' }).client(connect()).server(connack());
  h.conn('device', { link: 'tap' }).ended('client');
  stays.client(publish(0, undefined, { payload: Buffer.alloc(1000) }));
  h.record({ kind: 'link', link: 'tap', state: 'cut', figures: {} });
  const meter = new TapMeter();
  for (const event of h.events) meter.note(event, 0);
  meter.note({ kind: 'end', seq: 99, tMs: 9, how: 'completed' }, 3);
  const upB = encode(connect()).length + encode(publish(0, undefined, { payload: Buffer.alloc(1000) })).length;
  expect(meter.text(61_000)).toBe(
    `61 s · link cut · 1 online · up ${(upB / 1000).toFixed(2)} kB · down 4 B · 3 findings`,
  );
});
