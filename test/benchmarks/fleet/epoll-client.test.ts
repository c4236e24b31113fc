// The C client against servers that are made up: right ones that cut their bytes, and wrong ones, which it must not count.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { compileEpollClient } from '../../../benchmarks/fleet/epoll-client.ts';
import type { Competitor } from '../../../benchmarks/fleet/rival.ts';
import { encode } from '../../../src/wire/encode.ts';
import type { Packet } from '../../../src/wire/packet.ts';
import { StreamDecoder } from '../../../src/wire/stream-decoder.ts';
import { need } from '../../support/needs.ts';

type Answer = (packet: Packet) => readonly Packet[];
type Write = (socket: Socket, bytes: Uint8Array) => void;

const ok: Packet = { type: 'CONNACK', returnCode: 0, sessionPresent: false };
const connections = 5;

function rightAnswers(packet: Packet): readonly Packet[] {
  if (packet.type === 'CONNECT') return [ok];
  if (packet.type === 'PUBREL') return [{ type: 'PUBCOMP', packetId: packet.packetId }];
  if (packet.type !== 'PUBLISH' || packet.packetId === undefined) return [];
  return [{ type: packet.qos === 2 ? 'PUBREC' : 'PUBACK', packetId: packet.packetId }];
}

const wrongId: Answer = (it) =>
  it.type === 'PUBLISH' ? [{ type: 'PUBACK', packetId: (it.packetId ?? 0) + 1 }] : rightAnswers(it);
const wrongType: Answer = (it) =>
  it.type === 'PUBLISH' ? [{ type: 'PUBACK', packetId: it.packetId ?? 0 }] : rightAnswers(it);

/** One byte in each turn of the event loop, and so in each segment. */
function byteByByte(socket: Socket, bytes: Uint8Array): void {
  const [head, rest] = [bytes.subarray(0, 1), bytes.subarray(1)];
  socket.write(head, () => rest.length > 0 && byteByByte(socket, rest));
}

/** What `play` made of the client before such a server. */
async function before<T>(
  { answer, write = (socket, bytes) => socket.write(bytes), qos = 1 }: { answer: Answer; write?: Write; qos?: 1 | 2 },
  play: (client: Competitor) => Promise<T>,
): Promise<T> {
  await using rival = await compileEpollClient();
  await using server = createServer((socket) => {
    const decoder = new StreamDecoder('client');
    socket.setNoDelay(true).on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const { packet } of decoder.push(chunk)) {
        for (const it of packet ? answer(packet) : []) write(socket, encode(it));
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const load = { qos, payloadB: 100, keepAliveS: 0, window: 2 };
  await using client = await rival.start(load, [
    { broker: { host: '127.0.0.1', port }, connections, name: 'one', source: '127.0.22' },
  ]);
  await client.connect();
  return await play(client);
}

describe('the C client', need('long', 'cc'), () => {
  test.for([1, 2] as const)('QoS %i: answers may come byte by byte', async (qos) => {
    const seen: Packet[] = [];
    const answer: Answer = (packet) => {
      seen.push(packet);
      return rightAnswers(packet);
    };
    const publish = before({ answer, write: byteByByte, qos }, (client) => client.publish({ messages: 40 }));
    expect((await publish).messages).toBe(40);
    const published = seen.filter((it) => it.type === 'PUBLISH');
    expect(published.filter((it) => it.qos === qos && !it.dup && it.payload.length === 100)).toHaveLength(40);
    expect(new Set(published.map((it) => it.topic)).size).toBe(connections);
  });

  test('a connection that is refused is none', async () => {
    const refusal = before({ answer: () => [{ ...ok, returnCode: 5 }] }, () => Promise.resolve());
    await expect(refusal).rejects.toThrow('was refused with return code 5');
  });

  test('an acknowledgement of something else is none', async () => {
    const publish = before({ answer: wrongId }, (client) => client.publish({ messages: 40 }));
    await expect(publish).rejects.toThrow('packet id 2 instead of 1');
  });

  test('PUBACK does not answer QoS 2', async () => {
    const publish = before({ answer: wrongType, qos: 2 }, (client) => client.publish({ messages: 40 }));
    await expect(publish).rejects.toThrow('packet 0x40 where 0x50 was due');
  });
});
