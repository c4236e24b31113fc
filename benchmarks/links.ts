// What a bare link costs beside Toxiproxy: both in one run, in turns, each in a process of its own, so that only ratios count.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encode } from '../src/wire/encode.ts';
import { freePort } from '../src/parts/brokers/free-port.ts';

const ROUNDS = 7;
const STREAM_B = 192 * 2 ** 20;
const CHUNK_B = 64 * 1024;
const MESSAGES = 2000;
const READING = encode({
  type: 'PUBLISH',
  dup: false,
  qos: 0,
  retain: false,
  topic: 'plant/7/line/3/temperature',
  payload: Buffer.alloc(64, 0x61),
});
const PAYLOAD = Buffer.alloc(STREAM_B / 64, 0x5a);
const CONNECT = encode({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 0,
  clientId: 'bench',
});

/** One way from the sender to the receiver. */
interface Way extends Disposable {
  readonly name: string;
  readonly port: number;
}

/** Counts what comes, and echoes what is small. */
class Receiver {
  readonly server: Server;
  #came: () => void = () => {};
  #receivedB = 0;

  constructor() {
    this.server = createServer((socket) => {
      socket.setNoDelay(true).on('data', (chunk: Buffer) => {
        this.#receivedB += chunk.length;
        if (chunk.length === READING.length) socket.write(chunk);
        this.#came();
      });
      socket.on('error', () => {});
    });
  }

  async has(bytes: number): Promise<void> {
    this.#receivedB = 0;
    await new Promise<void>((resolve) => {
      this.#came = () => this.#receivedB >= bytes && resolve();
    });
    this.#came = () => {};
  }
}

async function ourWay(upstream: number, taps: 'tapped' | 'bare'): Promise<Way> {
  const child = fork(fileURLToPath(new URL('relay-process.ts', import.meta.url)), [String(upstream), taps]);
  const [port] = (await once(child, 'message')) as [number];
  return { name: `embedded, ${taps}`, port, [Symbol.dispose]: () => child.disconnect() };
}

async function toxiproxyWay(upstream: number): Promise<Way> {
  const [api, port] = [await freePort(), await freePort()];
  const child = spawn('toxiproxy-server', ['-host', '127.0.0.1', '-port', String(api)], { stdio: 'ignore' });
  const body = { name: 'bench', listen: `127.0.0.1:${port}`, upstream: `127.0.0.1:${upstream}`, enabled: true };
  for (;;) {
    const asked = { method: 'POST', body: JSON.stringify(body) };
    const isUp = await fetch(`http://127.0.0.1:${api}/proxies`, asked).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) break;
    await setTimeout(20);
  }
  return { name: 'toxiproxy', port, [Symbol.dispose]: () => void child.kill() };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Bytes per second of one stream: large PUBLISH packets, as a link sees a firmware image. */
async function throughput({ port }: Way, receiver: Receiver): Promise<number> {
  const socket = await dial(port);
  socket.write(CONNECT);
  const header = encode({ type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 'fw', payload: PAYLOAD });
  const began = process.hrtime.bigint();
  const all = receiver.has(STREAM_B);
  for (let sentB = 0; sentB < STREAM_B;) {
    const chunk = header.subarray(sentB % header.length, (sentB % header.length) + CHUNK_B);
    sentB += chunk.length;
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  await all;
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  socket.destroy();
  return STREAM_B / seconds;
}

/** Round trips of single readings in ms, sorted. */
async function roundTrips({ port }: Way): Promise<readonly number[]> {
  const socket = await dial(port);
  const times: number[] = [];
  for (let n = 0; n < MESSAGES; n++) {
    const began = process.hrtime.bigint();
    const echo = once(socket, 'data');
    socket.write(READING);
    await echo;
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  socket.destroy();
  return times.toSorted((a, b) => a - b);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const receiver = new Receiver();
await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
const address = receiver.server.address();
if (typeof address !== 'object' || address === null) throw new Error('the receiver has no port');
const direct: Way = { name: 'direct', port: address.port, [Symbol.dispose]: () => {} };
const ways = [
  direct,
  await ourWay(address.port, 'bare'),
  await ourWay(address.port, 'tapped'),
  await toxiproxyWay(address.port),
];

const rates = new Map<Way, number[]>(ways.map((it) => [it, []]));
const delays = new Map<Way, number[]>(ways.map((it) => [it, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const way of ways) {
    const rate = await throughput(way, receiver);
    const times = await roundTrips(way);
    if (round === 0) continue; // warms up
    rates.get(way)?.push(rate);
    delays.get(way)?.push(times[times.length >> 1] ?? 0);
  }
}
const of = (map: Map<Way, number[]>, way: Way): number => median(map.get(way) ?? []);
const toxiproxy = ways.at(-1) ?? direct;
const rows = ways.map((way) => {
  const addedMs = of(delays, way) - of(delays, direct);
  return {
    way: way.name,
    'MB/s': Math.round(of(rates, way) / 1e6),
    'throughput / toxiproxy': (of(rates, way) / of(rates, toxiproxy)).toFixed(2),
    'added round trip ms, p50': addedMs.toFixed(3),
    'added / toxiproxy': (addedMs / (of(delays, toxiproxy) - of(delays, direct))).toFixed(2),
  };
});
console.table(rows);
for (const way of ways) way[Symbol.dispose]();
receiver.server.close();
