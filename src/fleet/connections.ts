// The sockets of all devices of a process: one read buffer and one set of listeners for tens of thousands of them.
import { Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import type { Endpoint } from '../net/endpoint.ts';
import { casIn, tlsMinVersion } from '../net/tls-settings.ts';
import { isPortTaken, type LocalPorts } from './local-ports.ts';

/** What happens on the devices' connections. */
export interface ConnectionEvents {
  opened(device: number): void;
  /** So many bytes of the buffer came; they are good until this returns. */
  bytes(device: number, buffer: Buffer, lengthB: number): void;
  /** A chosen local port was taken, and another is tried. */
  portTaken(): void;
  /** Over, or never came about; `code` is that of the error, empty after a FIN. */
  closed(device: number, code: string): void;
}

/** A socket that knows whose it is, since it has no listeners of its own. */
interface DeviceSocket extends Socket {
  fleetDevice: number;
  fleetConnections: Connections;
  fleetError: string;
}

/** Packets are answered as they are read, so a buffer may serve all sockets. */
const READ_BUFFER_B = 65_536;
/** So many taken ports in a row are no coincidence. */
const PORT_TRIES = 64;

/** At most one connection of each device at a time. */
export class Connections {
  readonly #events: ConnectionEvents;
  readonly #endpointOf: (device: number) => Endpoint;
  readonly #ports: LocalPorts;
  readonly #sockets: (DeviceSocket | undefined)[];
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BUFFER_B);
  readonly #secure = new Map<Endpoint, SecureContext>();
  #open = 0;
  #takenInARow = 0;

  constructor(devices: number, endpointOf: (device: number) => Endpoint, ports: LocalPorts, events: ConnectionEvents) {
    this.#endpointOf = endpointOf;
    this.#ports = ports;
    this.#events = events;
    this.#sockets = Array.from({ length: devices }, () => undefined);
  }

  /** Sockets that are not closed yet. */
  get open(): number {
    return this.#open;
  }

  /** Dials; `opened` or `closed` follows, never before this returns. */
  dial(device: number): void {
    this.#sockets[device] = this.#begin(device);
    this.#open += 1;
  }

  /** Sends on the device's connection; without one it does nothing. */
  send(device: number, bytes: Uint8Array): void {
    this.#sockets[device]?.write(bytes);
  }

  /** Ends the device's connection: FIN behind what was sent, or at once with RST. `closed` follows. */
  close(device: number, how: 'end' | 'reset'): void {
    const socket = this.#sockets[device];
    if (how === 'end') socket?.destroySoon();
    else if (socket?.connecting === true) socket.destroy();
    else socket?.resetAndDestroy();
  }

  /** Closes what is left. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket?.destroy();
  }

  #begin(device: number): DeviceSocket {
    const endpoint = this.#endpointOf(device);
    const { host, port, tls } = endpoint;
    const local = this.#ports.next(host);
    const to = { host, port, ...local };
    const onread = { buffer: this.#buffer, callback: onRead };
    // A TLS socket never reads into a buffer of ours while it shakes hands, so its bytes come as events.
    const plain = tls === undefined ? new Socket({ noDelay: true, onread }) : undefined;
    const socket = own(plain ?? connectTls({ ...to, ...this.#secured(endpoint) }), device, this);
    socket.on('error', onError).on('close', onClose);
    if (plain) plain.on('connect', onOpen).connect(to);
    else socket.on('secureConnect', onOpen).on('data', onData).setNoDelay();
    return socket;
  }

  #secured(endpoint: Endpoint) {
    const { tls = {}, host } = endpoint;
    let secureContext = this.#secure.get(endpoint);
    if (!secureContext) {
      secureContext = createSecureContext({
        minVersion: tlsMinVersion,
        ...(tls.caPem !== undefined && { ca: [...casIn(tls.caPem)] }),
        cert: tls.certPem,
        key: tls.keyPem,
      });
      this.#secure.set(endpoint, secureContext);
    }
    const servername = tls.serverName ?? (/^[\d.:]+$/.test(host) ? '' : host);
    return { secureContext, servername, rejectUnauthorized: tls.insecure !== true };
  }

  /** For the listeners below. */
  opened(device: number): void {
    this.#takenInARow = 0;
    this.#events.opened(device);
  }

  /** For the listeners below. */
  bytes(device: number, buffer: Buffer, lengthB: number): void {
    this.#events.bytes(device, buffer, lengthB);
  }

  /** For the listeners below. */
  over(socket: DeviceSocket): void {
    const { fleetDevice: device, fleetError: code } = socket;
    if (this.#sockets[device] !== socket) return;
    if (isPortTaken(code) && this.#takenInARow < PORT_TRIES) {
      this.#events.portTaken();
      this.#takenInARow += 1;
      this.#sockets[device] = this.#begin(device);
      return;
    }
    this.#sockets[device] = undefined;
    this.#open -= 1;
    this.#events.closed(device, code);
  }
}

function own(socket: Socket, device: number, connections: Connections): DeviceSocket {
  const it = socket as DeviceSocket;
  it.fleetDevice = device;
  it.fleetConnections = connections;
  it.fleetError = '';
  return it;
}

function onRead(this: DeviceSocket, lengthB: number, buffer: Uint8Array): boolean {
  this.fleetConnections.bytes(this.fleetDevice, buffer as Buffer, lengthB);
  return true;
}

function onData(this: DeviceSocket, chunk: Buffer): void {
  this.fleetConnections.bytes(this.fleetDevice, chunk, chunk.length);
}

function onOpen(this: DeviceSocket): void {
  this.fleetConnections.opened(this.fleetDevice);
}

function onError(this: DeviceSocket, error: NodeJS.ErrnoException): void {
  this.fleetError = error.code ?? error.message;
}

function onClose(this: DeviceSocket): void {
  this.fleetConnections.over(this);
}
