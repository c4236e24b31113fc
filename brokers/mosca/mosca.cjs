// Mosca as a program with the listeners that a file names: its own command can deny no topic, and ask no listener for a login.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const net = require('node:net');
const tls = require('node:tls');
const path = require('node:path');

/** Beside this file after `npm ci`; the version is the package's own. */
const library = path.join(__dirname, 'node_modules', 'mosca');
const usage = 'usage: fieldbench-mosca FILE | --version';

const [argument] = process.argv.slice(2);
if (argument === '--version') {
  process.stdout.write(`${JSON.parse(readFileSync(path.join(library, 'package.json'), 'utf8')).version}\n`);
} else if (argument === undefined || !existsSync(argument)) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else serve(JSON.parse(readFileSync(argument, 'utf8')));

/** `listeners`: each with `type` (mqtt, mqtts, http), `host`, `port`, and perhaps `guard` (login, acl) or `requestCert`. */
function serve({ listeners }) {
  const mosca = require(library);
  const interfaces = require(path.join(library, 'lib', 'interfaces.js'));
  const guards = new WeakMap();
  const ways = listeners.map(({ type, host, port, guard, requestCert }) => {
    if (type === 'http') return { type, host, port };
    const factory = (iface, fallback, server) => {
      const take = interfaces.buildWrap(server);
      const accept = (socket) => {
        if (guard !== undefined) guards.set(socket, guard);
        take(socket);
      };
      return type === 'mqtts' ? tls.createServer(certificates(requestCert), accept) : net.createServer(accept);
    };
    return { type: factory, host, port };
  });
  const server = new mosca.Server({
    interfaces: ways,
    persistence: { factory: mosca.persistence.Memory },
    logger: { level: 'fatal' },
  });
  const guardOf = (client) => guards.get(client.connection.stream);
  server.authenticate = (client, user, password, done) => done(null, mayEnter(guardOf(client), user, password));
  const mayHave = (client, topic, done) => done(null, guardOf(client) !== 'acl' || !isDenied(topic));
  server.authorizePublish = (client, topic, _, done) => mayHave(client, topic, done);
  server.authorizeSubscribe = mayHave;
  server.authorizeForward = (client, packet, done) => mayHave(client, packet.topic, done);
  const end = () => server.close(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

function certificates(requestCert = false) {
  const { TLS_CERT = '', TLS_KEY = '', TLS_CA = '' } = process.env;
  const own = { cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) };
  return requestCert ? { ...own, ca: readFileSync(TLS_CA), requestCert, rejectUnauthorized: true } : own;
}

/** The variables are LOGIN_USER and LOGIN_PASSWORD, or ACL_USER and ACL_PASSWORD. */
function mayEnter(guard, user, password) {
  if (guard === undefined) return true;
  const known = (what) => process.env[`${guard.toUpperCase()}_${what}`];
  return known('USER') !== undefined && user === known('USER') && password?.toString() === known('PASSWORD');
}

/** `+` is any level, `#` the parent and all below. */
function isDenied(topic) {
  const levels = topic.split('/');
  const wanted = (process.env.ACL_DENIED ?? '').split('/');
  if (wanted.at(-1) !== '#' && levels.length !== wanted.length) return false;
  return wanted.every((it, at) => it === '#' || (at < levels.length && (it === '+' || it === levels[at])));
}
