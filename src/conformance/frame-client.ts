// A scripted client over WebSocket that decides what each frame holds.
import type { WebSocketWire } from '../net/websocket-wire.ts';
import { encode } from '../wire/encode.ts';
import type { Packet } from '../wire/packet.ts';
import type { WebSocketClient } from './bench.ts';
import { WireScriptedClient, type ScriptedClientOptions } from './scripted-client.ts';

/** Everything that a scripted client does, and frames beside it. */
export class FrameClient extends WireScriptedClient implements WebSocketClient {
  readonly #wire: WebSocketWire;

  constructor(wire: WebSocketWire, options: ScriptedClientOptions) {
    super(options);
    this.#wire = wire;
  }

  get subprotocol(): string {
    return this.#wire.subprotocol;
  }

  sendFrame(bytes: Uint8Array, shape: Parameters<WebSocketClient['sendFrame']>[1] = {}): Promise<void> {
    const { continues = false, isFinal = true } = shape;
    this.noteSent(bytes.length);
    return this.#wire.sendFrame(bytes, { opcode: continues ? 'continuation' : 'binary', isFinal });
  }

  sendText(why: string, packet: Packet): Promise<void> {
    const bytes = encode(packet);
    this.taint(why);
    this.noteSent(bytes.length);
    return this.#wire.sendFrame(bytes, { opcode: 'text' });
  }
}
