// IPv4 and TCP headers for bytes whose real ones nobody saw, so that tools that know packets can read them.

/** One end of a connection: an IPv4 address as a number, and a port. */
export interface Endpoint {
  readonly address: number;
  readonly port: number;
}

/** A segment to write. */
export interface Segment {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Sequence number of the first byte; taken modulo 2^32. */
  readonly seq: number;
  /** The byte that is expected next from the other side; absent: nothing is acknowledged. */
  readonly ack?: number;
  readonly flags: readonly TcpFlag[];
  /** What is there of the payload. */
  readonly payload: Uint8Array;
  /** How long the payload was, where it was longer. */
  readonly payloadB?: number;
}

/** Flags of a segment; ACK is set where something is acknowledged. */
export type TcpFlag = keyof typeof flagBits;

const flagBits = { FIN: 0x01, SYN: 0x02, RST: 0x04, PSH: 0x08 } as const;
const ackBit = 0x10;

const ipHeaderB = 20;
const tcpHeaderB = 20;
const tcp = 6;
const doNotFragment = 0x4000;
const timeToLive = 64;
/** Scaled by 2^14: a window that no connection fills, since nobody knows the real one. */
const windowB = 0xffff;
/** Of a SYN: the largest segment (65,000 B, as many as we put into one), and the scale of the window. */
const synOptions = Uint8Array.of(2, 4, 0xfd, 0xe8, 1, 3, 3, 14);

/**
 * The IPv4 packet with this segment, its checksums correct. Where bytes of the payload are missing, the lengths in the
 * headers are those of the whole and the TCP checksum is that of zeros in their place: no reader can check it.
 */
export function ipPacket(segment: Segment): { readonly bytes: Uint8Array; readonly originalB: number } {
  const options = segment.flags.includes('SYN') ? synOptions : new Uint8Array();
  const header = Buffer.alloc(ipHeaderB + tcpHeaderB);
  const bytes = Buffer.concat([header, options, segment.payload]);
  const originalB = bytes.length - segment.payload.length + (segment.payloadB ?? segment.payload.length);
  writeIp(bytes, segment, originalB);
  writeTcp(bytes.subarray(ipHeaderB), segment, tcpHeaderB + options.length);
  const pseudo = Buffer.alloc(12);
  bytes.copy(pseudo, 0, 12, ipHeaderB);
  pseudo.writeUInt16BE(tcp, 8);
  pseudo.writeUInt16BE(originalB - ipHeaderB, 10);
  bytes.writeUInt16BE(checksum(Buffer.concat([pseudo, bytes.subarray(ipHeaderB)])), ipHeaderB + 16);
  return { bytes, originalB };
}

function writeIp(packet: Buffer, { from, to }: Segment, lengthB: number): void {
  packet.writeUInt8(0x45, 0); // Version 4, a header of five words.
  packet.writeUInt16BE(lengthB, 2);
  packet.writeUInt16BE(doNotFragment, 6);
  packet.writeUInt8(timeToLive, 8);
  packet.writeUInt8(tcp, 9);
  packet.writeUInt32BE(from.address, 12);
  packet.writeUInt32BE(to.address, 16);
  packet.writeUInt16BE(checksum(packet.subarray(0, ipHeaderB)), 10);
}

function writeTcp(header: Buffer, { from, to, seq, ack, flags }: Segment, headerB: number): void {
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt32BE(seq % 2 ** 32, 4);
  header.writeUInt32BE((ack ?? 0) % 2 ** 32, 8);
  header.writeUInt8((headerB / 4) << 4, 12);
  header.writeUInt8(
    flags.reduce((bits, it) => bits | flagBits[it], ack === undefined ? 0 : ackBit),
    13,
  );
  header.writeUInt16BE(windowB, 14);
}

/** The Internet checksum (RFC 1071). */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  if (bytes.length % 2 === 1) sum += bytes.readUInt8(bytes.length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
