// The day of one remote terminal unit, against the same day reckoned by hand.
import { describe, expect, test } from 'vitest';
import { rtuDay, type RtuDay, type RtuDayOptions } from '../../src/faults/rtu-day.ts';
import { shippedTariffs, tariffPath } from '../../src/run/shipped.ts';
import { readTariff } from '../../src/scenario/tariff-file.ts';

const day = async (name: string, options: Partial<RtuDayOptions> = {}): Promise<RtuDay> =>
  rtuDay({
    tariff: await readTariff(tariffPath(name)),
    rttMs: 650,
    keepAliveS: 1200,
    pingMarginS: 1,
    everyS: 60,
    payloadB: 64,
    ...options,
  });

// Topic of 22 bytes: PUBLISH 2 + 2 + 22 + 2 + 64 = 92, PUBACK 4; headers of 52; one acknowledgement by the client.
const readingUpB = 92 + 52 + 52;
const readingDownB = 4 + 52;
// PINGREQ 2 and PINGRESP 2, and one acknowledgement by the client.
const pingUpB = 2 + 52 + 52;
const pingDownB = 2 + 52;

test('a reading a minute: 1,440, and a PINGREQ never where the keep alive is longer', async () => {
  const { readings, pings, bytes } = await day('free');
  expect([readings, pings]).toEqual([1440, 0]);
  // Beside the readings: handshake 112 up and 60 down, CONNECT of 22 and CONNACK of 4 with their acknowledgements.
  expect(bytes.toServer.ipB).toBe(1440 * readingUpB + 112 + 22 + 52 + 52);
  expect(bytes.toClient.ipB).toBe(1440 * readingDownB + 60 + 4 + 52 + 52);
});

describe('keep alive', () => {
  test('60 s, one PINGREQ a second before each next reading: 160 bytes each', async () => {
    const [without, with60] = [await day('free'), await day('free', { keepAliveS: 60 })];
    // The first reading is at 1.3 s, behind the CONNACK, so the day ends just before the last PINGREQ.
    expect(with60.pings).toBe(1439);
    expect(with60.bytes.toServer.ipB - without.bytes.toServer.ipB).toBe(1439 * pingUpB);
    expect(with60.bytes.toClient.ipB - without.bytes.toClient.ipB).toBe(1439 * pingDownB);
  });

  test('60 s without a margin: the reading is in time, and no PINGREQ goes out', async () => {
    expect(await day('free', { keepAliveS: 60, pingMarginS: 0 })).toMatchObject({ pings: 0 });
  });

  test('with rare readings it is the keep alive that is most of the day', async () => {
    expect(await day('free', { everyS: 21_600, keepAliveS: 60 })).toMatchObject({ readings: 4, pings: 1464 });
  });
});

describe('what it is billed as', () => {
  test('Certus 100: 300 bytes for each second of the day, whatever is sent', async () => {
    for (const keepAliveS of [60, 1200]) {
      const { bill } = await day('certus-100', { keepAliveS });
      expect(bill.billed.totalB).toBe(25_920_000);
      expect(Object.keys(bill.rules)).toEqual(['minPerSecond']);
    }
  });

  test('BGAN: one session, each direction in whole 10 KB', async () => {
    const { bill, bytes } = await day('bgan');
    expect(bill.sessions).toBe(1);
    expect(bill.billed.upB).toBe(Math.ceil(bytes.toServer.ipB / 10_240) * 10_240);
    expect(bill.billed.downB).toBe(Math.ceil(bytes.toClient.ipB / 10_240) * 10_240);
  });

  test('its sessions hold every byte of the day, however they are cut', async () => {
    for (const name of await shippedTariffs()) {
      const { bill, bytes } = await day(name);
      expect([name, bill.measured]).toEqual([name, { upB: bytes.toServer.ipB, downB: bytes.toClient.ipB }]);
    }
  });
});
