// The server's half of a TLS handshake on a socket that was accepted.
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { FieldbenchError } from '../error.ts';
import { tlsRefusalOf } from './tls-refusal.ts';
import { casIn, tlsMinVersion } from './tls-settings.ts';

/** What a server shows of itself, and whom it lets in. */
export interface TlsListen {
  /** Its certificate, with the chain up to what clients trust. */
  readonly certPem: string;
  readonly keyPem: string;
  /** Asks clients for a certificate of these CAs, and lets in nobody without. */
  readonly clientCaPem?: string;
}

/** Gives the paused socket on top of the accepted one, or words for why there is none; never rejects. */
export type AcceptTls = (accepted: Socket) => Promise<TLSSocket | string>;

/** Node's server has a key of its own for session tickets; ours share one, so that clients can resume. */
const ticketKeysB = 48;

/**
 * A TLS server tells what became of a handshake, but not on which of the sockets that it was given. So each is given
 * one at a time, and there are as many as there are handshakes at once.
 *
 * @throws FieldbenchError `FB_LISTEN` for certificates or a key that cannot be used.
 */
export function tlsAcceptor(listen: TlsListen): AcceptTls {
  const newServer = serversFor(listen);
  const idle = [newServer()];
  return async (accepted) => {
    const server = idle.pop() ?? newServer();
    const secured = await handshake(server, accepted);
    // After a failure it may have more to say of the same socket.
    if (typeof secured !== 'string') idle.push(server);
    return secured;
  };
}

function serversFor({ certPem, keyPem, clientCaPem }: TlsListen): () => Server {
  const ticketKeys = randomBytes(ticketKeysB);
  return () => {
    try {
      return createServer({
        cert: certPem,
        key: keyPem,
        minVersion: tlsMinVersion,
        ticketKeys,
        allowHalfOpen: true,
        pauseOnConnect: true,
        ...(clientCaPem !== undefined && { ca: [...casIn(clientCaPem)], requestCert: true, rejectUnauthorized: true }),
      });
    } catch (error) {
      throw notUsable(error as Error);
    }
  };
}

function notUsable(cause: Error): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_LISTEN',
    message: 'cannot listen over TLS',
    expected: 'a certificate with its key as PEM text',
    ...tlsRefusalOf(cause),
    cause,
  });
}

function handshake(server: Server, accepted: Socket): Promise<TLSSocket | string> {
  const { promise, resolve } = Promise.withResolvers<TLSSocket | string>();
  server.once('secureConnection', (socket: TLSSocket) => {
    server.removeAllListeners('tlsClientError');
    resolve(socket.on('error', () => {}));
  });
  // It tells of every other end of a handshake too.
  server.once('tlsClientError', (error: Error, socket: TLSSocket) => resolve(whyNot(error, socket)));
  server.emit('connection', accepted);
  return promise;
}

function whyNot(error: Error, { authorizationError }: TLSSocket): string {
  // Typed as an error, and in truth the code of one.
  const code: unknown = authorizationError;
  const cause = typeof code === 'string' ? Object.assign(new Error(code), { code }) : error;
  return `no TLS handshake: ${tlsRefusalOf(cause).actual}`;
}
