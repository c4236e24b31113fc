// A device of a test that does what it is told, right or wrong: packets over a bare socket.
import { machineClock } from '../../src/net/clock.ts';
import { dial } from '../../src/net/dial.ts';
import type { Wire } from '../../src/net/wire.ts';
import type { Endpoint } from '../../src/parts/part.ts';
import { encode } from '../../src/wire/encode.ts';
import type { Connect, Packet, PacketOf, PacketType, Text } from '../../src/wire/packet.ts';
import { StreamDecoder } from '../../src/wire/stream-decoder.ts';
import { connect } from '../judge/packets.ts';

const clock = machineClock();

/** One connection of a device. */
export class RawDevice implements AsyncDisposable {
  readonly wire: Wire;
  readonly #decoder = new StreamDecoder('server');
  readonly #untaken: Packet[] = [];
  #look: () => void = () => {};

  private constructor(wire: Wire) {
    this.wire = wire;
    wire.onBytes((chunk) => {
      for (const { packet } of this.#decoder.push(chunk)) if (packet) this.#untaken.push(packet);
      this.#look();
    });
    void wire.closed.then(() => this.#look());
  }

  /** Dials and sends CONNECT; with `bare` nothing is sent. */
  static async at(endpoint: Endpoint, fields: Partial<Connect> | 'bare'): Promise<RawDevice> {
    const device = new RawDevice(await dial(endpoint, { clock, signal: new AbortController().signal }));
    if (fields !== 'bare') await device.send(connect(fields));
    return device;
  }

  async send(...packets: readonly (Packet<Text> | Uint8Array)[]): Promise<void> {
    await this.wire.send(Buffer.concat(packets.map((it) => (it instanceof Uint8Array ? it : encode(it)))));
  }

  /** The next packet of this type; those before it are skipped. Rejects when the connection ends before. */
  async next<T extends PacketType>(type: T): Promise<PacketOf<T>> {
    for (;;) {
      const at = this.#untaken.findIndex((it) => it.type === type);
      if (at >= 0) return this.#untaken.splice(0, at + 1).at(-1) as PacketOf<T>; // Its type was looked at.
      if (this.wire.isClosed) throw new Error(`closed while waiting for ${type}`);
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.wire[Symbol.asyncDispose]();
  }
}
