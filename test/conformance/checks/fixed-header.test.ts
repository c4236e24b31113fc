// Reserved bits are to blame for a close only where the same packet without them was served.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { fixedHeaderChecks } from '../../../src/conformance/checks/fixed-header.ts';
import { driveChecks } from '../../../src/conformance/drive-checks.ts';
import { memoryHistory } from '../../../src/history/memory-history.ts';
import { defaultParameters } from '../../../src/judge/rule.ts';
import { machineClock } from '../../../src/net/clock.ts';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { encode } from '../../../src/wire/encode.ts';
import type { Packet } from '../../../src/wire/packet.ts';
import { StreamDecoder } from '../../../src/wire/stream-decoder.ts';
import { connack, puback, publish, suback } from '../../judge/packets.ts';

const say = (to: Socket, packet: Packet): unknown => to.writable && to.write(encode(packet));

/** A broker of one subscriber, which ends the connection on every PUBACK, spoilt or not. */
function closesOnPuback(socket: Socket, subscribers: Set<Socket>): void {
  const decoder = new StreamDecoder('client');
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    for (const { packet } of decoder.push(chunk)) {
      if (packet?.type === 'CONNECT') say(socket, connack());
      if (packet?.type === 'PINGREQ') say(socket, { type: 'PINGRESP' });
      if (packet?.type === 'SUBSCRIBE') {
        subscribers.add(socket);
        say(socket, suback(packet.packetId, 1));
      }
      if (packet?.type === 'PUBLISH') {
        for (const it of subscribers) say(it, publish(1, 9, { topic: packet.topic, payload: packet.payload }));
        say(socket, puback(packet.packetId ?? 0));
      }
      if (packet?.type === 'PUBACK') socket.destroy();
    }
  });
}

test('a server that closes on any PUBACK has not looked at its flags', async () => {
  const subscribers = new Set<Socket>();
  const server = createServer((socket) => closesOnPuback(socket, subscribers)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const history = memoryHistory();
  await driveChecks(
    fixedHeaderChecks.filter((it) => it.id === 'fixed-header/puback-41'),
    { name: 'broker', server: 'broker', endpoint: { host: '127.0.0.1', port }, variants: {}, lacks: new Map() },
    {
      prefix: 'flags',
      history,
      clock: machineClock(),
      connectionIds: connectionIds(),
      parameters: { ...defaultParameters, responseTimeoutMs: 300, closeTimeoutMs: 300 },
      signal: new AbortController().signal,
    },
  );
  const last = history.events.findLast((it) => it.kind === 'check');
  expect(last).toMatchObject({ phase: 'aborted', reason: 'a delivery at QoS 1 did not come' });
});
