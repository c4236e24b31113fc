// UTF-8 as MQTT wants it: strict about what is well formed, and never losing what came.
import type { StatementId } from '../spec/statement.ts';
import type { BodyReader } from './body-reader.ts';
import { hex } from './body-reader.ts';
import { topicFilterFlaw, topicNameFlaw } from './topic.ts';
import type { TopicFlaw } from './topic.ts';

/** A text field of a packet: its name, and the statements that hold for it beside those for all text. */
export interface TextField {
  readonly name: string;
  readonly holds: 'text' | 'published topic' | 'topic' | 'filter';
  /** The statement that wants this field to be there. */
  readonly present: StatementId | undefined;
  /** The statement that wants this very field to be UTF-8, beside MQTT-1.5.3-1. */
  readonly utf8?: StatementId;
}

const HIGH = 1;
const NUL = 2;
const WILD = 4;
/** What to look at more closely, by byte; 0 for the characters of most topics. */
const TRAITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return HIGH;
  if (byte === 0) return NUL;
  return byte === 0x23 || byte === 0x2b ? WILD : 0;
});

/**
 * Reads a length-prefixed text and notes every deviation in it; `undefined` where the packet ends before the
 * text does. Ill-formed bytes become U+FFFD in the string; U+FEFF stays where it stands (MQTT-1.5.3-3).
 */
export function readText(r: BodyReader, field: TextField): string | undefined {
  if (r.left < 2) return r.missing(field.name, field.present);
  const length = (r.peek(r.at) << 8) | r.peek(r.at + 1);
  if (r.left < 2 + length) return r.missing(field.name, field.present);
  const start = r.at + 2;
  r.at = start + length;
  let traits = 0;
  for (let i = start; i < r.at; i++) traits |= TRAITS[r.peek(i)] ?? 0;
  const text = r.bytes.toString((traits & HIGH) === 0 ? 'latin1' : 'utf8', start, r.at);
  if (traits !== 0 || length === 0) checkText(r, field, text, start, traits);
  return text;
}

function checkText(r: BodyReader, field: TextField, text: string, start: number, traits: number): void {
  if ((traits & HIGH) !== 0) checkUtf8(r, field, start);
  if ((traits & NUL) !== 0) {
    const at = r.bytes.indexOf(0, start);
    const also: readonly StatementId[] = field.holds === 'text' ? [] : ['MQTT-4.7.3-2'];
    r.deviate('nul-in-text', 'MQTT-1.5.3-2', at, 1, `${field.name} without U+0000`, 'U+0000', also);
  }
  const flaw = flawOf(field, text);
  if (flaw === undefined) return;
  const at = text === '' ? start - 2 : wildcardAt(r, text, flaw.at, start);
  const actual = text === '' ? 'no characters' : JSON.stringify(text);
  r.deviate(flaw.code, flaw.statement, at, text === '' ? 2 : 1, flaw.expected, actual, flaw.also);
}

/** Index of the byte of the wildcard that stands at `index` of `text`; counted, because U+FFFD may stand for any bytes. */
function wildcardAt(r: BodyReader, text: string, index: number, start: number): number {
  let before = 0;
  for (let i = 0; i < index; i++) if (text[i] === '#' || text[i] === '+') before++;
  for (let at = start; at < r.at; at++) {
    if (TRAITS[r.peek(at)] === WILD && before-- === 0) return at;
  }
  return start;
}

function flawOf(field: TextField, text: string): TopicFlaw | undefined {
  if (field.holds === 'text') return undefined;
  return field.holds === 'filter' ? topicFilterFlaw(text) : topicNameFlaw(text, field.holds === 'published topic');
}

function checkUtf8(r: BodyReader, field: TextField, start: number): void {
  const bad = illFormedAt(r.bytes, start, r.at);
  if (bad === undefined) return;
  const actual = [...r.bytes.subarray(bad.at, bad.at + bad.length)].map(hex).join(' ');
  const also = field.utf8 === undefined ? [] : [field.utf8];
  r.deviate('ill-formed-utf8', 'MQTT-1.5.3-1', bad.at, bad.length, `${field.name} in UTF-8`, actual, also);
}

/**
 * The first bytes in `start..end` that are not UTF-8 (MQTT-1.5.3-1): overlong forms, surrogates, code points
 * above U+10FFFF, stray continuation bytes, sequences cut short. `undefined` where all are well formed.
 */
export function illFormedAt(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly at: number; readonly length: number } | undefined {
  let at = start;
  while (at < end) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    if (length === 0) return { at, length: 1 };
    for (let i = 1; i < length; i++) {
      const byte = at + i < end ? (bytes[at + i] ?? 0) : -1;
      const low = i === 1 ? lowestSecond(lead) : 0x80;
      const high = i === 1 ? highestSecond(lead) : 0xbf;
      if (byte < low || byte > high) return { at, length: i };
    }
    at += length;
  }
  return undefined;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0; // continuation byte, or overlong form of two bytes
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

function lowestSecond(lead: number): number {
  if (lead === 0xe0) return 0xa0; // below: overlong
  return lead === 0xf0 ? 0x90 : 0x80; // below: overlong
}

function highestSecond(lead: number): number {
  if (lead === 0xed) return 0x9f; // above: surrogates
  return lead === 0xf4 ? 0x8f : 0xbf; // above: beyond U+10FFFF
}
