// Every packet fault must do its work on the packets of a real broker.
import { evenProfile } from '../../../src/faults/link-profile.ts';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { describe, expect, test } from 'vitest';
import type { Direction, PacketAction, PacketFault, PacketMatch } from '../../../src/faults/packet-fault.ts';
import { connectionIds } from '../../../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../../../src/parts/links/embedded.ts';
import type { StartedFaultyLink } from '../../../src/parts/links/link-options.ts';
import { encode } from '../../../src/wire/encode.ts';
import type { Packet, Publish } from '../../../src/wire/packet.ts';
import { StreamDecoder } from '../../../src/wire/stream-decoder.ts';
import { dialEnd, happenings, linkWorld, type End, type LinkWorld } from './ends.ts';

/** An MQTT client that sends what the test says and keeps what comes. */
interface Client {
  readonly end: End;
  readonly packets: readonly Packet[];
  send(...packets: readonly Packet[]): void;
  /** Resolves with all packets so far once the last one is there. */
  until(fits: (packet: Packet) => boolean): Promise<readonly Packet[]>;
}

interface Bench extends AsyncDisposable {
  readonly link: StartedFaultyLink;
  readonly world: LinkWorld;
  /** Connected, subscribed to `t` at QoS 1, with what came for that already seen. */
  subscribed(clientId?: string): Promise<Client>;
  connected(clientId?: string): Promise<Client>;
}

async function bench(...faults: readonly PacketFault[]): Promise<Bench> {
  await using starting = new AsyncDisposableStack();
  const broker = await Aedes.createBroker();
  starting.defer(() => new Promise<void>((resolve) => broker.close(resolve)));
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  starting.defer(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const world = starting.use(linkWorld());
  const options = {
    name: 'mutant',
    client: 'test',
    server: 'aedes',
    profile: evenProfile({ delayMs: 0, jitterMs: 0 }),
    faults,
  };
  const link = starting.use(
    await startEmbeddedLink(
      { ...options, upstream: { host: '127.0.0.1', port }, taps: true, connectionIds: connectionIds() },
      world.context,
    ),
  );
  const running = starting.move();
  const connected = async (clientId = 'pump'): Promise<Client> => {
    const client = clientOf(await dialEnd(link.endpoint));
    running.defer(() => void client.end.socket.destroy());
    client.send(connect(clientId));
    await client.until((it) => it.type === 'CONNACK');
    return client;
  };
  return {
    link,
    world,
    connected,
    async subscribed(clientId) {
      const client = await connected(clientId);
      client.send({ type: 'SUBSCRIBE', packetId: 99, subscriptions: [{ filter: 't', qos: 1 }] });
      await client.until((it) => it.type === 'SUBACK');
      return client;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function clientOf(end: End): Client {
  const decoder = new StreamDecoder('server');
  const { happened, until } = happenings();
  const packets: Packet[] = [];
  end.socket.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      expect(frame.deviations).toEqual([]);
      if (frame.packet) packets.push(frame.packet);
    }
    happened();
  });
  return {
    end,
    packets,
    send: (...them) => end.send(Buffer.concat(them.map((it) => encode(it)))),
    async until(fits) {
      await until(() => packets.some(fits));
      return packets;
    },
  };
}

const connect = (clientId: string): Packet => ({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolLevel: 4,
  cleanSession: true,
  keepAliveS: 0,
  clientId,
});
const message = (payload: string, packetId: number): Publish => ({
  type: 'PUBLISH',
  dup: false,
  qos: 1,
  retain: false,
  topic: 't',
  packetId,
  payload: Buffer.from(payload),
});
const ping: Packet = { type: 'PINGREQ' };
const fault = (
  direction: Direction,
  type: PacketMatch['type'],
  action: PacketAction,
  more: Partial<PacketFault> = {},
): PacketFault => ({
  id: 'f',
  when: { direction, ...(type !== undefined && { type }) },
  action,
  ...more,
});

const isPong = (it: Packet): boolean => it.type === 'PINGRESP';
const isPuback = (packetId: number) => (it: Packet) => it.type === 'PUBACK' && it.packetId === packetId;
const payloadsOf = (packets: readonly Packet[]): readonly string[] =>
  packets.flatMap((it) => (it.type === 'PUBLISH' ? [Buffer.from(it.payload).toString()] : []));
const isMessage = (payload: string) => (it: Packet) => payloadsOf([it]).includes(payload);

describe('on the packets of Aedes', () => {
  test('drop: the PUBACK never comes, the next one does', async () => {
    await using on = await bench(fault('toClient', 'PUBACK', { do: 'drop' }, { times: 1 }));
    const client = await on.connected();
    client.send(message('lost', 1));
    await on.world.recorded('fault');
    client.send(message('kept', 2));
    expect(await client.until(isPuback(2))).not.toContainEqual({ type: 'PUBACK', packetId: 1 });
    expect(on.world.of('fault')).toEqual([
      { kind: 'fault', link: 'mutant', fault: 'f', connection: 'c1', did: 'application-level fault: dropped PUBACK 1' },
    ]);
  });

  test('drop: what the broker never saw it does not route', async () => {
    await using on = await bench(fault('toServer', 'PUBLISH', { do: 'drop' }, { times: 1 }));
    const client = await on.subscribed();
    client.send(message('one', 1), message('two', 2));
    expect(payloadsOf(await client.until(isMessage('two')))).toEqual(['two']);
  });

  test('hold: the packet waits, and what follows it waits behind it', async () => {
    await using on = await bench(fault('toServer', 'PUBLISH', { do: 'hold', holdMs: 50 }, { times: 1 }));
    const client = await on.subscribed();
    client.send(message('held', 1));
    client.send(ping);
    await client.until(isPong);
    const types = on.world.of('packet').filter((it) => it.seenAt === 'serverEnd' && it.direction === 'toServer');
    expect(types.map((it) => Buffer.from(it.bytes, 'base64').readUInt8(0) >> 4)).toEqual([1, 8, 3, 12]);
    expect(await client.until(isMessage('held'))).toContainEqual({ type: 'PUBACK', packetId: 1 });
  });

  test('duplicate: the broker gets it twice, now and later', async () => {
    await using on = await bench(
      fault('toServer', 'PUBLISH', { do: 'duplicate', delayMs: 0, set: { dup: true, payload: { append: ' again' } } }),
      fault(
        'toServer',
        'PUBLISH',
        { do: 'duplicate', delayMs: 30, set: { payload: { append: ' later' } } },
        { id: 'g' },
      ),
    );
    const client = await on.subscribed();
    client.send(message('x', 1));
    expect(payloadsOf(await client.until(isMessage('x later')))).toEqual(['x', 'x again', 'x later']);
  });

  test('rewrite: the SUBACK grants something else', async () => {
    await using on = await bench(fault('toClient', 'SUBACK', { do: 'rewrite', set: { returnCodes: [0x80] } }));
    const client = await on.subscribed();
    expect(client.packets.at(-1)).toEqual({ type: 'SUBACK', packetId: 99, returnCodes: [0x80] });
  });

  test('swap: two messages come in the other order', async () => {
    await using on = await bench(fault('toClient', 'PUBLISH', { do: 'swap', withinMs: 10_000 }, { times: 1 }));
    const client = await on.subscribed();
    client.send(message('one', 1), message('two', 2));
    expect(payloadsOf(await client.until(isMessage('one')))).toEqual(['two', 'one']);
  });

  test('swap: a message without a second one is late, not lost', async () => {
    await using on = await bench(fault('toClient', 'PUBLISH', { do: 'swap', withinMs: 30 }, { times: 1 }));
    const client = await on.subscribed();
    client.send(message('one', 1));
    expect(payloadsOf(await client.until(isMessage('one')))).toEqual(['one']);
  });

  test('inject: the client gets a message that nobody published', async () => {
    const forged = { type: 'PUBLISH', topic: 't', payload: { text: 'forged' }, retain: true } as const;
    await using on = await bench(fault('toServer', 'SUBSCRIBE', { do: 'inject', toward: 'client', packet: forged }));
    const client = await on.subscribed();
    await client.until(isMessage('forged'));
    expect(client.packets[1]).toMatchObject({ type: 'PUBLISH', qos: 0, retain: true, topic: 't' });
  });

  test('inject: the broker gets a packet that the client did not send', async () => {
    await using on = await bench(
      fault('toServer', 'SUBSCRIBE', { do: 'inject', toward: 'server', packet: { type: 'PINGREQ' } }),
    );
    const client = await on.subscribed();
    expect(await client.until(isPong)).toHaveLength(3);
  });

  test.each(['rst', 'fin'] as const)('%s: both sides end, by the link', async (how) => {
    await using on = await bench(fault('toClient', 'PUBACK', { do: how, side: 'both' }));
    const client = await on.connected();
    client.send(message('x', 1));
    expect(await client.end.isEnded()).toBe(how);
    client.end.socket.end();
    await on.world.recorded('ended', (it) => it.seenAt === 'serverEnd');
    expect(on.world.of('ended')).toMatchObject([
      { seenAt: 'clientEnd', by: 'link', how },
      { seenAt: 'serverEnd', by: 'link', how },
    ]);
    expect(client.packets.map((it) => it.type)).toEqual(['CONNACK']);
  });

  test('rst of the client: the broker does not notice', async () => {
    await using on = await bench(fault('toClient', 'PUBACK', { do: 'rst', side: 'client' }));
    const client = await on.connected();
    client.send(message('x', 1));
    expect(await client.end.isEnded()).toBe('rst');
    const other = await on.connected('other');
    other.send(ping);
    await other.until(isPong);
    expect(on.world.of('ended').filter((it) => it.seenAt === 'serverEnd')).toEqual([]);
  });

  test('keep-open: the broker closes on a second CONNECT, the client sees an open, silent connection', async () => {
    await using on = await bench(fault('toServer', 'CONNECT', { do: 'keep-open' }, { times: 1 }));
    const client = await on.connected();
    client.send(connect('pump'));
    await on.world.recorded('ended', (it) => it.seenAt === 'serverEnd' && it.by === 'server');
    client.send(ping);
    const other = await on.connected('other');
    other.send(ping);
    await other.until(isPong);
    expect(client.end.ended()).toBeUndefined();
    expect(client.packets.map((it) => it.type)).toEqual(['CONNACK']);
    client.end.socket.end();
    await client.end.isEnded();
    expect(await on.world.recorded('ended', (it) => it.connection === 'c1' && it.seenAt === 'clientEnd')).toMatchObject(
      {
        by: 'client',
      },
    );
  });

  test('a fault that joins while the link runs acts on connections that stand', async () => {
    await using on = await bench();
    const client = await on.subscribed();
    client.send(message('before', 1));
    await client.until(isPuback(1));
    on.link.addFaults([fault('toClient', 'PUBACK', { do: 'rewrite', set: { packetId: { add: 1 } } })]);
    client.send(message('after', 2));
    expect((await client.until(isPuback(3))).some(isPuback(2))).toBe(false);
  });

  test('only the second connection of one client is hurt', async () => {
    const second = fault('toClient', 'CONNACK', { do: 'rewrite', set: { returnCode: 3 } });
    await using on = await bench({ ...second, when: { ...second.when, clientId: 'pump', connectionNth: 2 } });
    const codes: number[] = [];
    for (const clientId of ['pump', 'valve', 'pump', 'valve', 'pump']) {
      const [connack] = (await on.connected(clientId)).packets;
      codes.push(connack?.type === 'CONNACK' ? connack.returnCode : -1);
    }
    expect(codes).toEqual([0, 0, 3, 0, 0]);
  });
});
