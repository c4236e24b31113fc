// The child that holds a real MQTT conversation with a broker, so that its bytes can be counted: one session, QoS 0, 1 and 2.
import { once } from 'node:events';
import { connectionIds } from '../../net/connection-ids.ts';
import { machineClock, pause } from '../../net/clock.ts';
import { startClient } from '../../parts/devices/client.ts';
import type { Endpoint, Ownership, PartContext } from '../../parts/part.ts';

/** Said first. */
export interface ExchangeOrders {
  readonly endpoint: Endpoint;
  /** Of each QoS. */
  readonly messages: number;
  readonly payloadB: number;
  /** Between one message and the next; the next also waits until the one before is done. */
  readonly everyMs: number;
}

// The channel breaks when the parent is gone, kill -9 included: nothing may outlive the bench.
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

const [orders] = (await once(process, 'message')) as [ExchangeOrders];
const clock = machineClock();
/** It starts no processes and no containers. */
const owns: Ownership = { ownProcess() {}, ownContainer() {}, ownPath() {}, release() {}, labels: {}, scratch: '' };
const context: PartContext = { clock, seed: 0, history: { record() {} }, owns, signal: new AbortController().signal };

let done = (): void => {};
const client = startClient(
  {
    name: 'exchange',
    role: 'device',
    endpoint: orders.endpoint,
    server: 'broker',
    connections: connectionIds(),
    identity: { clientId: 'exchange' },
    policy: { cleanSession: true },
    onEvent: (event) => event.kind === 'published' && done(),
  },
  context,
);
await client.online;
const payload = new Uint8Array(orders.payloadB).fill(0x61);
for (const qos of [0, 1, 2] as const) {
  for (let i = 0; i < orders.messages; i++) {
    const isDone = new Promise<void>((resolve) => (done = resolve));
    client.publish({ topic: 'calibration', payload, qos, retain: false });
    await Promise.all([isDone, pause(clock, orders.everyMs)]);
  }
}
await client.stop();
process.send?.('over');
