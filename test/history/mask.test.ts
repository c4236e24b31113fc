// No password reaches an event, however the CONNECT around it is built, cut or spoilt.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../src/history/event.ts';
import { maskByte } from '../../src/history/mask.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { frameOf } from '../../src/history/packet-of.ts';
import { RecordingBudget, StreamRecorder } from '../../src/history/recorder.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Connect } from '../../src/wire/packet.ts';

/** What a history keeps of these chunks. */
function recorded(...chunks: readonly Uint8Array[]): readonly HistoryEvent[] {
  const history = memoryHistory();
  const stream = { history, connection: 'c1', direction: 'toServer', seenAt: 'wire' } as const;
  const recorder = new StreamRecorder({ ...stream, budget: new RecordingBudget() });
  for (const chunk of chunks) recorder.push(chunk);
  recorder.end();
  return history.events;
}

const packets = (events: readonly HistoryEvent[]) => events.filter((it) => it.kind === 'packet');
const keptBytes = (events: readonly HistoryEvent[]): Buffer =>
  Buffer.concat(packets(events).map((it) => Buffer.from(it.bytes, 'base64')));

const password = fc.uint8Array({ minLength: 4, maxLength: 40 }).filter((it) => it.some((byte) => byte !== maskByte));
const connect: fc.Arbitrary<Connect & { password: Uint8Array }> = fc
  .record(
    {
      protocolName: fc.constantFrom('MQTT', 'MQIsdp', 'mqtt', ''),
      protocolLevel: fc.constantFrom(3, 4, 0x83, 0x84, 5, 6, 255),
      cleanSession: fc.boolean(),
      keepAliveS: fc.nat(0xffff),
      clientId: fc.string({ maxLength: 23 }),
      userName: fc.string({ maxLength: 20 }),
      will: fc.record({
        topic: fc.string({ maxLength: 20 }),
        payload: fc.uint8Array({ maxLength: 20 }),
        qos: fc.constantFrom(0, 1, 2),
        retain: fc.boolean(),
      }),
      password,
    },
    { requiredKeys: ['protocolName', 'protocolLevel', 'cleanSession', 'keepAliveS', 'clientId', 'password'] },
  )
  // A password that also stands elsewhere in the packet cannot be told from it; it is not the field that shows it.
  .map((it) => ({ type: 'CONNECT' as const, ...it }))
  .filter((it) => occurrences(encode(it), it.password) === 1);

function occurrences(bytes: Uint8Array, part: Uint8Array): number {
  const view = Buffer.from(bytes);
  const needle = Buffer.from(part);
  let count = 0;
  for (let at = view.indexOf(needle); at >= 0; at = view.indexOf(needle, at + 1)) count += 1;
  return count;
}

function expectHidden(events: readonly HistoryEvent[], secret: Uint8Array): void {
  expect(keptBytes(events).includes(Buffer.from(secret))).toBe(false);
  const text = JSON.stringify(events);
  for (const it of [Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('latin1')]) {
    expect(text.includes(JSON.stringify(it).slice(1, -1))).toBe(false);
  }
}

describe('a password', () => {
  test('is in no event, whatever else the CONNECT holds and however it is cut into chunks', () => {
    fc.assert(
      fc.property(connect, fc.array(fc.nat(200), { maxLength: 5 }), (packet, cuts) => {
        const bytes = encode(packet);
        const at = [0, ...cuts.map((it) => it % bytes.length).toSorted((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.slice(at[i], end));
        const events = recorded(...chunks);
        expectHidden(events, packet.password);
        expect(keptBytes(events).length).toBe(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  test('is in no event when the CONNECT is spoilt: wrong lengths, a cut, bytes before and behind', () => {
    const versions = connect
      .filter((it) => it.protocolLevel <= 4 && it.protocolName.startsWith('MQ'))
      .filter((it) => encode(it).length < 130);
    fc.assert(
      fc.property(versions, spoiling, (packet, spoil) => {
        expectHidden(recorded(...spoil(encode(packet))), packet.password);
      }),
      { numRuns: 2000 },
    );
  });

  test('alone is masked in a well-formed CONNECT, and the rest reads as before', () => {
    const packet = { type: 'CONNECT', protocolName: 'MQTT', protocolLevel: 4, cleanSession: true } as const;
    const whole = { ...packet, keepAliveS: 60, clientId: 'pump', userName: 'u', password: Buffer.from('hunter22') };
    const [event] = packets(recorded(encode(whole)));
    expect(event?.masked).toEqual([[encode(whole).length - 8, 8]]);
    expect(event && frameOf(event).packet).toEqual({ ...whole, password: Buffer.from('********') });
  });
});

test('a CONNECT without a password stays as it is', () => {
  const packet = { type: 'CONNECT', protocolName: 'MQTT', protocolLevel: 4, cleanSession: true } as const;
  const bytes = encode({ ...packet, keepAliveS: 0, clientId: 'pump', userName: 'u' });
  const events = recorded(bytes);
  expect(keptBytes(events)).toEqual(Buffer.from(bytes));
  expect(packets(events)[0]).not.toHaveProperty('masked');
});

test('what a client sends after a good CONNECT is not masked, whatever it looks like', () => {
  const packet = { type: 'CONNECT', protocolName: 'MQTT', protocolLevel: 4, cleanSession: true } as const;
  const hello = encode({ ...packet, keepAliveS: 0, clientId: 'pump' });
  const payload = Buffer.from('\0\u0004MQTT is not a secret');
  const publish = encode({ type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 't', payload });
  expect(keptBytes(recorded(hello, publish)).includes(payload)).toBe(true);
});

test('the chunks that pass are not changed', () => {
  const packet = { type: 'CONNECT', protocolName: 'MQTT', protocolLevel: 4, cleanSession: true } as const;
  const bytes = encode({ ...packet, keepAliveS: 0, clientId: '', userName: 'u', password: Buffer.from('secret') });
  const before = Buffer.from(bytes);
  recorded(bytes);
  expect(before.equals(bytes)).toBe(true);
});

type Spoiling = (bytes: Uint8Array) => readonly Uint8Array[];

/** Ways to break a CONNECT that leave its password's bytes whole, or cut. */
const spoiling: fc.Arbitrary<Spoiling> = fc.oneof(
  fc.integer({ min: -30, max: 30 }).map((by): Spoiling => (bytes) => [withLength(bytes, by)]),
  fc.nat(200).map((at): Spoiling => (bytes) => [bytes.slice(0, at % bytes.length)]),
  fc.uint8Array({ maxLength: 8 }).map((tail): Spoiling => (bytes) => [
    withLength(Buffer.concat([bytes, tail]), tail.length),
  ]),
  fc.constant<Spoiling>((bytes) => [Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff]), ...bytewise(bytes.slice(2))]),
  fc.constantFrom(0x00, 0xf0, 0x1f, 0x20).map((first): Spoiling => (bytes) => [
    Uint8Array.of(first, ...bytes.slice(1)),
  ]),
  fc.constantFrom(0x04, 0x40, 0x80, 0x02).map((flag): Spoiling => (bytes) => [withFlag(bytes, flag)]),
  fc.nat(20).map((by): Spoiling => (bytes) => [withClientIdLength(bytes, by)]),
  fc.constant<Spoiling>((bytes) => [Buffer.from([0xe0, 0xff, 0xff, 0xff, 0xff, 0x01]), ...bytewise(bytes)]),
);

/** Only Remaining Length of one byte, which is what these packets have. */
function withLength(bytes: Uint8Array, by: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[1] = Math.min(127, Math.max(0, (bytes[1] ?? 0) + by));
  return changed;
}

function payloadAt(bytes: Uint8Array): number {
  return 2 + 2 + (bytes[3] ?? 0) + 4;
}

/** Sets or clears a flag, so that the fields are no longer what the flags say. Will and password stay announced. */
function withFlag(bytes: Uint8Array, flag: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const at = payloadAt(bytes) - 3;
  const isCredential = flag === 0x40 || flag === 0x04;
  changed[at] = isCredential ? (bytes[at] ?? 0) | flag : (bytes[at] ?? 0) ^ flag;
  return changed;
}

function withClientIdLength(bytes: Uint8Array, by: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[payloadAt(bytes) + 1] = ((bytes[payloadAt(bytes) + 1] ?? 0) + by) & 0xff;
  return changed;
}

const bytewise = (bytes: Uint8Array): readonly Uint8Array[] => Array.from(bytes, (it) => Uint8Array.of(it));
