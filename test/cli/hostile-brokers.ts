// Servers that behave badly in one way each, on a loopback port of their own: what a bench must survive.
import { createServer, type Server, type Socket } from 'node:net';
import { encode } from '../../src/wire/encode.ts';
import type { Packet, PacketType } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';

/** A server that listens on loopback. Disposing ends it and its connections. */
export interface HostileBroker extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Connections that were ever accepted. */
  readonly accepted: number;
  /** Connections that are open now. */
  readonly open: number;
}

/** What it does with one connection. */
export type Conduct = (socket: Socket, broker: { close(): void }) => void;

/** Listens, by default on a free port, and treats every connection alike. */
export async function hostileBroker(conduct: Conduct, on = 0): Promise<HostileBroker> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    conduct(socket, { close });
  });
  const port = await listening(server, on);
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
    [Symbol.asyncDispose]() {
      close();
      return Promise.resolve();
    },
  };
}

/** A port where nobody listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listening(server: Server, on = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(on, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
    });
  });
}

/** Takes TCP connections and says nothing, ever. */
export const mute: Conduct = (socket) => void socket.resume();

/** Closes every connection as soon as it stands. */
export const closing: Conduct = (socket) => void socket.end();

/** Refuses every CONNECT with this code. */
export const refusing =
  (returnCode: number): Conduct =>
  (socket) =>
    onPackets(socket, (packet) => {
      if (packet.type === 'CONNECT') socket.end(encode({ type: 'CONNACK', sessionPresent: false, returnCode }));
    });

/** Sends the first half of a CONNACK and waits. */
export const halfConnack: Conduct = (socket) => void socket.resume().write(Uint8Array.of(0x20, 0x02));

/** Answers CONNECT with these bytes that are no CONNACK. */
export const answering =
  (bytes: Uint8Array): Conduct =>
  (socket) =>
    void socket.resume().write(bytes);

const accepted = encode({ type: 'CONNACK', sessionPresent: false, returnCode: 0 });

/** Accepts every CONNECT, then does `after`, and answers nothing. */
export const acceptingThen =
  (after: (socket: Socket) => void = () => undefined): Conduct =>
  (socket) =>
    onPackets(socket, (packet) => {
      if (packet.type !== 'CONNECT') return;
      socket.write(accepted);
      after(socket);
    });

/** Accepts one connection's CONNECT; everybody later meets silence. */
export function acceptingOnce(): Conduct {
  let isFirst = true;
  return (socket, broker) => {
    const conduct = isFirst ? acceptingThen() : mute;
    isFirst = false;
    conduct(socket, broker);
  };
}

/** Sends these bytes again and again, as fast as they are taken. */
export const flood =
  (bytes: Uint8Array): ((socket: Socket) => void) =>
  (socket) => {
    const pour = (): void => {
      while (!socket.destroyed && socket.writable) if (!socket.write(bytes)) return;
    };
    socket.on('drain', pour);
    pour();
  };

/** One valid PUBLISH at QoS 0, many times over. */
export const publishes: Uint8Array = Buffer.concat(Array.from({ length: 64 }, () => publish('flood/topic', 'x')));

/** Bytes that look like nothing; the same ones each time. */
export const garbage: Uint8Array = Uint8Array.from({ length: 16_384 }, (_, index) => (index * 7919 + 13) % 256);

/** No packet begins like this, and no remaining length ends in it. */
export const allOnes: Uint8Array = new Uint8Array(16_384).fill(0xff);

/** The beginning of a PUBLISH that promises more than it brings. */
export const halfPublish = (socket: Socket): void => void socket.write(publish('half/topic', 'payload').subarray(0, 9));

/** A PUBLISH that announces 256 MiB, and a byte of it now and then. */
export const endlessPublish = (socket: Socket): void => {
  socket.write(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x04, 0x73, 0x6c, 0x6f, 0x77));
  const drip = setInterval(() => socket.write(Uint8Array.of(0x2e)), 100);
  socket.once('close', () => clearInterval(drip));
};

/** Text that wants to be a terminal command, a page, a test report. */
const hostileText = `\u001b[2J\u001b]0;owned\u0007<script>alert(1)</script><img src=x onerror=alert(2)>]]>&"'\u202e\u009b31m`;

/** Answers as a hasty broker would, and sends every message back under a hostile topic too. */
export const hostileTopics: Conduct = (socket) =>
  onPackets(socket, (packet) => {
    for (const answer of hastyAnswers(packet)) socket.write(answer);
    if (packet.type === 'PUBLISH') socket.write(publish(hostileText, hostileText));
  });

/** Answers as a hasty broker would, and is gone after so many packets, with everything it listened on. */
export function dyingAfter(packets: number): Conduct {
  let left = packets;
  return (socket, broker) =>
    onPackets(socket, (packet) => {
      for (const answer of hastyAnswers(packet)) socket.write(answer);
      left -= 1;
      if (left === 0) broker.close();
    });
}

/** Answers packets of these types as a hasty broker would, and all others never. */
export const answeringOnly =
  (...types: readonly PacketType[]): Conduct =>
  (socket) =>
    onPackets(socket, (packet) => {
      if (types.includes(packet.type)) for (const answer of hastyAnswers(packet)) socket.write(answer);
    });

/** Accepts CONNECT, answers the next packet but for the last byte of the answer, and is silent on that connection. */
export const halfAnswers: Conduct = (socket) => {
  let isHalfway = false;
  onPackets(socket, (packet) => {
    const answer = Buffer.concat(hastyAnswers(packet));
    if (isHalfway || answer.length === 0) return;
    isHalfway = packet.type !== 'CONNECT';
    socket.write(isHalfway ? answer.subarray(0, -1) : answer);
  });
};

/** The answer that each packet asks for at once, without any thought of sessions or routing. */
function hastyAnswers(packet: Packet): readonly Uint8Array[] {
  switch (packet.type) {
    case 'CONNECT':
      return [accepted];
    case 'SUBSCRIBE':
      return [
        encode({ type: 'SUBACK', packetId: packet.packetId, returnCodes: packet.subscriptions.map((it) => it.qos) }),
      ];
    case 'UNSUBSCRIBE':
      return [encode({ type: 'UNSUBACK', packetId: packet.packetId })];
    case 'PINGREQ':
      return [encode({ type: 'PINGRESP' })];
    case 'PUBREL':
      return [encode({ type: 'PUBCOMP', packetId: packet.packetId })];
    case 'PUBLISH':
      return packet.packetId === undefined
        ? []
        : [encode({ type: acknowledgement[packet.qos], packetId: packet.packetId })];
    default:
      return [];
  }
}

const acknowledgement = { 0: 'PUBACK', 1: 'PUBACK', 2: 'PUBREC', 3: 'PUBREC' } as const satisfies Record<
  number,
  PacketType
>;

function publish(topic: string, payload: string): Uint8Array {
  return encode({ type: 'PUBLISH', dup: false, qos: 0, retain: false, topic, payload: Buffer.from(payload) });
}

function onPackets(socket: Socket, take: (packet: Packet) => void): void {
  const decoder = new StreamDecoder('client');
  socket.on('data', (chunk) => {
    for (const { packet } of decoder.push(chunk)) if (packet) take(packet);
  });
}
