// Reads a capture file back, by the book and without our own writer: blocks, options, IPv4 and TCP headers.

/** A block with its options by code. */
export interface Block {
  readonly type: number;
  readonly body: Buffer;
  readonly options: ReadonlyMap<number, Buffer>;
}

/** One packet of the file. */
export interface ReadPacket {
  readonly interfaceId: number;
  readonly timeNs: bigint;
  readonly originalB: number;
  readonly capturedB: number;
  readonly comment: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly seq: number;
  readonly ack: number;
  readonly flags: string;
  readonly payload: Buffer;
  /** Whether the sums over what is there come to what they must; undefined where bytes are missing. */
  readonly checksums: { readonly ip: boolean; readonly tcp: boolean | undefined };
}

/** Lengths of the fixed bodies; what follows is data (of a packet) and options. */
const fixedB = new Map([
  [0x0a0d0d0a, 16],
  [1, 8],
  [6, 20],
]);

/** All blocks of a file. Throws where lengths do not fit. */
export function blocksOf(file: Buffer): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < file.length;) {
    const [type, lengthB] = [file.readUInt32LE(at), file.readUInt32LE(at + 4)];
    if (lengthB % 4 !== 0 || at + lengthB > file.length || file.readUInt32LE(at + lengthB - 4) !== lengthB) {
      throw new Error(`a block of ${lengthB} B at ${at} that does not fit`);
    }
    const content = file.subarray(at + 8, at + lengthB - 4);
    const fixed = fixedB.get(type);
    if (fixed === undefined) throw new Error(`a block of type ${type}`);
    const dataB = type === 6 ? Math.ceil(content.readUInt32LE(12) / 4) * 4 : 0;
    blocks.push({
      type,
      body: content.subarray(0, fixed + dataB),
      options: optionsOf(content.subarray(fixed + dataB)),
    });
    at += lengthB;
  }
  return blocks;
}

function optionsOf(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const [code, lengthB] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    if (code === 0) {
      if (at + 4 !== bytes.length) throw new Error('something behind the end of the options');
      return options;
    }
    options.set(code, bytes.subarray(at + 4, at + 4 + lengthB));
    at += 4 + Math.ceil(lengthB / 4) * 4;
  }
  if (bytes.length > 0) throw new Error('options without an end');
  return options;
}

/** The packets among the blocks. */
export function packetsOf(blocks: readonly Block[]): readonly ReadPacket[] {
  return blocks
    .filter((it) => it.type === 6)
    .map(({ body, options }) => {
      const capturedB = body.readUInt32LE(12);
      const bytes = body.subarray(20, 20 + capturedB);
      const tcpAt = (bytes.readUInt8(0) & 0x0f) * 4;
      const payloadAt = tcpAt + (bytes.readUInt8(tcpAt + 12) >> 4) * 4;
      const bits = bytes.readUInt8(tcpAt + 13);
      const originalB = body.readUInt32LE(16);
      if (bytes.readUInt16BE(2) !== originalB) throw new Error('the IP length is not the original length');
      return {
        interfaceId: body.readUInt32LE(0),
        timeNs: (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8)),
        originalB,
        capturedB,
        comment: options.get(1)?.toString(),
        from: `${bytes.subarray(12, 16).join('.')}:${bytes.readUInt16BE(tcpAt)}`,
        to: `${bytes.subarray(16, 20).join('.')}:${bytes.readUInt16BE(tcpAt + 2)}`,
        seq: bytes.readUInt32BE(tcpAt + 4),
        ack: bytes.readUInt32BE(tcpAt + 8),
        flags: ['FIN', 'SYN', 'RST', 'PSH', 'ACK'].filter((_, bit) => (bits & (1 << bit)) !== 0).join(' '),
        payload: bytes.subarray(payloadAt),
        checksums: {
          ip: sumsUp(bytes.subarray(0, tcpAt)),
          tcp: capturedB < originalB ? undefined : sumsUp(withPseudoHeader(bytes, tcpAt)),
        },
      };
    });
}

function withPseudoHeader(packet: Buffer, tcpAt: number): Buffer {
  const lengthB = packet.length - tcpAt;
  return Buffer.concat([
    packet.subarray(12, 20),
    Buffer.from([0, 6, lengthB >> 8, lengthB & 0xff]),
    packet.subarray(tcpAt),
  ]);
}

/** Ones' complement addition of everything, checksum included, gives all ones. */
function sumsUp(bytes: Buffer): boolean {
  const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
  let sum = 0;
  for (let at = 0; at < even.length; at += 2) {
    sum += even.readUInt16BE(at);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum === 0xffff;
}
