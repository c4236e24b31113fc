// What lies between a session and its socket: packets to bytes and back, the taps on both ends, the link in between.
import { encode } from '../wire/encode.ts';
import type { Frame } from '../wire/frame.ts';
import type { Packet } from '../wire/packet.ts';
import type { Connections } from './connections.ts';
import type { Counts } from './counts.ts';
import type { FleetHooks, LinkModel, LinkTimers, PacketWatch } from './hooks.ts';
import { PacketCutter } from './packet-cutter.ts';

/** What the ends ask of the fleet. */
export interface DeviceEndsActs {
  /** A packet came; false: the rest of its chunk is of no interest. */
  arrived(device: number, frame: Frame, nowMs: number): boolean;
  /** All packets of a chunk have arrived. */
  settled(device: number, nowMs: number): void;
  nowMs(): number;
  readonly timers: LinkTimers;
  readonly counts: Counts;
}

/** Both ends of every device's connection. */
export class DeviceEnds {
  readonly #connections: Connections;
  readonly #acts: DeviceEndsActs;
  readonly #watch: PacketWatch | undefined;
  readonly #link: LinkModel | undefined;
  /** At the device, from the server. */
  readonly #inward: PacketCutter;
  /** At the socket, where a link stands between: for the watch alone. */
  readonly #socketInward: PacketCutter | undefined;
  readonly #socketOutward: PacketCutter | undefined;
  #nowMs = 0;

  constructor({ watch, link }: FleetHooks, connections: Connections, acts: DeviceEndsActs) {
    this.#connections = connections;
    this.#acts = acts;
    this.#watch = watch;
    const deviceEnd = link ? 'clientEnd' : 'wire';
    this.#inward = new PacketCutter('server', (device, frame) => {
      watch?.packet(device, 'toClient', deviceEnd, frame, this.#nowMs);
      return acts.arrived(device, frame, this.#nowMs);
    });
    if (!link) return;
    const ends = {
      toServer: (device: number, bytes: Uint8Array) => this.#toSocket(device, bytes),
      toClient: (device: number, bytes: Uint8Array) =>
        this.#toDevice(device, bytes as Buffer, bytes.length, acts.nowMs()),
      reset: (device: number) => connections.close(device, 'reset'),
    };
    this.#link = link(ends, acts.timers);
    if (!watch) return;
    const at = (direction: 'toServer' | 'toClient') => (device: number, frame: Frame) => {
      watch.packet(device, direction, 'serverEnd', frame, acts.nowMs());
      return true;
    };
    this.#socketInward = new PacketCutter('server', at('toClient'));
    this.#socketOutward = new PacketCutter('client', at('toServer'));
  }

  opened(device: number, connection: number, nowMs: number): void {
    this.#watch?.opened(device, connection, nowMs);
    this.#link?.opened(device, nowMs);
  }

  closed(device: number, by: 'client' | 'server', how: string, nowMs: number): void {
    this.#inward.forget(device);
    this.#socketInward?.forget(device);
    this.#socketOutward?.forget(device);
    this.#link?.closed(device, nowMs);
    this.#watch?.ended(device, by, how, nowMs);
  }

  /** The device sends packets, all in one piece. */
  send(device: number, packets: readonly Packet[], nowMs: number): void {
    const [only] = packets;
    const each = packets.length === 1 && only ? [encode(only)] : packets.map((it) => encode(it));
    const [first] = each;
    const bytes = each.length === 1 && first ? first : Buffer.concat(each);
    if (this.#watch) this.#watchSent(this.#watch, device, packets, each, nowMs);
    if (this.#link) this.#link.take(device, 'toServer', bytes, nowMs);
    else this.#toSocket(device, bytes);
  }

  /** The device's socket received bytes, which are good until this returns. */
  received(device: number, buffer: Buffer, lengthB: number, nowMs: number): void {
    this.#acts.counts.bytesReceived += lengthB;
    if (!this.#link) {
      this.#toDevice(device, buffer, lengthB, nowMs);
      return;
    }
    const chunk = buffer.subarray(0, lengthB);
    this.#socketInward?.push(device, chunk);
    this.#link.take(device, 'toClient', chunk, nowMs);
  }

  linkDue(device: number, nowMs: number): void {
    this.#link?.due(device, nowMs);
  }

  #toSocket(device: number, bytes: Uint8Array): void {
    this.#acts.counts.bytesSent += bytes.length;
    this.#socketOutward?.push(device, bytes as Buffer);
    this.#connections.send(device, bytes);
  }

  #toDevice(device: number, buffer: Buffer, lengthB: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#inward.push(device, buffer, lengthB);
    this.#acts.settled(device, nowMs);
  }

  #watchSent(
    watch: PacketWatch,
    device: number,
    packets: readonly Packet[],
    each: readonly Uint8Array[],
    nowMs: number,
  ): void {
    const seenAt = this.#link ? 'clientEnd' : 'wire';
    for (const [at, packet] of packets.entries()) {
      const bytes = each[at] as Uint8Array; // One for each packet.
      watch.packet(device, 'toServer', seenAt, { offset: 0, bytes, packet, deviations: [] }, nowMs);
    }
  }
}
