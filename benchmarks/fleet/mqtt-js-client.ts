// Many connections of npm's mqtt in one process: the same commands, options and answers as epoll-client.c.
import { connect, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { LocalAddresses } from './local-addresses.ts';
import { nowS } from './now.ts';
import { clientOptions, Curve, fail, obeyStdin, say } from './told-client.ts';

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

const {
  host,
  port,
  connections: wanted,
  name,
  source,
  qos,
  payloadB,
  keepAliveS,
  window,
  positionals,
} = clientOptions();
const [packagePath = ''] = positionals;
const payload = Buffer.alloc(payloadB, 'a');
const addresses = new LocalAddresses(source);
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

function socket(): Socket {
  return connect({ host, port, noDelay: true, ...addresses.next() });
}

function open(index: number): MqttClient {
  const client = new MqttClient(socket, {
    clientId: `${name}-${index}`,
    protocolVersion: 4,
    clean: true,
    keepalive: keepAliveS,
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
      clients[index]?.publish(`bench/${name}/${index}`, payload, { qos }, (error) => {
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
  const curve = new Curve(wanted, online);
  await new Promise<void>((resolve) => {
    lost = seen;
    noteOnline = () => {
      const isBack = seen.size === wanted && online === wanted;
      curve.note(online, isBack);
      if (isBack) resolve();
    };
    say('watching');
  });
  lost = undefined;
  noteOnline = () => {};
  say('done', { online, lost: seen.size, curve: curve.steps });
}

await obeyStdin({ connect: connectAll, publish, idle, watch });
