// What measuring programs send each other: PUBLISH packets of one size that say who, which, and when by the machine's own clock.

/** The head of a message; times are of the machine's monotonic clock, which all of its processes share. */
export interface MessageHead {
  /** Ordinal of the connection, from 0. */
  readonly connection: number;
  /** Ordinal of the message on its connection, from 0. */
  readonly n: number;
  /** When it should have been sent. */
  readonly intendedMs: number;
  /** When it was. */
  readonly sentMs: number;
}

/** Milliseconds since the machine was started; the same in every process and network namespace. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** PUBLISH at QoS 0 on topic `t`: a link that cuts its stream at packets takes each message for one. */
const publish = 0x30;
const fixedHeaderB = 2;
const topic = Buffer.from([0, 1, 0x74]);
const headAt = fixedHeaderB + topic.length;

/** @param sizeB from 31 to 129: Remaining Length is one byte then */
export function writeMessage({ connection, n, intendedMs, sentMs }: MessageHead, sizeB: number): Buffer {
  const message = Buffer.alloc(sizeB);
  message.writeUInt8(publish, 0);
  message.writeUInt8(sizeB - fixedHeaderB, 1);
  topic.copy(message, fixedHeaderB);
  message.writeUInt32BE(connection, headAt);
  message.writeUInt32BE(n, headAt + 4);
  message.writeDoubleBE(intendedMs, headAt + 8);
  message.writeDoubleBE(sentMs, headAt + 16);
  return message;
}

/** The head of the message that begins at this offset. */
export function readMessage(bytes: Buffer, offset: number): MessageHead {
  const at = offset + headAt;
  return {
    connection: bytes.readUInt32BE(at),
    n: bytes.readUInt32BE(at + 4),
    intendedMs: bytes.readDoubleBE(at + 8),
    sentMs: bytes.readDoubleBE(at + 16),
  };
}

/** Ten full segments of a TCP connection with time stamps over Ethernet, as one PUBLISH. */
export const bulkPieceB = 10 * 1448;

/** A PUBLISH of {@link bulkPieceB}. */
export function bulkPiece(): Buffer {
  const piece = Buffer.alloc(bulkPieceB);
  const lengthB = bulkPieceB - 3;
  piece.writeUInt8(publish, 0);
  piece.writeUInt8((lengthB % 128) + 128, 1);
  piece.writeUInt8(Math.floor(lengthB / 128), 2);
  topic.copy(piece, 3);
  return piece;
}
