// Passwords never reach an event: they are overwritten byte for byte before one exists.
import type { Frame } from '../wire/frame.ts';
import type { Sender } from '../wire/packet.ts';

/** Start and length of a run of bytes. */
export type ByteRange = readonly [start: number, length: number];

/** Bytes that are safe to keep, and where they were overwritten. */
export interface Masked {
  readonly bytes: Uint8Array;
  readonly ranges: readonly ByteRange[];
}

/** What stands where a password stood: `*`. */
export const maskByte = 0x2a;

/**
 * Masks the passwords in one direction of one connection, frame by frame.
 *
 * A well-formed CONNECT loses its password and keeps everything else. One whose fields do not end where the packet
 * ends may carry the password anywhere: all its fields lose their content, lengths stay. Where the fields ran past
 * the packet's end, the password may follow as if it were other packets: everything behind it is masked. So is
 * what a client sends before a good CONNECT, from the point where the protocol name of a CONNECT stands in it.
 * A password that a client puts into another field of a well-formed packet is not recognised.
 */
export class PasswordMask {
  readonly #searches: boolean;
  #state: 'before' | 'connected' | 'password may follow' = 'before';
  /** End of the bytes before, where a protocol name may begin. */
  #tail: Uint8Array = new Uint8Array();

  constructor(sender: Sender) {
    this.#searches = sender === 'client';
  }

  /** The next frame of the stream. The input stays as it is. */
  apply(frame: Frame): Masked {
    const { bytes } = frame;
    const ranges = this.#secrets(frame).filter(([, length]) => length > 0);
    if (ranges.length === 0) return { bytes, ranges };
    const masked = Uint8Array.from(bytes);
    for (const [start, length] of ranges) masked.fill(maskByte, start, start + length);
    return { bytes: masked, ranges };
  }

  /** Whether frames are masked whole from here on, so that nothing can be read from them. */
  get hidesAll(): boolean {
    return this.#state === 'password may follow';
  }

  #secrets(frame: Frame): readonly ByteRange[] {
    const { bytes } = frame;
    if (this.#state === 'password may follow') return [from(0, bytes)];
    if (isConnect(bytes) && !isPiece(frame)) {
      const { ranges, overran } = connectSecrets(bytes);
      this.#state = overran ? 'password may follow' : 'connected';
      return ranges;
    }
    if (!this.#searches || (this.#state === 'connected' && frame.packet)) return [];
    const name = this.#endOfProtocolName(bytes);
    if (name === undefined) return [];
    this.#state = 'password may follow';
    return [from(name, bytes)];
  }

  /** Offset behind a protocol name that ends in `bytes`. */
  #endOfProtocolName(bytes: Uint8Array): number | undefined {
    const before = this.#tail.length;
    const view = Buffer.concat([this.#tail, bytes]);
    this.#tail = Uint8Array.from(view.subarray(-longestNameB + 1));
    const ends = protocolNames.flatMap((name) => {
      const at = view.indexOf(name, 0, 'latin1');
      return at < 0 ? [] : [at + name.length - before];
    });
    return ends.length === 0 ? undefined : Math.min(...ends);
  }
}

/** A protocol name with its length, as it stands in a CONNECT of MQTT 3.1.1 and 3.1. */
const protocolNames = ['\0\u0004MQTT', '\0\u0006MQIsdp'];
const longestNameB = 8;

/** Bytes that begin anywhere, framing being lost: only the first of them, which broke it, begins a packet. */
const isPiece = (frame: Frame): boolean => frame.unframed === true && frame.deviations.length === 0;

const isConnect = (bytes: Uint8Array): boolean => (bytes[0] ?? 0) >> 4 === 1;

const from = (start: number, bytes: Uint8Array): ByteRange => [start, bytes.length - start];

/** Offset behind the fixed header, or the end where the bytes are shorter than it. */
function bodyStart(bytes: Uint8Array): number {
  let at = 1;
  while (at < 5 && ((bytes[at] ?? 0) & 0x80) !== 0) at += 1;
  return Math.min(at + 1, 5, bytes.length);
}

interface Secrets {
  readonly ranges: readonly ByteRange[];
  /** A field claims more bytes than the packet has. */
  readonly overran: boolean;
}

const passwordFlag = 0x40;
const credentialFlags = 0xc0;

/** Finds what is, or could be, the password of a CONNECT. */
function connectSecrets(bytes: Uint8Array): Secrets {
  const name = readField(bytes, bodyStart(bytes));
  const level = (bytes[name.end] ?? 0) & 0x7f; // The top bit marks a bridge.
  const flags = bytes[name.end + 1] ?? 0;
  const payload = name.end + 4;
  if (name.overran || payload > bytes.length) return { ranges: [from(name.start, bytes)], overran: true };
  const fields = readFields(bytes, payload, fieldCount(flags));
  const end = fields.at(-1)?.end ?? payload;
  const overran = fields.some((it) => it.overran);
  const exact = !overran && end === bytes.length;
  if (level !== 3 && level !== 4) {
    // Another version's layout: nothing is known of where its secrets stand.
    const open = exact && (flags & credentialFlags) === 0;
    return { ranges: open ? [] : [from(payload, bytes)], overran: false };
  }
  if (!exact) return { ranges: [...fields.map(contentOf), from(end, bytes)], overran };
  const password = (flags & passwordFlag) === 0 ? undefined : fields.at(-1);
  return { ranges: password ? [contentOf(password)] : [], overran };
}

/** Client id, two for a will, user name, password: one after the other as the flags announce them. */
function fieldCount(flags: number): number {
  return 1 + ((flags & 0x04) === 0 ? 0 : 2) + ((flags & 0x80) === 0 ? 0 : 1) + ((flags & passwordFlag) === 0 ? 0 : 1);
}

interface Field {
  readonly start: number;
  readonly end: number;
  readonly overran: boolean;
}

const contentOf = (field: Field): ByteRange => [field.start, field.end - field.start];

function readFields(bytes: Uint8Array, at: number, count: number): readonly Field[] {
  const fields: Field[] = [];
  for (let next = at; fields.length < count; next = fields.at(-1)?.end ?? next) {
    const field = readField(bytes, next);
    fields.push(field);
    if (field.overran) break;
  }
  return fields;
}

/** A two-byte length and as much content, cut at the packet's end. */
function readField(bytes: Uint8Array, at: number): Field {
  const start = at + 2;
  if (start > bytes.length) return { start: Math.min(at, bytes.length), end: bytes.length, overran: true };
  const end = start + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  return { start, end: Math.min(end, bytes.length), overran: end > bytes.length };
}
