// Frames of a real server or client come out as the bytes they carried, however they were cut; what is no frame is said once.
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameOf, FrameReader, type FrameSeen, type FrameSender } from '../../src/net/websocket-frame.ts';

/** The frame writer of `ws`, as the other side of our reader; its types do not name it. */
const { Sender } = createRequire(import.meta.url)('ws') as {
  Sender: { frame(data: Buffer, options: Record<string, unknown>): Buffer[] };
};

const clientFrame = (payload: Buffer, opcode: number, fin = true): Buffer =>
  Buffer.concat(Sender.frame(payload, { opcode, fin, mask: true, readOnly: true, rsv1: false }));

const serverFrame = (payload: Buffer, opcode: number, fin = true): Buffer =>
  Buffer.concat(Sender.frame(payload, { opcode, fin, mask: false, readOnly: true, rsv1: false }));

function read(bytes: Buffer, cuts: readonly number[] = [], sender: FrameSender = 'server'): readonly FrameSeen[] {
  const reader = new FrameReader(sender);
  const places = [0, ...cuts.map((it) => it % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).flatMap((end, i) => reader.push(bytes.subarray(places[i], end)));
}

const carried = (seen: readonly FrameSeen[], kind: string): Buffer =>
  Buffer.concat(seen.flatMap((it) => (it.kind === kind && 'payload' in it ? [it.payload] : [])));

const part = fc.record({
  payload: fc.uint8Array({ maxLength: 300 }).map((it) => Buffer.from(it)),
  isFinal: fc.boolean(),
  pingBehind: fc.boolean(),
});

const senders = { server: serverFrame, client: clientFrame } as const;

function expectBroken(sender: FrameSender, why: string, bytes: Buffer): void {
  const reader = new FrameReader(sender);
  expect(reader.push(bytes)).toEqual([{ kind: 'broken', why }]);
  expect(reader.push(senders[sender](Buffer.from('x'), 2))).toEqual([]);
}

describe('what is sent', () => {
  test.each(['server', 'client'] as const)('by a %s in any frames, fragments and reads gives the bytes', (sender) => {
    const frame = senders[sender];
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.array(fc.nat(), { maxLength: 20 }), (parts, cuts) => {
        let isWithin = false;
        const frames = parts.flatMap(({ payload, isFinal, pingBehind }) => {
          const written = frame(payload, isWithin ? 0 : 2, isFinal);
          isWithin = !isFinal;
          return pingBehind ? [written, frame(Buffer.from('?'), 9)] : [written];
        });
        const seen = read(Buffer.concat(frames), cuts, sender);
        expect(carried(seen, 'binary')).toEqual(Buffer.concat(parts.map((it) => it.payload)));
        expect(carried(seen, 'ping').toString()).toBe('?'.repeat(parts.filter((it) => it.pingBehind).length));
      }),
    );
  });

  test('by us is what either side reads, whole', () => {
    const sent = fc.record({ payload: fc.uint8Array({ maxLength: 300 }), sender: fc.constantFrom('client', 'server') });
    fc.assert(
      fc.property(sent, fc.array(fc.nat(), { maxLength: 8 }), ({ payload, sender }, cuts) => {
        const bytes = Buffer.from(frameOf(sender, payload, 'binary'));
        expect(carried(read(bytes, cuts, sender), 'binary')).toEqual(Buffer.from(payload));
      }),
    );
  });

  test('by a client is never changed where it lies', () => {
    const frame = clientFrame(Buffer.from('reading'), 2);
    const before = Buffer.from(frame);
    expect(carried(read(frame, [9], 'client'), 'binary').toString()).toBe('reading');
    expect(frame.equals(before)).toBe(true);
  });

  test.each([125, 126, 65_535, 65_536])('a payload of %i B', (length) => {
    expect(carried(read(serverFrame(Buffer.alloc(length, 7), 2)), 'binary').length).toBe(length);
  });

  test('an empty text frame is seen', () => {
    expect(read(serverFrame(Buffer.alloc(0), 1)).map((it) => it.kind)).toEqual(['text']);
  });

  test.each([
    ['a masked frame from a server', Buffer.from(frameOf('client', Buffer.from('x'), 'binary'))],
    ['a frame with the reserved opcode 3', Buffer.of(0x83, 0)],
    ['a frame with reserved bits', Buffer.of(0xc2, 0)],
    ['a continuation of no message', Buffer.of(0x80, 0)],
    ['a binary frame within a message', Buffer.of(0x02, 0, 0x82, 0)],
    ['a ping frame in parts or too long', Buffer.of(0x09, 0)],
    ['a frame of 18446744073709552000 B', Buffer.of(0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255)],
  ])('%s cannot be read on', (why, bytes) => expectBroken('server', why, bytes));

  test.each([
    ['an unmasked frame from a client', serverFrame(Buffer.from('x'), 2)],
    ['an unmasked frame from a client', serverFrame(Buffer.alloc(0), 9)],
    ['a close frame in parts or too long', Buffer.of(0x88, 0xfe)],
  ])('%s cannot be read on either', (why, bytes) => expectBroken('client', why, bytes));
});
