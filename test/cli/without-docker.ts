// Preloaded into a bench: the sockets of Docker's engine are not there, whatever the machine has.
import { Socket } from 'node:net';

// oxlint-disable-next-line typescript/unbound-method -- it is called with its socket below
const { connect } = Socket.prototype;

/** What `net.connect` and Node's HTTP client hand on: their options, alone or first in an array. */
Socket.prototype.connect = function withoutDocker(this: Socket, ...args: unknown[]): Socket {
  for (const it of args.flat()) {
    if (typeof it === 'object' && it !== null && 'path' in it && String(it.path).endsWith('docker.sock'))
      it.path = '/nowhere/docker.sock';
  }
  return Reflect.apply(connect, this, args);
};
