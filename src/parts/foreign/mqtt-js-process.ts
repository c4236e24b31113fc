// The child that is a device on npm's mqtt: connects as ordered, subscribes, publishes, and tells what it means to publish.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { wallTime } from '../../net/clock.ts';
import type { ForeignOrders } from './spoken.ts';

/** What is used of the package, which may not be there when this is compiled. */
interface MqttClient {
  on(event: 'connect' | 'error', listener: (what: { readonly message?: string }) => void): void;
  publish(topic: string, payload: string, options: { readonly qos: 0 | 1 | 2; readonly retain: boolean }): void;
  subscribe(filters: Readonly<Record<string, { readonly qos: 0 | 1 | 2 }>>): void;
  end(force: boolean, options: object, done: () => void): void;
}
interface MqttPackage {
  readonly default: { connect(options: object): MqttClient };
}

/** How long goodbye may take. */
const farewellMs = 2000;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await lines.next();
const orders = JSON.parse(String(first.value)) as ForeignOrders;
const { publishes, filters } = orders;
const { default: mqtt } = (await import(pathToFileURL(process.argv[2] ?? '').href)) as MqttPackage;

const presence = { topic: `${publishes?.topic}/status`, qos: 1, retain: true } as const;
const client = mqtt.connect({
  host: orders.host,
  port: orders.port,
  clientId: orders.clientId,
  ...(orders.userName !== undefined && { username: orders.userName, password: orders.password }),
  keepalive: orders.keepAliveS,
  clean: orders.cleanSession,
  reconnectPeriod: orders.reconnect.baseMs,
  protocolVersion: 4,
  ...(publishes && { will: { ...presence, payload: 'offline' } }),
});

let timer: NodeJS.Timeout | undefined;
let seq = 0;
let isResting = false;
let isEnding = false;

function publish(topic: string, payload: string, qos: 0 | 1 | 2, retain: boolean): void {
  const monotonicMs = Number(process.hrtime.bigint()) / 1e6;
  const told = { topic, qos, retain, payload: Buffer.from(payload).toString('base64'), monotonicMs };
  writeSync(1, `${JSON.stringify({ intent: told })}\n`); // At once: an intent is older than its packet.
  client.publish(topic, payload, { qos, retain });
}

function publishValue(): void {
  if (!publishes || isResting) return;
  seq += 1;
  publish(`${publishes.topic}/value`, JSON.stringify({ seq, sourceTime: wallTime() }), publishes.qos, false);
}

if (Object.keys(filters).length > 0) {
  // Now, when it can, and of its own accord again where the broker has forgotten the session.
  client.subscribe(Object.fromEntries(Object.entries(filters).map(([filter, qos]) => [filter, { qos }])));
}

client.on('error', (error) => process.stderr.write(`${error.message}\n`));
client.on('connect', () => {
  if (isEnding || !publishes) return;
  publish(presence.topic, 'online', 1, true);
  if (timer !== undefined) return;
  timer = setInterval(publishValue, publishes.intervalMs);
  publishValue();
});

process.once('SIGTERM', () => {
  isEnding = true;
  clearInterval(timer);
  if (publishes) publish(presence.topic, 'offline', 1, true); // DISCONNECT discards the will.
  setTimeout(() => process.exit(0), farewellMs).unref();
  client.end(false, {}, () => process.exit(0)); // Behind what is in flight.
});

for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
  if ((JSON.parse(line.value) as { readonly do?: string }).do === 'rest') isResting = true;
}
// stdin is closed: the bench is gone, kill -9 included.
if (!isEnding) process.exit(0);
