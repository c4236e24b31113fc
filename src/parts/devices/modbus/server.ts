// A Modbus TCP server: frames to requests and back, and an end as polite or sudden as the PLC's.
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { answerTo } from './answer.ts';
import type { ModbusMemory } from './answer.ts';

const HEADER_B = 7;
/** Unit id and the largest request (4.1 of the application protocol). */
const MOST_B = 254;
/** Another device behind a gateway would have to answer, and there is none. */
const NO_SUCH_UNIT = Buffer.from([11]);

/** A server that listens. */
export interface ModbusServer {
  readonly port: number;
  /** Reads nothing more until `resume`; what masters send waits in the system. */
  pause(): void;
  resume(): void;
  /** Ends it and waits until its sockets are closed; `reset`: connections end with RST. */
  close(how: 'end' | 'reset'): Promise<void>;
}

/** Starts to serve; rejects with the system's error when the port cannot be had. */
export async function serveModbus(
  address: { readonly host: string; readonly port: number; readonly unitId: number },
  memory: ModbusMemory,
): Promise<ModbusServer> {
  const sockets = new Set<Socket>();
  let isPaused = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {}); // a master that went away: the server goes on
    socket.once('close', () => sockets.delete(socket));
    serve(socket, address.unitId, memory);
    if (isPaused) socket.pause();
  });
  await listening(server, address);
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound ? bound.port : 0,
    pause() {
      isPaused = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      isPaused = false;
      for (const socket of sockets) socket.resume();
    },
    async close(how) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) {
        if (how === 'reset') socket.resetAndDestroy();
        else socket.destroy();
      }
      await closed;
    },
  };
}

function serve(socket: Socket, unitId: number, memory: ModbusMemory): void {
  let waiting = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= HEADER_B) {
      const lengthB = waiting.readUInt16BE(4);
      // Not Modbus, and where the next frame begins cannot be known.
      if (waiting.readUInt16BE(2) !== 0 || lengthB < 2 || lengthB > MOST_B) {
        socket.destroy();
        return;
      }
      if (waiting.length < HEADER_B - 1 + lengthB) return;
      const frame = waiting.subarray(0, HEADER_B - 1 + lengthB);
      waiting = waiting.subarray(frame.length);
      socket.write(answerFrame(frame, unitId, memory));
    }
  });
}

function answerFrame(frame: Buffer, unitId: number, memory: ModbusMemory): Buffer {
  const asked = frame[HEADER_B - 1] ?? 0;
  const pdu = frame.subarray(HEADER_B);
  // 0 and 255 mean the device itself (Modbus messaging on TCP/IP 1.0b, 4.4.2.2).
  const isOurs = asked === unitId || asked === 0 || asked === 255;
  const answer = isOurs ? answerTo(pdu, memory) : Buffer.concat([Buffer.from([(pdu[0] ?? 0) | 0x80]), NO_SUCH_UNIT]);
  const header = Buffer.from(frame.subarray(0, HEADER_B));
  header.writeUInt16BE(answer.length + 1, 4);
  return Buffer.concat([header, answer]);
}

function listening(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
