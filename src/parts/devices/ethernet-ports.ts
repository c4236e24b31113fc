// The Ethernet ports of a PLC: a Modbus server behind each, and a cable that can be pulled.
import { FieldbenchError } from '../../error.ts';
import type { Endpoint } from '../part.ts';
import type { ModbusMemory } from './modbus/answer.ts';
import { serveModbus } from './modbus/server.ts';
import type { ModbusServer } from './modbus/server.ts';

const HOST = '127.0.0.1';

interface Port {
  /** Known from the first start on, and kept. */
  tcpPort: number;
  server?: ModbusServer;
  isUnplugged: boolean;
}

/** Ports are counted from 1. Masters that dial one while its cable is out, or while it is paused, get no answer. */
export class EthernetPorts {
  readonly #plc: string;
  readonly #ports: readonly Port[];
  #isPaused = false;

  /** @param firstTcpPort of the first one; 0 takes any free one, as all others do */
  constructor(plc: string, count: number, firstTcpPort: number) {
    this.#plc = plc;
    this.#ports = Array.from({ length: count }, (_, n) => ({
      tcpPort: n === 0 ? firstTcpPort : 0,
      isUnplugged: false,
    }));
  }

  /** Where masters dial, port by port. */
  get endpoints(): readonly Endpoint[] {
    return this.#ports.map(({ tcpPort: port }) => ({ host: HOST, port }));
  }

  /**
   * Begins to serve at all of them.
   * @throws FieldbenchError `FB_PLC_LISTEN` when a port cannot be had; then none serves
   */
  async listen(unitId: number, memory: ModbusMemory): Promise<void> {
    this.#isPaused = false;
    for (const port of this.#ports) {
      try {
        port.server = await serveModbus({ host: HOST, port: port.tcpPort, unitId }, memory);
      } catch (cause) {
        await this.close('end');
        throw notListening(this.#plc, port.tcpPort, cause);
      }
      port.tcpPort = port.server.port;
      this.#hearOrNot(port);
    }
  }

  /** Ends serving and waits until every socket is closed. */
  async close(how: 'end' | 'reset'): Promise<void> {
    const servers = this.#ports.flatMap(({ server }) => server ?? []);
    for (const port of this.#ports) delete port.server;
    await Promise.all(servers.map((server) => server.close(how)));
  }

  /** Nobody is answered, connections stay. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    for (const port of this.#ports) this.#hearOrNot(port);
  }

  /**
   * Pulls the cable of a port, or plugs it in. What masters send meanwhile is answered then, where they still wait: TCP
   * would send it again.
   * @throws FieldbenchError `FB_PLC_PORT` when there is no such port
   */
  setCable(number: number, isPlugged: boolean): void {
    const port = this.#ports[number - 1];
    if (port === undefined) throw noSuchPort(this.#plc, number, this.#ports.length);
    port.isUnplugged = !isPlugged;
    this.#hearOrNot(port);
  }

  #hearOrNot({ server, isUnplugged }: Port): void {
    if (isUnplugged || this.#isPaused) server?.pause();
    else server?.resume();
  }
}

function notListening(name: string, port: number, cause: unknown): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_PLC_LISTEN',
    message: `PLC "${name}" cannot listen on ${HOST}:${port}`,
    expected: 'a free port',
    actual: cause instanceof Error ? cause.message : String(cause),
    hint: 'leave the port out, and any free one is taken',
    cause,
  });
}

function noSuchPort(plc: string, number: number, count: number): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_PLC_PORT',
    message: `PLC "${plc}" has no Ethernet port ${number}`,
    hint: count === 1 ? 'it has one' : `it has ${count}, counted from 1`,
  });
}
