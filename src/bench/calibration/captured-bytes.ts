// What an outside observer saw on a TUN device: the bytes of IP packets each way, from the file that tcpdump wrote.
import { readFileSync } from 'node:fs';
import { FieldbenchError } from '../../error.ts';

/** Bytes in the network layer, each way. The usage of a link's own byte meter has the same shape. */
export interface IpBytes {
  readonly up: { readonly ipB: number };
  readonly down: { readonly ipB: number };
}

/** Microseconds, in the order of bytes of the machines that we run on. */
const magic = 0xa1b2c3d4;
const fileHeaderB = 24;
const recordHeaderB = 16;
/** A TUN device without a header of its own: packets begin with IP. */
const rawLinkTypes: ReadonlySet<number> = new Set([12, 101]);

/**
 * Sums the IP packets of a capture; those from `client` went up, all others down.
 * @throws FieldbenchError `FB_CALIBRATION` for a file of another kind
 */
export function capturedBytes(file: string, client: string): IpBytes {
  const bytes = readFileSync(file);
  const isOurs = bytes.length >= fileHeaderB && bytes.readUInt32LE(0) === magic;
  if (!isOurs || !rawLinkTypes.has(bytes.readUInt32LE(20))) {
    throw new FieldbenchError({
      code: 'FB_CALIBRATION',
      message: 'what tcpdump wrote cannot be read',
      expected: 'a pcap file of raw IP packets',
      actual: bytes.subarray(0, fileHeaderB).toString('hex'),
    });
  }
  const own = Buffer.from(client.split('.').map(Number));
  let [upB, downB] = [0, 0];
  for (let at = fileHeaderB; at + recordHeaderB <= bytes.length;) {
    const capturedB = bytes.readUInt32LE(at + 8);
    const packet = bytes.subarray(at + recordHeaderB, at + recordHeaderB + capturedB);
    const ipB = packet.readUInt16BE(2);
    if (own.equals(packet.subarray(12, 16))) upB += ipB;
    else downB += ipB;
    at += recordHeaderB + capturedB;
  }
  return { up: { ipB: upB }, down: { ipB: downB } };
}
