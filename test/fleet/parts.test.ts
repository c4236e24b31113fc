// The small parts of a fleet: templates, payloads, schedules, the gate of connections, local ports, cutting packets.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeviceIdentity, PopulationTexts } from '../../src/fleet/device-identity.ts';
import { DialGate } from '../../src/fleet/dial-gate.ts';
import { LocalPorts } from '../../src/fleet/local-ports.ts';
import { PacketCutter } from '../../src/fleet/packet-cutter.ts';
import { IDENTITY_B, readPayload, writePayload } from '../../src/fleet/payload.ts';
import { firstDelayMs, gapMs } from '../../src/fleet/schedule.ts';
import { Template } from '../../src/fleet/template.ts';
import { encode } from '../../src/wire/encode.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { meters } from './populations.ts';

const nowhere = { host: '127.0.0.1', port: 1883 };

describe('templates', () => {
  const values = { n: 7, population: 'valve', row: ['north', 'k7'] };

  test.each([
    ['plain', 'plain'],
    ['{n}', '7'],
    ['{population}-{n:5}/{site}', 'valve-00007/north'],
    ['{key}{key}', 'k7k7'],
  ])('%s', (text, filled) => {
    expect(new Template(text, ['site', 'key']).text(values)).toBe(filled);
  });

  test('a name that nobody knows is an error with a hint', () => {
    expect(() => new Template('a/{sit}', ['site'])).toThrow(
      expect.objectContaining({ code: 'FB_FLEET_TEMPLATE', hint: 'did you mean "site"?' }),
    );
  });

  test('a device says of itself what its population says, filled in', () => {
    const texts = new PopulationTexts(
      meters(nowhere, {
        columns: ['secret'],
        userName: 'u{n}',
        password: '{secret}',
        will: { topic: 'state/{n}', payload: 'lost {n}', qos: 1, retain: true },
      }),
    );
    const { clientId, userName, password, will } = new DeviceIdentity(texts, 3, ['s3']);
    expect([clientId, userName, Buffer.from(password ?? []).toString()]).toEqual(['meter-003', 'u3', 's3']);
    expect(will).toEqual({ topic: 'state/3', payload: Buffer.from('lost 3'), qos: 1, retain: true });
  });
});

test('a payload says whose it is, to its own run alone', () => {
  const identity = fc.record({
    population: fc.integer({ min: 0, max: 0xffff }),
    device: fc.integer({ min: 1, max: 0xffffffff }),
    lane: fc.integer({ min: 0, max: 15 }),
    ordinal: fc.integer({ min: 1, max: 0xffffffff }),
    intendedMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
  });
  fc.assert(
    fc.property(identity, fc.integer({ min: 0, max: 200 }), (it, lengthB) => {
      const payload = writePayload(lengthB, 5, it);
      expect(payload.length).toBe(lengthB);
      expect(readPayload(payload, 5)).toEqual(lengthB < IDENTITY_B ? undefined : it);
      expect(readPayload(payload, 6)).toBeUndefined();
    }),
  );
});

describe('schedules', () => {
  const texts = new PopulationTexts(meters(nowhere));
  const at = (n: number, arrival: 'regular' | 'random', seed = 1) => ({
    seed,
    device: new DeviceIdentity(texts, n, []),
    lane: 0,
    pace: { kind: 'open' as const, everyMs: 1000, arrival },
  });
  const devices = Array.from({ length: 2000 }, (_, n) => n + 1);

  test('regular ones are spread over the interval, and keep it', () => {
    const delays = devices.map((n) => firstDelayMs(at(n, 'regular')));
    for (const quarter of [0, 1, 2, 3]) {
      const share = delays.filter((it) => Math.floor(it / 250) === quarter).length / devices.length;
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.3);
    }
    expect(gapMs(at(1, 'regular'), 5)).toBe(1000);
  });

  test('random ones have the gaps of a Poisson process', () => {
    const gaps = devices.map((n) => gapMs(at(n, 'random'), 3));
    const mean = gaps.reduce((sum, it) => sum + it, 0) / gaps.length;
    expect(mean).toBeGreaterThan(900);
    expect(mean).toBeLessThan(1100);
    const longer = gaps.filter((it) => it > 1000).length / gaps.length;
    expect(longer).toBeGreaterThan(Math.exp(-1) - 0.05);
    expect(longer).toBeLessThan(Math.exp(-1) + 0.05);
  });

  test('the seed alone decides', () => {
    expect(firstDelayMs(at(4, 'random'))).toBe(firstDelayMs(at(4, 'random')));
    expect(firstDelayMs(at(4, 'random'))).not.toBe(firstDelayMs(at(4, 'random', 2)));
  });
});

test('the gate lets through in order, never more than its window', () => {
  const gate = new DialGate(4, 2);
  for (const device of [3, 1, 0]) gate.queue(device);
  const passed: (number | undefined)[] = [];
  const pass = (): void => {
    const device = gate.pass();
    passed.push(device);
    if (device !== undefined) gate.begin(device);
  };
  pass();
  pass();
  pass();
  expect([gate.end(1), gate.end(1), gate.end(2)]).toEqual([true, false, false]);
  pass();
  pass();
  expect(passed).toEqual([3, 1, undefined, 0, undefined]);
  expect(gate.waiting).toBe(0);
});

test('each process has a loopback address of its own, and every port its turn', () => {
  const ports = new LocalPorts(70_000, 'linux');
  const ends = Array.from({ length: 60_000 }, () => ports.next('127.0.0.1'));
  expect(ends[0]).toEqual({ localAddress: '127.65.17.112', localPort: 10_000 });
  expect(new Set(ends.slice(0, 55_536).map((it) => it?.localPort)).size).toBe(55_536);
  expect(ends[55_536]).toEqual(ends[0]);
  expect(ports.next('192.0.2.1')).toBeUndefined();
  expect(new LocalPorts(1, 'darwin').next('127.0.0.1')).toBeUndefined();
});

test('packets of many connections are cut as each one alone would be', () => {
  const packet = fc.oneof(
    fc.record({ type: fc.constant('PUBACK' as const), packetId: fc.integer({ min: 0, max: 0xffff }) }),
    fc.record({
      type: fc.constant('PUBLISH' as const),
      dup: fc.boolean(),
      qos: fc.constant(1 as const),
      retain: fc.boolean(),
      topic: fc.constantFrom('a', 'b/c'),
      packetId: fc.constant(4),
      payload: fc.uint8Array({ maxLength: 300 }),
    }),
  );
  const stream = fc.record({
    bytes: fc.oneof(
      fc.array(packet, { maxLength: 6 }).map((all) => Buffer.concat(all.map((it) => encode(it)))),
      fc.uint8Array({ maxLength: 40 }).map((it) => Buffer.from(it)),
    ),
    cuts: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(fc.tuple(stream, stream), (streams) => {
      const cut: string[][] = [[], []];
      const cutter = new PacketCutter('server', (device, frame) => {
        cut[device]?.push(Buffer.from(frame.bytes).toString('hex'));
        return true;
      });
      const chunksOf = ({ bytes, cuts }: (typeof streams)[number]): Buffer[] => {
        let from = 0;
        const chunks = cuts.map((length) => bytes.subarray(from, (from += length)));
        return [...chunks, bytes.subarray(from)].filter((it) => it.length > 0);
      };
      const chunks = streams.map(chunksOf);
      const whole = chunks.map((all) => {
        const decoder = new StreamDecoder('server');
        return all.flatMap((it) => decoder.push(it).map(({ bytes }) => Buffer.from(bytes).toString('hex')));
      });
      // One buffer for all, as the sockets have it.
      const shared = Buffer.alloc(4096);
      for (let turn = 0; turn < Math.max(...chunks.map(({ length }) => length)); turn++) {
        for (const [device, all] of chunks.entries()) {
          const chunk = all[turn];
          if (chunk) cutter.push(device, shared.subarray(0, chunk.copy(shared)));
        }
      }
      expect(cut).toEqual(whole);
    }),
  );
});
