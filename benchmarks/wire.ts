// How our codec compares with npm mqtt-packet on this machine: both in one run, so that only the ratio counts.
import mqttPacket from 'mqtt-packet';
import { encode } from '../src/wire/encode.ts';
import { StreamDecoder } from '../src/wire/stream-decoder.ts';
import type { Packet } from '../src/wire/packet.ts';

interface Load {
  readonly name: string;
  readonly ours: Packet;
  readonly theirs: mqttPacket.Packet;
}

const ROUNDS = 7;
const PACKETS = 40_000;
/** Packets in one chunk, as a busy socket delivers them. */
const CHUNK_PACKETS = 50;

function publish(name: string, topic: string, qos: 0 | 1, payloadB: number): Load {
  const payload = Buffer.alloc(payloadB, 0x61);
  const id = qos === 0 ? {} : { packetId: 4711 };
  const messageId = qos === 0 ? {} : { messageId: 4711 };
  return {
    name,
    ours: { type: 'PUBLISH', dup: false, qos, retain: false, topic, ...id, payload },
    theirs: { cmd: 'publish', dup: false, qos, retain: false, topic, ...messageId, payload },
  };
}

const LOADS: readonly Load[] = [
  publish('PUBLISH QoS 0, 64 B', 'plant/7/line/3/sensor/temperature', 0, 64),
  publish('PUBLISH QoS 1, 64 B', 'plant/7/line/3/sensor/temperature', 1, 64),
  publish('PUBLISH QoS 1, 1 KiB', 'plant/7/line/3/sensor/temperature', 1, 1024),
  publish('PUBLISH QoS 1, UTF-8 topic', 'werk/7/straße/3/fühler', 1, 64),
  { name: 'PUBACK', ours: { type: 'PUBACK', packetId: 4711 }, theirs: { cmd: 'puback', messageId: 4711 } },
];

/** Packets per second of both, as medians of rounds that take turns, so that other load on the machine hits both. */
function rates(ours: () => number, theirs: () => number): readonly [number, number] {
  const seen: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const now = [rate(ours), rate(theirs)] as const;
    if (round === 0) continue; // warms up
    seen[0].push(now[0]);
    seen[1].push(now[1]);
  }
  return [median(seen[0]), median(seen[1])];
}

function rate(work: () => number): number {
  const begin = process.hrtime.bigint();
  const packets = work();
  return packets / (Number(process.hrtime.bigint() - begin) / 1e9);
}

function median(values: readonly number[]): number {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? 0;
}

function encodeOurs({ ours }: Load): number {
  let bytes = 0;
  for (let i = 0; i < PACKETS; i++) bytes += encode(ours).length;
  return bytes > 0 ? PACKETS : 0;
}

function encodeTheirs({ theirs }: Load): number {
  let bytes = 0;
  for (let i = 0; i < PACKETS; i++) bytes += mqttPacket.generate(theirs).length;
  return bytes > 0 ? PACKETS : 0;
}

function chunkOf(load: Load): Buffer {
  return Buffer.concat(Array.from({ length: CHUNK_PACKETS }, () => encode(load.ours)));
}

function decodeOurs(chunk: Buffer): number {
  const decoder = new StreamDecoder('client');
  let packets = 0;
  for (let i = 0; i < PACKETS; i += CHUNK_PACKETS) {
    for (const { packet } of decoder.push(chunk)) if (packet !== undefined) packets++;
  }
  return packets;
}

function decodeTheirs(chunk: Buffer): number {
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  let packets = 0;
  parser.on('packet', () => packets++);
  for (let i = 0; i < PACKETS; i += CHUNK_PACKETS) parser.parse(chunk);
  return packets;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const perSecond = (value: number): string => Math.round(value).toLocaleString('en-US');

console.log(
  row(['packet', 'encode, ours /s', 'mqtt-packet /s', 'ratio', 'decode, ours /s', 'mqtt-packet /s', 'ratio', 'both']),
);
console.log(row(['---', '---:', '---:', '---:', '---:', '---:', '---:', '---:']));
for (const load of LOADS) {
  const chunk = chunkOf(load);
  const [e1, e2] = rates(
    () => encodeOurs(load),
    () => encodeTheirs(load),
  );
  const [d1, d2] = rates(
    () => decodeOurs(chunk),
    () => decodeTheirs(chunk),
  );
  const both = (1 / e2 + 1 / d2) / (1 / e1 + 1 / d1);
  const cells = [
    perSecond(e1),
    perSecond(e2),
    (e1 / e2).toFixed(1),
    perSecond(d1),
    perSecond(d2),
    (d1 / d2).toFixed(1),
  ];
  console.log(row([load.name, ...cells, both.toFixed(1)]));
}
