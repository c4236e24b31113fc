// The child that is the embedded broker: Aedes behind three listeners, alive only as long as its parent is.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
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
  /** Who may connect to the listener with the access control list. */
  readonly login: Login;
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

// Aedes asks the same for every connection: those of the listener with the list are known by their sockets.
const guarded = new WeakSet<object>();
const isGuarded = (client: Client | null): boolean => client !== null && guarded.has(client.conn);
broker.authenticate = (client, username, password, done) => {
  const { login } = orders;
  const isKnown = username === login.userName && password?.toString() === login.password;
  done(null, isKnown || !isGuarded(client));
};
const { authorizePublish } = broker;
broker.authorizePublish = (client, packet, done) => {
  if (isGuarded(client) && filterMatches(deniedTopics, packet.topic)) done(new Error('not authorized'));
  else authorizePublish(client, packet, done);
};

const plain = createServer((socket) => void broker.handle(socket));
const acl = createServer((socket: Socket) => {
  guarded.add(socket);
  broker.handle(socket);
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

function end(): void {
  for (const server of [plain, acl, websocket]) server.close();
  broker.close(() => process.exit(0));
}

process.once('SIGTERM', end);

plain.listen(orders.port, orders.host);
acl.listen(orders.aclPort, orders.host);
await Promise.all([plain, acl, websocket].map((server) => once(server, 'listening')));
const { version } = broker as unknown as { version: string };
process.send?.({ port: (plain.address() as AddressInfo).port, version } satisfies AedesListening);
