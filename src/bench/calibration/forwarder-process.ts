// The child between two TUN devices: every IP packet is a datagram that waits its one-way delay, or is lost.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Direction } from '../../faults/packet-fault.ts';
import { machineClock } from '../../net/clock.ts';
import { labDraw } from './lab-draw.ts';

/** What the parent tells the child first. */
export interface ForwarderOrders {
  /** One way, from the client to the server. */
  readonly upMs: number;
  readonly downMs: number;
  /** Share of packets that the forwarder itself loses, each way; drawn from the seed. */
  readonly lossPct: number;
  readonly seed: number;
}

/** Where the child takes datagrams from either device. */
export interface ForwarderPorts {
  readonly client: number;
  readonly server: number;
}

/** One direction, in IP packets. */
export interface ForwardedPackets {
  readonly packets: number;
  readonly ipB: number;
  readonly lost: number;
}

/** What passed since the child began, and what that took of one processor. */
export interface ForwarderUsage {
  readonly up: ForwardedPackets;
  readonly down: ForwardedPackets;
  readonly cpuMs: number;
  readonly wallMs: number;
}

// The channel breaks when the parent is gone, kill -9 included: nothing may outlive the bench.
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

const clock = machineClock();

/** Timers count whole milliseconds: what is due within half of one is due. */
const grainMs = 0.5;

interface Waiting {
  readonly dueMs: number;
  readonly packet: Buffer;
}

/** The device at one end: known by the datagram that it sent first. */
interface Side {
  readonly socket: Socket;
  peer?: RemoteInfo;
}

/** One direction: packets wait in the order they came, since all wait equally long. */
class Lane {
  readonly #to: Side;
  readonly #delayMs: number;
  readonly #isLost: (n: number) => boolean;
  readonly #waiting: Waiting[] = [];
  #packets = 0;
  #ipB = 0;
  #lost = 0;

  constructor(to: Side, delayMs: number, isLost: (n: number) => boolean) {
    this.#to = to;
    this.#delayMs = delayMs;
    this.#isLost = isLost;
  }

  take(packet: Buffer): void {
    this.#packets += 1;
    this.#ipB += packet.length;
    if (this.#isLost(this.#packets)) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push({ dueMs: clock.nowMs() + this.#delayMs, packet });
    if (this.#waiting.length === 1) clock.after(this.#delayMs, this.#run);
  }

  get forwarded(): ForwardedPackets {
    return { packets: this.#packets, ipB: this.#ipB, lost: this.#lost };
  }

  readonly #run = (): void => {
    const nowMs = clock.nowMs() + grainMs;
    const notDue = this.#waiting.findIndex((it) => it.dueMs > nowMs);
    const due = this.#waiting.splice(0, notDue === -1 ? Infinity : notDue);
    const { socket, peer } = this.#to;
    for (const { packet } of due) if (peer) socket.send(packet, peer.port, peer.address);
    const [next] = this.#waiting;
    if (next) clock.after(next.dueMs - clock.nowMs(), this.#run);
  };
}

const [orders] = (await once(process, 'message')) as [ForwarderOrders];
const client: Side = { socket: createSocket('udp4') };
const server: Side = { socket: createSocket('udp4') };

const lossOf =
  (direction: Direction) =>
  (n: number): boolean =>
    100 * labDraw(orders.seed, direction, n) < orders.lossPct;

const up = new Lane(server, orders.upMs, lossOf('toServer'));
const down = new Lane(client, orders.downMs, lossOf('toClient'));

/** The first datagram only says where the device is. */
function serve(side: Side, lane: Lane): void {
  side.socket.on('message', (packet, from) => {
    if (client.peer && server.peer) return lane.take(packet);
    side.peer ??= from;
    if (client.peer && server.peer) process.send?.('joined');
  });
}

serve(client, up);
serve(server, down);
for (const { socket } of [client, server]) socket.bind(0, '127.0.0.1');
await Promise.all([client, server].map(({ socket }) => once(socket, 'listening')));

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({
    up: up.forwarded,
    down: down.forwarded,
    cpuMs: (user + system) / 1000,
    wallMs: clock.nowMs(),
  } satisfies ForwarderUsage);
});
process.send?.({
  client: client.socket.address().port,
  server: server.socket.address().port,
} satisfies ForwarderPorts);
