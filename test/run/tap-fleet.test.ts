// A thousand devices through one tap, all at once; and no more than it is told.
import { expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { disconnect, publish } from '../judge/packets.ts';
import { turnedAway } from '../net/loopback.ts';
import { RawDevice } from './raw-device.ts';
import { standingTap, type TapBed } from './tap-bed.ts';

const fleet = 1000;
/** What a broker's listening socket takes at once. */
const atOnce = 100;

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    await Promise.all(items.slice(from, from + atOnce).map((it) => work(it)));
  }
}

const openAt =
  (seenAt: 'clientEnd' | 'serverEnd') =>
  ({ events }: TapBed): number =>
    count(events, 'opened', seenAt) - count(events, 'ended', seenAt);

function count(events: readonly HistoryEvent[], kind: 'opened' | 'ended', seenAt: string): number {
  return events.filter((it) => it.kind === kind && it.seenAt === seenAt).length;
}

test('a thousand devices at once, each told apart, none blamed', { timeout: 60_000 }, async () => {
  await using bed = await standingTap({ upstream: 'embedded' });
  await using devices = new AsyncDisposableStack();
  const online: RawDevice[] = [];
  await inBatches(
    Array.from({ length: fleet }, (_, n) => n),
    async (n) => {
      const device = devices.use(await RawDevice.at(bed.tap.endpoint, { clientId: `meter-${n}` }));
      await device.next('CONNACK');
      online.push(device);
    },
  );
  expect(openAt('clientEnd')(bed)).toBe(fleet);
  expect(openAt('serverEnd')(bed)).toBe(fleet);
  await inBatches(online, async (device) => {
    await device.send(publish(1, 1, { topic: 'meters' }));
    await device.next('PUBACK');
    await device.send(disconnect);
    await device.wire.closed;
  });
  const { run, events } = await bed.finish();
  expect(bed.live).toEqual([]);
  expect(run.exitCode).toBe(0);
  expect(run.warnings).toEqual([]);
  const all = run.targets.find((it) => it.role === 'device');
  expect(all?.name).toBe(`${fleet} devices without a finding`);
  expect(all?.findings.find((it) => it.statement === 'MQTT-3.1.0-1')?.count).toBe(1);
  expect(new Set(all?.findings.map((it) => it.connection)).size).toBe(fleet);
  // CONNECT, CONNACK, PUBLISH, PUBACK, DISCONNECT, at both taps.
  expect(events.filter((it) => it.kind === 'packet')).toHaveLength(fleet * 5 * 2);
});

test('one more than allowed is refused, and that is written down', async () => {
  await using bed = await standingTap({ upstream: 'embedded', entrance: { maxConnections: 2 } });
  await using first = await RawDevice.at(bed.tap.endpoint, { clientId: 'first' });
  await using second = await RawDevice.at(bed.tap.endpoint, { clientId: 'second' });
  await Promise.all([first.next('CONNACK'), second.next('CONNACK')]);
  await turnedAway(bed.tap.endpoint);
  await bed.until(() => bed.events.some((it) => it.kind === 'mark' && it.name === 'tap-refused'));
  expect(bed.events.find((it) => it.kind === 'mark' && it.name === 'tap-refused')).toMatchObject({
    data: { address: '127.0.0.1', why: 'there are 2 connections already' },
  });
});
