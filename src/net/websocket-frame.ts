// WebSocket frames (RFC 6455, section 5) of either side: what a client sends is masked, and read in whatever pieces it comes.
import { randomBytes } from 'node:crypto';

/** The frames there are, by opcode. */
const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const names = new Map(Object.entries(opcodes).map(([name, code]) => [code as number, name as Opcode]));

export type Opcode = keyof typeof opcodes;

/** Who sends a frame: a client masks each, a server none (RFC 6455, section 5.1). */
export type FrameSender = 'client' | 'server';

/** What was sent: a piece of a message, a whole control frame, or what nobody can go on from. */
export type FrameSeen =
  | { readonly kind: 'text' | 'binary' | 'close' | 'ping' | 'pong'; readonly payload: Uint8Array }
  | { readonly kind: 'broken'; readonly why: string };

const finalBit = 0x80;
const maskBit = 0x80;
/** A length of 126 or 127 in the second byte says that 2 or 8 bytes with the length follow. */
const longB = { 126: 2, 127: 8 } as const;
const controlMaxB = 125;
const maskB = 4;

/** One frame as `sender` has to send it. */
export function frameOf(sender: FrameSender, payload: Uint8Array, opcode: Opcode, isFinal = true): Uint8Array {
  const lengthB = payload.length < 126 ? 0 : payload.length < 2 ** 16 ? 2 : 8;
  const mask = sender === 'client' ? randomBytes(maskB) : undefined;
  const payloadAt = 2 + lengthB + (mask?.length ?? 0);
  const frame = Buffer.alloc(payloadAt + payload.length);
  frame[0] = opcodes[opcode] | (isFinal ? finalBit : 0);
  frame[1] = (mask ? maskBit : 0) | (lengthB === 0 ? payload.length : lengthB === 2 ? 126 : 127);
  if (lengthB === 2) frame.writeUInt16BE(payload.length, 2);
  if (lengthB === 8) frame.writeBigUInt64BE(BigInt(payload.length), 2);
  mask?.copy(frame, 2 + lengthB);
  frame.set(mask ? masked(payload, mask, 0) : payload, payloadAt);
  return frame;
}

/** Masks or unmasks a copy of the bytes that stand at `at` in their frame's payload; the two are the same. */
function masked(bytes: Uint8Array, mask: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = 0; i < copy.length; i += 1) copy[i] = (copy[i] ?? 0) ^ (mask[(at + i) % maskB] ?? 0);
  return copy;
}

interface Header {
  readonly opcode: Opcode;
  readonly isFinal: boolean;
  readonly headerB: number;
  readonly payloadB: number;
  readonly mask: Uint8Array | undefined;
}

/** Reads what one side sends. Payloads are handed on as they come, so that no frame has to fit into memory. */
export class FrameReader {
  readonly #sender: FrameSender;
  #kept: Buffer = Buffer.alloc(0);
  /** Payload bytes of the current frame that have yet to come. */
  #leftB = 0;
  /** Its mask, and how much of its payload has come. */
  #mask: Uint8Array | undefined;
  #at = 0;
  /** The message that the current frame, or a continuation to come, belongs to. */
  #message: { readonly kind: 'text' | 'binary'; isComplete: boolean } | undefined;
  #isBroken = false;

  constructor(sender: FrameSender) {
    this.#sender = sender;
  }

  /** Takes bytes as they come. After `broken` nothing more is read. */
  push(chunk: Uint8Array): readonly FrameSeen[] {
    const seen: FrameSeen[] = [];
    let rest: Buffer = Buffer.concat([this.#kept, chunk]);
    for (let before = -1; rest.length !== before && !this.#isBroken;) {
      before = rest.length;
      rest = this.#leftB > 0 ? this.#piece(rest, seen) : this.#begin(rest, seen);
    }
    this.#kept = rest;
    return seen;
  }

  /** Takes one piece of the current frame's payload; gives what is behind it. */
  #piece(rest: Buffer, seen: FrameSeen[]): Buffer {
    const piece = rest.subarray(0, this.#leftB);
    const payload = this.#mask ? masked(piece, this.#mask, this.#at) : piece;
    this.#leftB -= piece.length;
    this.#at += piece.length;
    if (piece.length > 0 && this.#message) seen.push({ kind: this.#message.kind, payload });
    return rest.subarray(piece.length);
  }

  /** Takes a frame's header, and all of it when it is a control frame; gives what is behind it. */
  #begin(rest: Buffer, seen: FrameSeen[]): Buffer {
    const header = headerOf(rest, this.#sender);
    if (header === undefined) return rest;
    if (typeof header === 'string') return this.#breaks(header, seen);
    const { opcode, isFinal, headerB, payloadB, mask } = header;
    const behind = rest.subarray(headerB);
    if (opcode === 'close' || opcode === 'ping' || opcode === 'pong') {
      if (behind.length < payloadB) return rest;
      const payload = behind.subarray(0, payloadB);
      seen.push({ kind: opcode, payload: mask ? masked(payload, mask, 0) : payload });
      return behind.subarray(payloadB);
    }
    const continues = this.#message?.isComplete === false;
    if (continues !== (opcode === 'continuation')) {
      return this.#breaks(continues ? `a ${opcode} frame within a message` : 'a continuation of no message', seen);
    }
    if (opcode === 'continuation') {
      if (this.#message) this.#message.isComplete = isFinal;
    } else {
      this.#message = { kind: opcode, isComplete: isFinal };
      // A text frame is to be known at once, an empty one too.
      if (opcode === 'text' && payloadB === 0) seen.push({ kind: 'text', payload: Buffer.alloc(0) });
    }
    this.#leftB = payloadB;
    this.#mask = mask;
    this.#at = 0;
    return behind;
  }

  #breaks(why: string, seen: FrameSeen[]): Buffer {
    this.#isBroken = true;
    seen.push({ kind: 'broken', why });
    return Buffer.alloc(0);
  }
}

/** The header at the start of `bytes`; nothing when more of it has to come, words when it is not allowed. */
function headerOf(bytes: Buffer, sender: FrameSender): Header | string | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const opcode = names.get(first & 0x0f);
  if (opcode === undefined) return `a frame with the reserved opcode ${first & 0x0f}`;
  if ((first & 0x70) !== 0) return 'a frame with reserved bits';
  const isMasked = (second & maskBit) !== 0;
  if (isMasked !== (sender === 'client')) return `${isMasked ? 'a masked' : 'an unmasked'} frame from a ${sender}`;
  const isFinal = (first & finalBit) !== 0;
  const short = second & 0x7f;
  const extraB = short === 126 || short === 127 ? longB[short] : 0;
  if (opcodes[opcode] >= 8 && (!isFinal || short > controlMaxB)) return `a ${opcode} frame in parts or too long`;
  const maskAt = 2 + extraB;
  const headerB = maskAt + (isMasked ? maskB : 0);
  if (bytes.length < headerB) return undefined;
  const payloadB = extraB === 0 ? short : extraB === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (!Number.isSafeInteger(payloadB)) return `a frame of ${payloadB} B`;
  // A copy: the frame may be long, and the chunk that it began in should not be kept as long.
  const mask = isMasked ? Buffer.from(bytes.subarray(maskAt, headerB)) : undefined;
  return { opcode, isFinal, headerB, payloadB, mask };
}
