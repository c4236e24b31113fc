// What a recorder keeps reads back as what the decoder saw; what it leaves out is said.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PacketSeen } from '../../src/history/event.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { frameOf, payloadHashOf } from '../../src/history/packet-of.ts';
import { payloadHash } from '../../src/history/payload-hash.ts';
import { defaultCaps, RecordingBudget, StreamRecorder, type RecordingCaps } from '../../src/history/recorder.ts';
import { encode } from '../../src/wire/encode.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';

function recorderWith(caps: Partial<RecordingCaps> = {}) {
  const history = memoryHistory();
  const budget = new RecordingBudget({ ...defaultCaps, ...caps });
  const stream = { history, connection: 'c1', direction: 'toServer', seenAt: 'clientEnd', budget } as const;
  const packets = (): readonly PacketSeen[] => history.events.filter((it) => it.kind === 'packet');
  return { recorder: new StreamRecorder(stream), history, packets, stream };
}

const publish = (payload: Uint8Array, qos: 0 | 1 | 2 = 1) =>
  encode({
    type: 'PUBLISH',
    dup: false,
    qos,
    retain: false,
    topic: 'plant/pump',
    ...(qos > 0 && { packetId: 7 }),
    payload,
  });
const ping = Uint8Array.of(0xc0, 0x00);

describe('a recorder', () => {
  test('keeps what the decoder saw, and a reader sees the same', () => {
    const stream = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array().map((it) => publish(it)),
      ),
    );
    fc.assert(
      fc.property(stream, (chunks) => {
        const { recorder, packets } = recorderWith({ heldB: 0xfffffff + 5 });
        const decoder = new StreamDecoder('client');
        const frames = chunks.flatMap((it) => decoder.push(it));
        for (const chunk of chunks) recorder.push(chunk);
        recorder.end();
        const seen = [...frames, ...decoder.end()];
        // Bytes that look like a CONNECT are masked, which is another test's matter.
        fc.pre(packets().every((it) => it.masked === undefined));
        expect(packets().map((it) => plain(frameOf(it)))).toEqual(seen.map(plain));
      }),
      { numRuns: 300 },
    );
  });

  test('cuts a large payload, and a reader still has topic, packet identifier and identity', () => {
    const payload = Buffer.alloc(10_000, 'x');
    const { recorder, packets } = recorderWith({ payloadB: 16 });
    recorder.push(publish(payload));
    const [event] = packets();
    if (!event) throw new Error('nothing was recorded');
    const { packet, deviations } = frameOf(event);
    if (packet?.type !== 'PUBLISH') throw new Error('not a PUBLISH');
    expect(event.omittedB).toBe(10_000 - 16);
    expect(packet).toMatchObject({ topic: 'plant/pump', packetId: 7, qos: 1 });
    expect(Buffer.from(packet.payload).toString()).toBe('x'.repeat(16));
    expect(payloadHashOf(event, packet)).toBe(payloadHash(payload));
    expect(deviations).toEqual([]);
  });

  test('keeps a payload of just the cap whole', () => {
    const { recorder, packets } = recorderWith({ payloadB: 16 });
    recorder.push(publish(Buffer.alloc(16), 0));
    expect(packets()[0]).not.toHaveProperty('omittedB');
  });

  test('says once that the rest of a connection is missing, both directions counted together', () => {
    const { recorder, history, stream } = recorderWith({ packets: 3 });
    const other = new StreamRecorder({ ...stream, direction: 'toClient' });
    recorder.push(Buffer.concat([ping, ping]));
    other.push(Buffer.concat([Uint8Array.of(0xd0, 0), Uint8Array.of(0xd0, 0)]));
    recorder.push(ping);
    recorder.end();
    expect(history.events.map((it) => it.kind)).toEqual(['packet', 'packet', 'packet', 'truncated']);
  });

  test('shows what was not held or kept as gaps, and goes on behind it', () => {
    const { recorder, history, packets } = recorderWith({ heldB: 1000, packetB: 500 });
    const filters = Array.from({ length: 60 }, (_, i) => ({ filter: `plant/pump${i}`, qos: 0 }));
    recorder.push(publish(Buffer.alloc(2000)));
    recorder.push(encode({ type: 'SUBSCRIBE', packetId: 1, subscriptions: filters }));
    recorder.push(ping);
    expect(history.events.map((it) => it.kind)).toEqual(['gap', 'gap', 'packet']);
    expect(packets().map((it) => frameOf(it).packet?.type)).toEqual(['PINGREQ']);
  });

  test('records an unfinished packet when the stream ends', () => {
    const { recorder, packets } = recorderWith();
    recorder.push(publish(Buffer.from('21.5')).slice(0, 9));
    expect(packets()).toEqual([]);
    recorder.end();
    recorder.end();
    expect(packets()).toHaveLength(1);
    expect(packets().map((it) => frameOf(it).deviations.map((deviation) => deviation.code))).toEqual([
      ['truncated-packet'],
    ]);
  });
});

function plain(frame: ReturnType<typeof frameOf>): unknown {
  return JSON.parse(JSON.stringify(frame, (_, it: unknown) => (it instanceof Uint8Array ? [...it] : it)));
}
