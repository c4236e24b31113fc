// Many connections of npm's mqtt in one process: the same commands, options and answers as epoll-client.c.
import { createInterface } from 'node:readline';
import { connect, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { LocalAddresses } from './local-addresses.ts';

type Packets = 'packetsend' | 'packetreceive';

/** What is used of the package, which may not be there when this is compiled. */
interface MqttClient {
  on(event: 'connect' | 'close' | 'error' | Packets, listener: (what: unknown) => void): this;
  off(event: Packets, listener: (what: unknown) => void): this;
  publish(topic: string, payload: Buffer, options: { readonly qos: number }, done: (error?: Error) => void): void;
  reconnect(): void;
}
interface MqttPackage {
  readonly MqttClient: new (stream: () => Socket, options: object) => MqttClient;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    broker: { type: 'string', default: '' },
    connections: { type: 'string', default: '1' },
    name: { type: 'string', default: 'mqttjs' },
    source: { type: 'string', default: '127.0.11' },
    qos: { type: 'string', default: '1' },
    'payload-bytes': { type: 'string', default: '64' },
    'keep-alive-s': { type: 'string', default: '0' },
    window: { type: 'string', default: '256' },
  },
});
const [packagePath = ''] = positionals;
const [host = '', port = ''] = values.broker.split(':');
const wanted = Number(values.connections);
const window = Number(values.window);
const qos = Number(values.qos);
const payload = Buffer.alloc(Number(values['payload-bytes']), 'a');
const addresses = new LocalAddresses(values.source);
const { MqttClient } = (await import(pathToFileURL(packagePath).href)) as MqttPackage;

const clients: MqttClient[] = [];
const waiting: number[] = [];
const dialling = new Set<number>();
let online = 0;
/** While all connections are waited for: what is done with each change of `online`. */
let noteOnline = (): void => {};
/** While connections may be lost: which of them were. */
let lost: Set<number> | undefined;
/** The broker took no connection last time: one attempt at a time, with a pause before, until it takes one. */
let isRefused = false;
const pauseMs = 5;

const nowS = (): number => Number(process.hrtime.bigint()) / 1e9;

function fail(sentence: string): never {
  process.stderr.write(`mqtt-js-client: ${sentence}\n`);
  process.exit(1);
}

function say(at: string, more: object = {}): void {
  process.stdout.write(`${JSON.stringify({ at, ...more })}\n`);
}

function socket(): Socket {
  return connect({ host, port: Number(port), noDelay: true, ...addresses.next() });
}

function open(index: number): MqttClient {
  const client = new MqttClient(socket, {
    clientId: `${values.name}-${index}`,
    protocolVersion: 4,
    clean: true,
    keepalive: Number(values['keep-alive-s']),
    reconnectPeriod: 0,
    resubscribe: false,
  });
  client.on('connect', () => {
    isRefused = false;
    dialling.delete(index);
    online += 1;
    noteOnline();
    dialThoseInTurn();
  });
  client.on('close', () => closed(index));
  client.on('error', (error) => {
    // What `close`, which follows, does not tell apart: a port that is taken, or a broker that takes nobody.
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL') takenPorts.add(index);
    else if (lost === undefined) fail(`connection ${index}: ${String(error)}`);
  });
  return client;
}

/** Connections whose last attempt met a local port that was taken; that says nothing about the broker. */
const takenPorts = new Set<number>();

function closed(index: number): void {
  const wasDialling = dialling.delete(index);
  const isPort = takenPorts.delete(index);
  if (!isPort && lost === undefined) fail(`connection ${index} was lost`);
  waiting.push(index);
  if (wasDialling) {
    if (!isPort) isRefused = true;
    setTimeout(dialThoseInTurn, isPort ? 0 : pauseMs);
    return;
  }
  lost?.add(index);
  online -= 1;
  noteOnline();
  setImmediate(dialThoseInTurn);
}

let nextInTurn = 0;
function dialThoseInTurn(): void {
  while (nextInTurn < waiting.length && dialling.size < (isRefused ? 1 : window)) {
    const index = waiting[nextInTurn++] ?? 0;
    dialling.add(index);
    const client = clients[index];
    if (client === undefined) clients[index] = open(index);
    else client.reconnect();
  }
  if (nextInTurn < waiting.length) return;
  waiting.length = 0;
  nextInTurn = 0;
}

async function connectAll(): Promise<void> {
  const beganS = nowS();
  await new Promise<void>((resolve) => {
    noteOnline = () => online === wanted && resolve();
    for (let n = 0; n < wanted; n++) waiting.push(n);
    dialThoseInTurn();
  });
  noteOnline = () => {};
  say('online', { online, seconds: nowS() - beganS });
}

async function publish(limit: number, seconds: number): Promise<void> {
  const beganS = nowS();
  // A flag and not the clock: that would be read for every message.
  let isOver = false;
  if (seconds !== Infinity) setTimeout(() => (isOver = true), seconds * 1000);
  let issued = 0;
  let messages = 0;
  await new Promise<void>((resolve) => {
    const next = (index: number): void => {
      if (issued >= limit || isOver) {
        if (messages === issued) resolve();
        return;
      }
      issued += 1;
      clients[index]?.publish(`bench/${values.name}/${index}`, payload, { qos }, (error) => {
        if (error) fail(`connection ${index}: ${error.message}`);
        messages += 1;
        next(index);
      });
    };
    for (let n = 0; n < wanted; n++) next(n);
  });
  say('done', { online, seconds: nowS() - beganS, messages });
}

async function idle(seconds: number): Promise<void> {
  // Listened for here alone: it would cost something with every message that is published.
  const seen = { pingreq: 0, pingresp: 0 };
  const note = (packet: unknown): void => {
    const { cmd } = packet as { readonly cmd: string };
    if (cmd === 'pingreq' || cmd === 'pingresp') seen[cmd] += 1;
  };
  for (const client of clients) client.on('packetsend', note).on('packetreceive', note);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  for (const client of clients) client.off('packetsend', note).off('packetreceive', note);
  say('done', { online, pings: seen.pingreq, answers: seen.pingresp });
}

async function watch(): Promise<void> {
  const seen = new Set<number>();
  const curve: (readonly [number, number])[] = [[nowS(), online]];
  const step = Math.floor(wanted / 200) + 1;
  let told = online;
  await new Promise<void>((resolve) => {
    lost = seen;
    noteOnline = () => {
      const isBack = seen.size === wanted && online === wanted;
      if (Math.abs(online - told) >= step || isBack) {
        told = online;
        curve.push([nowS(), online]);
      }
      if (isBack) resolve();
    };
    say('watching');
  });
  lost = undefined;
  noteOnline = () => {};
  say('done', { online, lost: seen.size, curve });
}

async function obey(line: string): Promise<void> {
  const [verb, what, amount] = line.split(' ');
  if (verb === 'connect') await connectAll();
  else if (verb === 'publish' && what === 'messages') await publish(Number(amount), Infinity);
  else if (verb === 'publish' && what === 'seconds') await publish(Infinity, Number(amount));
  else if (verb === 'idle') await idle(Number(what));
  else if (verb === 'watch') await watch();
  else if (verb === 'rest') {
    globalThis.gc?.();
    say('rested');
  } else fail(`unknown command: ${line}`);
}

// stdin ends with whoever started this, kill -9 included.
process.stdin.once('end', () => process.exit(0)).once('close', () => process.exit(0));
globalThis.gc?.(); // What loading left behind is not what connections cost.
say('empty');
for await (const line of createInterface({ input: process.stdin })) await obey(line);
