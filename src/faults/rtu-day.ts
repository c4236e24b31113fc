// One remote terminal unit for one day, as data: what it sends, what that is at IP level, and what it is billed as.
import { encode } from '../wire/encode.ts';
import type { Packet } from '../wire/packet.ts';
import { billOf } from './bill.ts';
import { ByteMeter, type ConnectionBytes } from './byte-meter.ts';
import type { Direction } from './packet-fault.ts';
import { SessionCounter } from './session-counter.ts';
import type { Bill, Tariff } from './tariff.ts';

/** Figures of the day. The unit connects once, sends a reading at once and then one each `everyS`, and never leaves. */
export interface RtuDayOptions {
  readonly tariff: Tariff;
  readonly rttMs: number;
  readonly mtuB?: number;
  /** As in CONNECT; 0: none. */
  readonly keepAliveS: number;
  /** A PINGREQ goes out so long before the keep alive would run out. */
  readonly pingMarginS: number;
  readonly everyS: number;
  readonly payloadB: number;
}

/** What the day came to. */
export interface RtuDay {
  readonly readings: number;
  readonly pings: number;
  /** Estimated. */
  readonly bytes: ConnectionBytes;
  readonly bill: Bill;
}

interface Sent {
  readonly tMs: number;
  readonly direction: Direction;
  readonly packet: Packet;
}

const dayMs = 86_400_000;
/** What a server takes to answer. */
const answerMs = 2;

/**
 * Plays one day. The client counts its keep alive from the last packet of each direction, the older one, as libmosquitto
 * and the bench's own devices do: an exchange in time makes a PINGREQ needless. Whether one that is due in the same
 * second is in time is a race: mosquitto_pub 2.0.11 with a keep alive of 5 s and a reading every 5 s sent 13 PINGREQ with
 * 14 readings, right behind each, since the last PUBACK was 5 s old by then.
 */
export function rtuDay(options: RtuDayOptions): RtuDay {
  const { tariff, rttMs, mtuB = 1500 } = options;
  const meter = new ByteMeter({ rttMs, mtuB });
  const counter = new SessionCounter(tariff);
  const traffic = trafficOf(options);
  const sessions = [...counter.joined(0)];
  let before: Readonly<Record<Direction, number>> = { toServer: 0, toClient: 0 };
  const count = (tMs: number): void => {
    const { toServer, toClient } = meter.usage(tMs);
    const upB = toServer.ipB - before.toServer;
    const downB = toClient.ipB - before.toClient;
    if (upB > 0) sessions.push(...counter.passed({ tMs, direction: 'up', bytes: upB }));
    if (downB > 0) sessions.push(...counter.passed({ tMs, direction: 'down', bytes: downB }));
    before = { toServer: toServer.ipB, toClient: toClient.ipB };
  };
  meter.opened(rttMs);
  for (const { tMs, direction, packet } of traffic) {
    meter.segment(direction, encode(packet).length, tMs);
    count(tMs);
  }
  count(dayMs);
  sessions.push(...counter.left(dayMs));
  return {
    readings: traffic.filter((it) => it.packet.type === 'PUBLISH').length,
    pings: traffic.filter((it) => it.packet.type === 'PINGREQ').length,
    bytes: meter.usage(dayMs),
    bill: billOf(tariff, { days: 1, sessions }),
  };
}

/** Every MQTT packet of the day, as the client's end of the link sees it, in order of time. */
function trafficOf(options: RtuDayOptions): readonly Sent[] {
  const { rttMs, keepAliveS, pingMarginS, everyS, payloadB } = options;
  const idleMs = keepAliveS === 0 ? Number.POSITIVE_INFINITY : (keepAliveS - pingMarginS) * 1000;
  const roundMs = rttMs + answerMs;
  const sent: Sent[] = [];
  const exchange = (tMs: number, request: Packet, answer: Packet): void => {
    sent.push({ tMs, direction: 'toServer', packet: request });
    if (tMs + roundMs < dayMs) sent.push({ tMs: tMs + roundMs, direction: 'toClient', packet: answer });
  };
  exchange(rttMs, connect(keepAliveS), { type: 'CONNACK', sessionPresent: false, returnCode: 0 });
  let readAtMs = rttMs + roundMs;
  for (let packetId = 1; readAtMs < dayMs; packetId = (packetId % 65_535) + 1) {
    exchange(readAtMs, reading(packetId, payloadB), { type: 'PUBACK', packetId });
    const nextMs = readAtMs + everyS * 1000;
    // The request is always the older of the two last packets.
    for (let pingMs = readAtMs + idleMs; pingMs < Math.min(nextMs, dayMs); pingMs += idleMs) {
      exchange(pingMs, { type: 'PINGREQ' }, { type: 'PINGRESP' });
    }
    readAtMs = nextMs;
  }
  return sent.toSorted((a, b) => a.tMs - b.tMs);
}

const connect = (keepAliveS: number): Packet => ({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: false,
  keepAliveS,
  clientId: 'rtu-0001',
});

const reading = (packetId: number, payloadB: number): Packet => ({
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain: false,
  topic: 'field/rtu-0001/reading',
  packetId,
  payload: new Uint8Array(payloadB),
});
