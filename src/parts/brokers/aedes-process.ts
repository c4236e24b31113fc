// The child that is the embedded broker: Aedes behind its listeners, alive only as long as its parent is.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type Client } from 'aedes';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import { filterMatches } from '../../wire/topic.ts';
import { deniedTopics, type Login } from '../part.ts';

/** What the parent tells the child first: by message, because arguments are for everybody to see. */
export interface AedesOrders {
  readonly host: string;
  readonly port: number;
  readonly websocketPort: number;
  readonly aclPort: number;
  readonly loginPort: number;
  /** Who may connect to the listeners with the access control list, and to the one that demands a login. */
  readonly login: Login;
  readonly tls?: TlsOrders;
}

/** Listeners over TLS: what they show, and whose clients the second of them lets in. */
export interface TlsOrders {
  readonly tlsPort: number;
  readonly certifiedPort: number;
  readonly certPem: string;
  readonly keyPem: string;
  readonly caPem: string;
}

/** What the child tells its parent once it listens. */
export interface AedesListening {
  readonly port: number;
  readonly version: string;
}

// The channel breaks when the parent is gone, kill -9 included: nothing may outlive the bench.
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);

const [orders] = (await once(process, 'message')) as [AedesOrders];
const broker = await Aedes.createBroker();

// Aedes asks the same for every connection: those of the guarded listeners are known by their sockets.
const knownOnly = new WeakSet<object>();
const listed = new WeakSet<object>();
broker.authenticate = (client, username, password, done) => {
  const { login } = orders;
  const isKnown = username === login.userName && password?.toString() === login.password;
  done(null, isKnown || !knownOnly.has(client.conn));
};
const isDenied = (client: Client | null, topic: string): boolean =>
  client !== null && listed.has(client.conn) && filterMatches(deniedTopics, topic);
const { authorizePublish, authorizeForward } = broker;
broker.authorizePublish = (client, packet, done) => {
  if (isDenied(client, packet.topic)) done(new Error('not authorized'));
  else authorizePublish(client, packet, done);
};
// A filter with wildcards may match more than what is denied, so that is held back message by message.
broker.authorizeForward = (client, packet) =>
  isDenied(client, packet.topic) ? null : authorizeForward(client, packet);

const handle = (socket: Socket): void => void broker.handle(socket);
const plain = createServer(handle);
const login = createServer((socket: Socket) => {
  knownOnly.add(socket);
  handle(socket);
});
const acl = createServer((socket: Socket) => {
  knownOnly.add(socket);
  listed.add(socket);
  handle(socket);
});
const websocket = new WebSocketServer({
  host: orders.host,
  port: orders.websocketPort,
  handleProtocols: (offered) => offered.has('mqtt') && 'mqtt',
});
websocket.on('connection', serveWebSocket);

function serveWebSocket(socket: WebSocket): void {
  const stream = createWebSocketStream(socket);
  // The stream would take text for bytes; what is destroyed hands nothing on (MQTT-6.0.0-1).
  socket.prependListener('message', (_, isBinary) => {
    if (!isBinary) stream.destroy();
  });
  broker.handle(stream);
}

/** One for everybody, and one for clients with a certificate of the run's CA. */
function tlsServers({ certPem: cert, keyPem: key, caPem: ca, tlsPort, certifiedPort }: TlsOrders): readonly Server[] {
  return [
    createTlsServer({ cert, key }, handle).listen(tlsPort, orders.host),
    createTlsServer({ cert, key, ca, requestCert: true }, handle).listen(certifiedPort, orders.host),
  ];
}

const secured = orders.tls ? tlsServers(orders.tls) : [];

function end(): void {
  for (const server of [plain, login, acl, websocket, ...secured]) server.close();
  broker.close(() => process.exit(0));
}

process.once('SIGTERM', end);

plain.listen(orders.port, orders.host);
login.listen(orders.loginPort, orders.host);
acl.listen(orders.aclPort, orders.host);
await Promise.all([plain, login, acl, websocket, ...secured].map((server) => once(server, 'listening')));
const { version } = broker as unknown as { version: string };
process.send?.({ port: (plain.address() as AddressInfo).port, version } satisfies AedesListening);
