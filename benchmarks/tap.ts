// What the tap adds to a message, against a direct connection in the same run: with rules, with the journal, with neither.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { encode } from '../src/wire/encode.ts';
import { StreamDecoder } from '../src/wire/stream-decoder.ts';
import type { TapWork } from './tap-process.ts';

const ROUNDS = 30;
const MESSAGES = 300;
const AIM_MS = 0.3;

const VARIANTS: Readonly<Record<string, TapWork>> = {
  'a bare link': { taps: false, journal: false, rules: false },
  'rules, no journal': { taps: true, journal: false, rules: true },
  'journal, no rules': { taps: true, journal: true, rules: false },
  'rules and journal, as fieldbench tap': { taps: true, journal: true, rules: true },
};

/** Answers CONNECT, and each PUBLISH of QoS 1: next to nothing of its own time is in what is measured. */
function serve(socket: Socket): void {
  const decoder = new StreamDecoder('client');
  socket.setNoDelay(true).on('data', (chunk: Buffer) => {
    for (const { packet } of decoder.push(chunk)) {
      if (packet?.type === 'CONNECT') socket.write(encode({ type: 'CONNACK', returnCode: 0, sessionPresent: false }));
      if (packet?.type === 'PUBLISH') socket.write(encode({ type: 'PUBACK', packetId: packet.packetId ?? 0 }));
    }
  });
}

/** A device that waits for each answer before it says the next thing. */
class Device {
  readonly #socket: Socket;
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async at(port: number): Promise<Device> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    const hello = {
      type: 'CONNECT',
      protocolName: 'MQTT',
      protocolLevel: 4,
      cleanSession: true,
      keepAliveS: 0,
      clientId: `device-${port}`,
    } as const;
    socket.write(encode(hello));
    await once(socket, 'data');
    return new Device(socket);
  }

  /** From PUBLISH to PUBACK. */
  async roundTripMs(): Promise<number> {
    this.#lastId = (this.#lastId % 65_535) + 1;
    const payload = Buffer.alloc(64, 0x61);
    const topic = 'plant/7/line/3/temperature';
    const packet = encode({
      type: 'PUBLISH',
      dup: false,
      qos: 1,
      retain: false,
      topic,
      packetId: this.#lastId,
      payload,
    });
    const answered = once(this.#socket, 'data');
    const begun = process.hrtime.bigint();
    this.#socket.write(packet);
    await answered;
    return Number(process.hrtime.bigint() - begun) / 1e6;
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** The next thing that a tap says. */
async function told<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T];
  return message;
}

interface Row {
  readonly name: string;
  readonly child: ChildProcess | undefined;
  readonly device: Device;
  readonly tookMs: number[];
  cpuUs: number;
}

const server = createServer(serve);
await once(server.listen(0, '127.0.0.1'), 'listening');
const address = server.address();
const upstream = typeof address === 'object' && address ? address.port : 0;

const direct: Row = { name: 'direct', child: undefined, device: await Device.at(upstream), tookMs: [], cpuUs: 0 };
const rows: Row[] = [direct];
for (const [name, work] of Object.entries(VARIANTS)) {
  const child = fork(new URL('tap-process.ts', import.meta.url), [String(upstream), JSON.stringify(work)]);
  const { port } = await told<{ port: number }>(child);
  rows.push({ name, child, device: await Device.at(port), tookMs: [], cpuUs: 0 });
}

async function cpuUsOf({ child }: Row): Promise<number> {
  if (child === undefined) return 0;
  child.send('cost');
  return (await told<{ cpuUs: number }>(child)).cpuUs;
}

for (let round = 0; round <= ROUNDS; round++) {
  for (const row of rows) {
    const before = await cpuUsOf(row);
    const tookMs: number[] = [];
    for (let n = 0; n < MESSAGES; n++) tookMs.push(await row.device.roundTripMs());
    if (round === 0) continue; // warms up
    row.tookMs.push(...tookMs);
    row.cpuUs += (await cpuUsOf(row)) - before;
  }
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const p50 = (it: Row): number => quantile(it.tookMs, 0.5);
const bare = rows[1] ?? direct;
const directMs = p50(direct);
const cpuPerMessage = (it: Row): number => it.cpuUs / it.tookMs.length;

console.log(
  `${direct.tookMs.length} messages of QoS 1 and 64 B each, in turns of ${MESSAGES}; a round trip passes the tap twice.\n`,
);
console.log(
  row([
    '',
    'round trip p50 ms',
    'p99 ms',
    '/ direct',
    '/ bare link',
    'added per passage p50 ms',
    'CPU per message / bare link',
  ]),
);
console.log(row(['---', '---:', '---:', '---:', '---:', '---:', '---:']));
for (const it of rows) {
  const addedMs = (p50(it) - directMs) / 2;
  console.log(
    row([
      it.name,
      p50(it).toFixed(3),
      quantile(it.tookMs, 0.99).toFixed(3),
      (p50(it) / directMs).toFixed(2),
      it === direct ? '' : (p50(it) / p50(bare)).toFixed(2),
      it === direct ? '' : `${addedMs.toFixed(3)}${addedMs <= AIM_MS ? '' : ` (aim: ${AIM_MS})`}`,
      it === direct ? '' : (cpuPerMessage(it) / cpuPerMessage(bare)).toFixed(2),
    ]),
  );
}
const [, , rulesOnly, journalOnly, both] = rows;
if (rulesOnly && journalOnly && both) {
  const journalMs = (p50(both) - p50(rulesOnly)) / 2;
  const rulesMs = (p50(both) - p50(journalOnly)) / 2;
  console.log(`\nof that the journal: ${journalMs.toFixed(3)} ms per passage; the rules: ${rulesMs.toFixed(3)} ms`);
}

for (const { device, child } of rows) {
  device.end();
  child?.disconnect();
}
server.close();
