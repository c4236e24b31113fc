// What must hold for every packet and every stream; `npm test` draws a few thousand cases, the trial many more.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { decodePacket } from '../../src/wire/decode.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Frame } from '../../src/wire/frame.ts';
import type { Sender } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import type { StreamDecoderOptions } from '../../src/wire/stream-decoder.ts';
import { illFormedAt } from '../../src/wire/text.ts';
import { filterMatches, topicFilterFlaw, topicNameFlaw } from '../../src/wire/topic.ts';
import * as arbitrary from './arbitraries.ts';
import { parseTheirs, toTheirs } from './mqtt-packet.ts';

/** A property with its name; `failure` is the report of the smallest counterexample, `undefined` if all cases hold. */
export interface CodecProperty {
  readonly name: string;
  readonly failure: (parameters: { readonly numRuns: number; readonly seed?: number }) => string | undefined;
}

function property<T>(name: string, cases: fc.Arbitrary<T>, holds: (value: T) => void): CodecProperty {
  return { name, failure: (parameters) => fc.defaultReportMessage(fc.check(fc.property(cases, holds), parameters)) };
}

/** The value with bytes as hexadecimal text and ordinary prototypes, so that Buffer and Uint8Array compare. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, plain(it)]));
}

function decodeAll(sender: Sender, chunks: readonly Buffer[], options: StreamDecoderOptions = {}): Frame[] {
  const decoder = new StreamDecoder(sender, options);
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

/** Frames with adjacent pieces of unread bytes as one: only these depend on the chunks. */
function canonical(frames: readonly Frame[]): unknown[] {
  const merged: unknown[] = [];
  let pieces: Frame[] = [];
  const closePieces = (): void => {
    const [first] = pieces;
    if (first !== undefined) merged.push(plain({ ...first, bytes: Buffer.concat(pieces.map((it) => it.bytes)) }));
    pieces = [];
  };
  for (const frame of frames) {
    if (frame.unframed && frame.deviations.length === 0) {
      pieces.push(frame);
    } else {
      closePieces();
      merged.push(plain(frame));
    }
  }
  closePieces();
  return merged;
}

const streamCases = fc.record({
  sender: arbitrary.sender,
  stream: arbitrary.anyStream,
  how: arbitrary.segmentation,
  limit: arbitrary.packetLimit,
});

const utf8Cases = fc
  .array(
    fc.oneof(
      fc.nat(255),
      fc.constantFrom(0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xa0, 0x9f, 0xf0, 0x90, 0xf4, 0x8f),
    ),
    {
      maxLength: 8,
    },
  )
  .map((it) => Buffer.from(it));

const topicCases = fc.oneof(
  fc.record({ filter: arbitrary.topicFilter, topic: arbitrary.topicName }),
  fc.record({
    filter: fc
      .array(fc.constantFrom('a', '+', '', '$s'), { minLength: 1, maxLength: 4 })
      .chain((levels) => fc.constantFrom(levels.join('/') || '+', [...levels, '#'].join('/'), '#')),
    topic: fc.array(fc.constantFrom('a', '', '$s'), { minLength: 1, maxLength: 5 }).map((it) => it.join('/') || '/'),
  }),
);

/** Matching as the standard describes it, level by level, for comparison with the one that is fast. */
function matchesLevels(filter: readonly string[], topic: readonly string[]): boolean {
  const [head, ...rest] = filter;
  if (head === undefined) return topic.length === 0;
  if (head === '#') return true;
  const [level, ...below] = topic;
  return level !== undefined && (head === '+' || head === level) && matchesLevels(rest, below);
}

export const PROPERTIES: readonly CodecProperty[] = [
  property('a packet that is encoded and decoded is the same, without deviations', arbitrary.validPackets, (it) => {
    const encoded = it.packets.map((packet) => encode(packet)); // all first: a later one must not touch an earlier one
    for (const [i, bytes] of encoded.entries()) {
      const frame = decodePacket(bytes, it.sender);
      deepEqual(plain(frame.packet), plain(it.packets[i]));
      deepEqual(frame.deviations, []);
    }
  }),
  property('every segmentation of a stream gives the same packets and deviations', streamCases, (it) => {
    const whole = decodeAll(it.sender, [it.stream], it.limit);
    const cut = decodeAll(it.sender, arbitrary.segments(it.stream, it.how), it.limit);
    deepEqual(canonical(cut), canonical(whole));
  }),
  property('no byte of a stream is lost, moved or invented', streamCases, (it) => {
    const frames = decodeAll(it.sender, arbitrary.segments(it.stream, it.how), it.limit);
    ok(Buffer.concat(frames.map((frame) => frame.bytes)).equals(it.stream));
    let offset = 0;
    for (const frame of frames) {
      equal(frame.offset, offset);
      offset += frame.bytes.length;
      for (const deviation of frame.deviations) {
        ok(
          deviation.offset >= frame.offset && deviation.offset + deviation.length <= offset,
          'a deviation outside its frame',
        );
      }
    }
  }),
  property('a packet decodes alone as it did in its stream', streamCases, (it) => {
    for (const frame of decodeAll(it.sender, [it.stream])) {
      if (frame.unframed) continue;
      deepEqual(plain(decodePacket(frame.bytes, it.sender, frame.offset)), plain(frame));
    }
  }),
  property('mqtt-packet writes the same bytes', arbitrary.validPacket, ({ packet }) => {
    equal(Buffer.from(encode(packet)).toString('hex'), mqttPacket.generate(toTheirs(packet)).toString('hex'));
  }),
  property('mqtt-packet reads the same packet', arbitrary.validPacket, ({ packet }) => {
    const [read, ...more] = parseTheirs(Buffer.from(encode(packet)));
    equal(more.length, 0);
    const theirs = plain(read) as Record<string, unknown>;
    const expected = plain(toTheirs(packet)) as Record<string, unknown>;
    for (const [field, value] of Object.entries(expected)) deepEqual(theirs[field], value, field);
  }),
  property('text is well formed exactly where Node says so', utf8Cases, (bytes) => {
    const bad = illFormedAt(bytes, 0, bytes.length);
    equal(bad === undefined, isUtf8(bytes));
    if (bad !== undefined) ok(isUtf8(bytes.subarray(0, bad.at)), 'the first ill-formed byte is not the first');
  }),
  property('filters match topics as the standard describes it', topicCases, ({ filter, topic }) => {
    equal(topicFilterFlaw(filter), undefined);
    equal(topicNameFlaw(topic), undefined);
    const hidden = topic.startsWith('$') && /^[#+]/.test(filter);
    equal(filterMatches(filter, topic), !hidden && matchesLevels(filter.split('/'), topic.split('/')));
  }),
];
