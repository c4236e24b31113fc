// `npm run trials -- tap [MINUTES]`: a thousand devices that talk and reconnect through one tap, and what its memory does.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { encode } from '../../src/wire/encode.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { machineClock, pause } from '../../src/net/clock.ts';
import { writeTrial } from '../trial-record.ts';

const minutes = Number(process.argv[2] ?? 10);
const devices = 1000;
/** Each device publishes so often, and every so many messages it comes anew. */
const messageEveryMs = 2000;
const messagesPerConnection = 5;
/** Memory may grow while the judge's books fill up, and by no more than this after the first half. */
const growthAllowed = 1.25;
const sampleEveryMs = 10_000;

const clock = machineClock();

function serve(socket: Socket): void {
  const decoder = new StreamDecoder('client');
  socket
    .on('error', () => {})
    .on('data', (chunk: Buffer) => {
      for (const { packet } of decoder.push(chunk)) {
        if (packet?.type === 'CONNECT') socket.write(encode({ type: 'CONNACK', returnCode: 0, sessionPresent: false }));
        if (packet?.type === 'PUBLISH') socket.write(encode({ type: 'PUBACK', packetId: packet.packetId ?? 0 }));
      }
    });
}

/** One connection: some messages, then it leaves with DISCONNECT. */
async function visit(port: number, name: string, say: () => void): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  const hello = { protocolName: 'MQTT', protocolLevel: 4, cleanSession: true, keepAliveS: 0 } as const;
  socket.write(encode({ type: 'CONNECT', ...hello, clientId: name }));
  for (let n = 1; n <= messagesPerConnection; n++) {
    await pause(clock, messageEveryMs);
    const payload = Buffer.from(`${name} ${n} ${clock.nowMs()}`);
    const message = { dup: false, qos: 1, retain: false, topic: `meters/${name}`, packetId: n, payload } as const;
    socket.write(encode({ type: 'PUBLISH', ...message }));
    say();
  }
  const closed = once(socket, 'close');
  socket.end(encode({ type: 'DISCONNECT' }));
  await closed;
}

async function heapMb(child: ChildProcess): Promise<number> {
  child.send('cost');
  const [message] = (await once(child, 'message')) as [{ heapB: number }];
  return message.heapB / 1e6;
}

const server = createServer(serve);
await once(server.listen(0, '127.0.0.1', 1000), 'listening');
const address = server.address();
const upstream = typeof address === 'object' && address ? address.port : 0;
const work = JSON.stringify({ taps: true, journal: true, rules: true });
const child = fork(new URL('../tap-process.ts', import.meta.url), [String(upstream), work], {
  execArgv: ['--expose-gc'],
});
const [{ port }] = (await once(child, 'message')) as [{ port: number }];

const endMs = clock.nowMs() + minutes * 60_000;
let messages = 0;
let connections = 0;
async function live(name: string, startMs: number): Promise<void> {
  await pause(clock, startMs);
  while (clock.nowMs() < endMs) {
    connections += 1;
    await visit(port, name, () => (messages += 1));
  }
}
const fleet = Array.from({ length: devices }, (_, n) => live(`meter-${n}`, (n * messageEveryMs) / devices));
const samples: number[] = [];
while (clock.nowMs() < endMs) {
  await pause(clock, sampleEveryMs);
  samples.push(await heapMb(child));
}
await Promise.all(fleet);
child.disconnect();
server.close();

const quarter = Math.floor(samples.length / 4);
const mean = (of: readonly number[]): number => of.reduce((sum, it) => sum + it, 0) / of.length;
const third = mean(samples.slice(2 * quarter, 3 * quarter));
const last = mean(samples.slice(3 * quarter));
const holds = last <= third * growthAllowed;
writeTrial({
  name: 'tap',
  about:
    'A thousand devices through one tap with rules and journal: each publishes every 2 s at QoS 1 and comes anew after five messages. What lives in the heap of its process, each time after a collection; it decides that the last quarter is no more than a quarter above the one before. The rules remember up to 100,000 messages, which the first minutes fill.',
  figures: {
    minutes: String(minutes),
    connections: connections.toLocaleString('en-US'),
    messages: messages.toLocaleString('en-US'),
    result: holds ? 'holds' : 'FAILS',
  },
  body: [
    '| quarter | live heap, mean MB |',
    '| --- | ---: |',
    ...[0, 1, 2, 3].map((n) => `| ${n + 1} | ${mean(samples.slice(n * quarter, (n + 1) * quarter)).toFixed(0)} |`),
  ].join('\n'),
});
process.exitCode = holds ? 0 : 1;
