// The cast of a routing story: clients that join, subscribe, publish and receive in whole exchanges, one line each.
import type { Connect, Publish } from '../../../src/wire/packet.ts';
import type { Conn, ConnOptions, HistoryOf } from '../history-of.ts';
import {
  connack,
  connect,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  suback,
  subscribe,
  unsuback,
  unsubscribe,
} from '../packets.ts';

type Qos = 0 | 1 | 2;

/** CONNECT of one client id and its CONNACK; a persistent one says `{ cleanSession: false }`. */
export function join(
  history: HistoryOf,
  clientId: string,
  fields: Partial<Connect> = {},
  present = false,
  options: ConnOptions = {},
): Conn {
  return history
    .conn(clientId, options)
    .client(connect({ clientId, ...fields }))
    .server(connack(0, present));
}

/** A client id that keeps its session. */
export function stay(history: HistoryOf, clientId: string, present = false, options: ConnOptions = {}): Conn {
  return join(history, clientId, { cleanSession: false }, present, options);
}

let lastId = 0;
function nextId(): number {
  lastId = (lastId % 60_000) + 1;
  return lastId;
}

/** SUBSCRIBE and SUBACK. */
export function sub(it: Conn, filter: string, qos: number, granted = qos): Conn {
  const id = nextId();
  return it.client(subscribe(id, { [filter]: qos })).server(suback(id, granted));
}

/** UNSUBSCRIBE and UNSUBACK. */
export function unsub(it: Conn, filter: string): Conn {
  const id = nextId();
  return it.client(unsubscribe(id, filter)).server(unsuback(id));
}

function content(topic: string, text: string, more: Partial<Publish>): Partial<Publish> {
  return { topic, payload: Buffer.from(text), ...more };
}

/** A whole exchange towards the server. */
export function send(it: Conn, qos: Qos, topic: string, text: string, more: Partial<Publish> = {}): Conn {
  const id = more.packetId ?? nextId();
  it.client(publish(qos, qos === 0 ? undefined : id, content(topic, text, more)));
  if (qos === 1) it.server(puback(id));
  if (qos === 2) it.server(pubrec(id)).client(pubrel(id)).server(pubcomp(id));
  return it;
}

/** A whole exchange towards the client. */
export function get(it: Conn, qos: Qos, topic: string, text: string, more: Partial<Publish> = {}): Conn {
  const id = more.packetId ?? nextId();
  it.server(publish(qos, qos === 0 ? undefined : id, content(topic, text, more)));
  if (qos === 1) it.client(puback(id));
  if (qos === 2) it.client(pubrec(id)).server(pubrel(id)).client(pubcomp(id));
  return it;
}

/** A delivery that the client does not answer. */
export function getOnly(
  it: Conn,
  qos: 1 | 2,
  id: number,
  topic: string,
  text: string,
  more: Partial<Publish> = {},
): Conn {
  return it.server(publish(qos, id, content(topic, text, more)));
}

/** The broker shows that it is alive: a client comes and goes. */
export function alive(history: HistoryOf): void {
  join(history, `alive${nextId()}`).ended('client');
}
