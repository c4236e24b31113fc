// What an application has that polls: a real HTTP server, which keeps what it gets by MQTT until somebody asks for it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FieldbenchError } from '../../error.ts';
import type { Delivery } from '../../session/session-output.ts';
import type { LineOptions } from '../devices/line.ts';
import { startSubscriber, type StartedSubscriber } from '../devices/subscriber.ts';
import type { Endpoint, PartContext, StartedPart } from '../part.ts';

/** A web server behind a broker. */
export interface WebServerOptions extends LineOptions {
  /** What it subscribes to: QoS by topic filter. */
  readonly filters: Readonly<Record<string, 0 | 1 | 2>>;
}

/** A web server that runs. */
export interface StartedWebServer extends StartedPart {
  /** Where it answers `GET /messages?after=N`. */
  readonly endpoint: Endpoint;
  /** Resolves when it is subscribed. */
  readonly online: Promise<void>;
}

/** A message as it is served; `n` counts from 1. */
export interface ServedMessage {
  readonly n: number;
  readonly topic: string;
  readonly payload: string;
  /** When the server got it, by the clock of the run. */
  readonly gotMs: number;
}

/** Starts a web server on a free port of this machine. */
export async function startWebServer(options: WebServerOptions, context: PartContext): Promise<StartedWebServer> {
  const served: ServedMessage[] = [];
  const onDelivery = ({ topic, payload }: Delivery): void => {
    const text = Buffer.from(payload).toString();
    served.push({ n: served.length + 1, topic, payload: text, gotMs: Math.round(context.clock.nowMs()) });
  };
  const server = createServer((request, response) => answer(served, request, response));
  const endpoint = await bound(server);
  try {
    return new WebServer(server, endpoint, startSubscriber({ ...options, onDelivery }, context));
  } catch (error) {
    server.close();
    throw error;
  }
}

class WebServer implements StartedWebServer {
  readonly endpoint: Endpoint;
  readonly #server: Server;
  readonly #subscriber: StartedSubscriber;

  constructor(server: Server, endpoint: Endpoint, subscriber: StartedSubscriber) {
    this.#server = server;
    this.endpoint = endpoint;
    this.#subscriber = subscriber;
  }

  get name(): string {
    return this.#subscriber.name;
  }

  get online(): Promise<void> {
    return this.#subscriber.online;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await Promise.all([closed, this.#subscriber[Symbol.asyncDispose]()]);
  }
}

function answer(served: readonly ServedMessage[], request: IncomingMessage, response: ServerResponse): void {
  const url = URL.parse(request.url ?? '/', 'http://web'); // `//` is a target that a request may have, and no address
  const after = Number(url?.searchParams.get('after') ?? '0');
  if (request.method !== 'GET' || url?.pathname !== '/messages' || !Number.isInteger(after) || after < 0) {
    response.writeHead(404).end();
    return;
  }
  const body = JSON.stringify(served.slice(after));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

async function bound(server: Server): Promise<Endpoint> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host: '127.0.0.1', port: 0 }, resolve);
  await promise;
  const address = server.address();
  if (typeof address === 'object' && address) return { host: '127.0.0.1', port: address.port };
  throw new FieldbenchError({ code: 'FB_LISTEN', message: 'the web server has no port' });
}
