// The relay before a real Mosquitto: its own WebSocket listener, and TLS with a certificate of the run.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machineClock } from '../../src/net/clock.ts';
import { dial } from '../../src/net/dial.ts';
import { runCertificate } from '../../src/net/run-certificate.ts';
import type { Endpoint, Wire } from '../../src/net/wire.ts';
import { freePorts } from '../../src/parts/brokers/free-port.ts';
import { launchProcess } from '../../src/parts/brokers/local-process.ts';
import { targetOf } from '../../src/bench/target/target.ts';
import { awaitReady } from '../../src/parts/brokers/readiness.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { need, whereIs } from '../support/needs.ts';
import { testWorld } from '../parts/world.ts';
import { endedAt, relayTo, seen } from './loopback.ts';

const clock = machineClock();
const options = { clock, signal: new AbortController().signal } as const;

/** Sends packets, and gives all that came up to the first of a type. */
function mqttOver(wire: Wire) {
  const decoder = new StreamDecoder('server');
  const come: Packet[] = [];
  let look: (() => void) | undefined;
  wire.onBytes((chunk) => {
    for (const { packet } of decoder.push(chunk)) if (packet) come.push(packet);
    look?.();
  });
  return {
    send: (packet: Packet) => wire.send(encode(packet)),
    upTo: (type: Packet['type']) =>
      new Promise<readonly Packet[]>((resolve) => {
        look = () => {
          const at = come.findIndex((it) => it.type === type);
          if (at !== -1) resolve(come.splice(0, at + 1));
        };
        look();
      }),
  };
}

/** Connects, publishes to itself, and leaves; gives what the broker sent. */
async function visit(endpoint: Endpoint, clientId: string): Promise<readonly string[]> {
  await using wire = await dial(endpoint, options);
  const mqtt = mqttOver(wire);
  const connect = { protocolName: 'MQTT', protocolLevel: 4, cleanSession: true, keepAliveS: 60, clientId };
  await mqtt.send({ type: 'CONNECT', ...connect });
  const come = [...(await mqtt.upTo('CONNACK'))];
  await mqtt.send({ type: 'SUBSCRIBE', packetId: 1, subscriptions: [{ filter: clientId, qos: 0 }] });
  come.push(...(await mqtt.upTo('SUBACK')));
  const payload = Buffer.alloc(100_000, clientId);
  await mqtt.send({ type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: clientId, payload });
  const echoed = await mqtt.upTo('PUBLISH');
  expect(echoed.map((it) => (it.type === 'PUBLISH' ? Buffer.from(it.payload).equals(payload) : it.type))).toEqual([
    true,
  ]);
  await mqtt.send({ type: 'DISCONNECT' });
  wire.end();
  await wire.closed;
  return [...come, ...echoed].map((it) => it.type);
}

const visited = ['CONNACK', 'SUBACK', 'PUBLISH'];

describe('before Mosquitto', need('mosquitto'), () => {
  test('over its WebSocket listener', async () => {
    using world = testWorld();
    await using broker = await targetOf('mosquitto').driver.start('broker', world.context);
    const upstream = broker.variants.websocket ?? broker.endpoint;
    await using overWebSocket = await relayTo(upstream, { listenOn: { over: { webSocket: true } } });
    expect(await visit(overWebSocket.endpoint, 'pump')).toEqual(visited);
    await using straight = await relayTo(upstream);
    expect(await visit(straight.endpoint, 'valve')).toEqual(visited);
    for (const { history } of [overWebSocket, straight]) {
      expect(await seen(history, endedAt('serverEnd'))).toMatchObject({ by: 'client', how: 'fin' });
      const marks = history.events.flatMap((it) => (it.kind === 'mark' ? [it.data] : []));
      expect(marks.at(-1)).toEqual({ offered: 'mqtt', chosen: 'mqtt', seenAt: 'serverEnd' });
    }
  });

  test('over TLS on both sides, and passed through unopened', async () => {
    using world = testWorld();
    const { scratch } = world.context.owns;
    await using own = await runCertificate({ hosts: ['127.0.0.1'], folder: scratch });
    const [port = 0] = await freePorts(1);
    const config = join(scratch, 'tls.conf');
    const files = `certfile ${own.certFile}\nkeyfile ${own.keyFile}\n`;
    await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nuser root\n${files}`);
    const command = { command: whereIs('mosquitto'), args: ['-c', config], what: 'broker (mosquitto)' };
    const broker = launchProcess(command, world.context);
    try {
      const tls = { caPem: own.caPem };
      const upstream = { host: '127.0.0.1', port, tls };
      expect(await awaitReady(upstream, options)).toBe('ready');
      await using opened = await relayTo(upstream, { listenOn: { over: { tls: own } } });
      expect(await visit({ ...opened.endpoint, tls }, 'pump')).toEqual(visited);
      await seen(opened.history, endedAt('serverEnd'));
      expect(opened.history.events.some((it) => it.kind === 'packet')).toBe(true);
      await using passed = await relayTo({ host: '127.0.0.1', port }, { opaque: true });
      expect(await visit({ ...passed.endpoint, tls }, 'valve')).toEqual(visited);
      await seen(passed.history, endedAt('serverEnd'));
      expect(passed.history.events.some((it) => it.kind === 'packet')).toBe(false);
    } finally {
      await broker.stop();
    }
  });
});
