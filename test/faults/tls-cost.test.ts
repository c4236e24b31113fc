// The estimate of TLS through the byte meter, against what tcpdump counted of Mosquitto 2.0.11 over TLS 1.3.
import { expect, test } from 'vitest';
import { ByteMeter } from '../../src/faults/byte-meter.ts';
import { tlsCloseB, tlsHandshake, tlsRecordsB, type TlsKey } from '../../src/faults/tls-cost.ts';

const rttMs = 50;

/** CONNECT, so many PUBLISH of QoS 1 and one of QoS 0, DISCONNECT: IP bytes of both directions. */
function session(key: TlsKey, qos1 = 0): number {
  const meter = new ByteMeter({ rttMs });
  meter.opened(0);
  let tMs = 1;
  for (const { direction, payloadB } of tlsHandshake({ key })) {
    meter.segment(direction, payloadB, tMs);
    tMs += direction === 'toServer' ? rttMs + 1 : 1;
  }
  const toServer = (payloadB: number): void => meter.segment('toServer', tlsRecordsB(payloadB), tMs);
  toServer(22);
  meter.segment('toClient', tlsRecordsB(4), tMs + rttMs + 1);
  for (let n = 0; n < qos1; n++) {
    tMs += 1000;
    toServer(35);
    meter.segment('toClient', tlsRecordsB(4), tMs + rttMs + 1);
  }
  tMs += 1000;
  for (const payloadB of [33, 2]) toServer(payloadB);
  meter.segment('toServer', tlsCloseB, tMs);
  meter.ended('fin', tMs);
  const { toServer: up, toClient: down } = meter.usage(1e9);
  return up.ipB + down.ipB;
}

test.each([
  ['rsa-2048' as const, 3583],
  ['ec-p256' as const, 2899],
])('a whole session with %s: within 5 %% of %i bytes', (key, tcpdumpB) => {
  expect(session(key) / tcpdumpB).toBeGreaterThan(0.95);
  expect(session(key) / tcpdumpB).toBeLessThan(1.05);
});

test('each further QoS 1 message: within 5 % of 237 bytes', () => {
  const each = (session('ec-p256', 30) - session('ec-p256', 10)) / 20;
  expect(each / 237).toBeGreaterThan(0.95);
  expect(each / 237).toBeLessThan(1.05);
});

test('the counted flights, of other certificates than those of the default', () => {
  const flights = tlsHandshake({ key: 'rsa-2048', certificatesB: 690, postQuantum: true });
  expect(flights.map((it) => it.payloadB)).toEqual([1586, 2334, 80, 574]);
  // ECDSA signatures vary by a byte or two.
  expect(tlsHandshake({ key: 'ec-p256', certificatesB: 293 })[1]?.payloadB).toBe(686);
});

test('22 bytes a record', () => {
  expect([0, 35, 16_384, 16_385, 40_000].map(tlsRecordsB)).toEqual([0, 57, 16_406, 16_429, 40_066]);
});
