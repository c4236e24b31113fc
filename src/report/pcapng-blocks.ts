// The blocks of a pcapng file as bytes, little-endian (draft-ietf-opsawg-pcapng): only those that we write.
import { cutText, safeText } from './safe-text.ts';

/** Packets begin with their IPv4 header. */
const linkTypeRaw = 101;
/** Times are counted in units of 10^-9 s. */
const nanoseconds = 9;

const blockTypes = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const byteOrderMagic = 0x1a2b3c4d;
const optionCodes = {
  comment: 1,
  interfaceName: 2,
  interfaceDescription: 3,
  application: 4,
  timeResolution: 9,
} as const;

/** An option's value has a length of 16 bits, and a character may need eight bytes when it is made visible. */
const longestText = 4000;

/** The beginning of a file: who wrote it, and what a reader should know. */
export function sectionHeader(application: string, comment: string): Uint8Array {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(byteOrderMagic, 0);
  body.writeUInt16LE(1, 4); // Version 1.0.
  body.writeBigInt64LE(-1n, 8); // The section's length is not known.
  return block(blockTypes.section, body, textOption('comment', comment), textOption('application', application));
}

/** A place where packets were seen. The first one is interface 0. */
export function interfaceDescription(name: string, description: string): Uint8Array {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(linkTypeRaw, 0);
  return block(
    blockTypes.interface,
    body,
    textOption('interfaceName', name),
    textOption('interfaceDescription', description),
    option('timeResolution', Uint8Array.of(nanoseconds)),
  );
}

/** A packet for {@link enhancedPacket}. */
export interface CapturedPacket {
  readonly interfaceId: number;
  /** Since 1970. */
  readonly timeNs: bigint;
  /** What is there of it. */
  readonly bytes: Uint8Array;
  /** How long it was. */
  readonly originalB: number;
  readonly comment?: string;
}

/** A packet with its time, its lengths and a comment. */
export function enhancedPacket(packet: CapturedPacket): Uint8Array {
  const body = Buffer.alloc(20);
  body.writeUInt32LE(packet.interfaceId, 0);
  body.writeUInt32LE(Number(BigInt.asUintN(32, packet.timeNs >> 32n)), 4);
  body.writeUInt32LE(Number(BigInt.asUintN(32, packet.timeNs)), 8);
  body.writeUInt32LE(packet.bytes.length, 12);
  body.writeUInt32LE(packet.originalB, 16);
  const comments = packet.comment === undefined ? [] : [textOption('comment', packet.comment)];
  return block(blockTypes.packet, Buffer.concat([body, packet.bytes, padding(packet.bytes.length)]), ...comments);
}

function block(type: number, body: Uint8Array, ...options: readonly Uint8Array[]): Uint8Array {
  const end = options.length === 0 ? [] : [...options, Buffer.alloc(4)];
  const lengthB = 12 + body.length + end.reduce((sum, it) => sum + it.length, 0);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(lengthB, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(lengthB, 0);
  return Buffer.concat([head, body, ...end, tail]);
}

/** Names come from the wire, and tools print them on terminals. */
function textOption(name: keyof typeof optionCodes, text: string): Uint8Array {
  return option(name, Buffer.from(safeText(cutText(text, longestText), 'terminal')));
}

function option(name: keyof typeof optionCodes, value: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(optionCodes[name], 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value, padding(value.length)]);
}

/** Everything in the file begins at a multiple of 4. */
function padding(lengthB: number): Uint8Array {
  return new Uint8Array((4 - (lengthB % 4)) % 4);
}
