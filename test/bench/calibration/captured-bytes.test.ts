// Captures as tcpdump writes them: bytes of the network layer each way, cut packets in full.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { capturedBytes } from '../../../src/bench/calibration/captured-bytes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldbench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const client = [127, 77, 0, 1];
const server = [127, 77, 0, 2];

function pcap(linkType: number, packets: readonly { from: readonly number[]; ipB: number; keptB: number }[]): string {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt32LE(linkType, 20);
  const records = packets.map(({ from, ipB, keptB }) => {
    const record = Buffer.alloc(16 + keptB);
    record.writeUInt32LE(keptB, 8);
    record.writeUInt32LE(ipB, 12);
    record.writeUInt8(0x45, 16);
    record.writeUInt16BE(ipB, 18);
    Buffer.from(from).copy(record, 28);
    return record;
  });
  const file = join(folder, 'capture.pcap');
  writeFileSync(file, Buffer.concat([head, ...records]));
  return file;
}

test('each direction is summed by the lengths that IP itself says', () => {
  const packets = [
    { from: client, ipB: 60, keptB: 60 },
    { from: server, ipB: 1500, keptB: 64 },
    { from: client, ipB: 52, keptB: 52 },
  ];
  expect(capturedBytes(pcap(101, packets), '127.77.0.1')).toEqual({ up: { ipB: 112 }, down: { ipB: 1500 } });
  expect(capturedBytes(pcap(12, []), '127.77.0.1')).toEqual({ up: { ipB: 0 }, down: { ipB: 0 } });
});

test('a capture of another kind is refused, and so is what is none', () => {
  expect(() => capturedBytes(pcap(1, []), '127.77.0.1')).toThrow(expect.objectContaining({ code: 'FB_CALIBRATION' }));
  const file = join(folder, 'empty');
  writeFileSync(file, '');
  expect(() => capturedBytes(file, '127.77.0.1')).toThrow(expect.objectContaining({ code: 'FB_CALIBRATION' }));
});
