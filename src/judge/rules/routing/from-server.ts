// What a packet from the server means for the broker's bookkeeping: answers settle what was asked, deliveries find their message.
import type { SeenPacket } from '../../rule.ts';
import type { Connack, Packet, Publish, Suback } from '../../../wire/packet.ts';
import type { Flight, Message, Moment, NetworkConnection, Session } from '../session/state.ts';
import { noteUnanswered, settleConnect } from '../session/sessions.ts';
import { payloadKey, payloadKeyOf } from './messages.ts';
import { answerSubscription } from './subscriptions.ts';
import { dropFilters } from './traffic.ts';
import type { Delivery, Traffic, What } from './traffic.ts';

/** Takes a packet from the server. */
export function fromServer(
  traffic: Traffic,
  connection: NetworkConnection,
  seen: SeenPacket,
  packet: Packet,
  at: Moment,
): readonly What[] {
  if (packet.type === 'CONNACK') return connack(traffic, connection, packet, at);
  const { session } = connection;
  // What an older connection got before it was taken over may be seen late: the newer one has it again.
  if (session === undefined || session.connection !== connection) return [];
  switch (packet.type) {
    case 'PUBLISH':
      return packet.qos === 3 ? [] : deliver(traffic, connection, session, seen, { ...packet, qos: packet.qos }, at);
    case 'SUBACK':
      return suback(connection, session, packet, at);
    case 'UNSUBACK':
      return unsuback(connection, session, packet.packetId, at);
    case 'PUBACK':
    case 'PUBCOMP':
      return accept(session, packet.type, packet.packetId, at);
    case 'PUBREL': {
      const flight = session.flights.get(packet.packetId);
      if (flight?.stage === 'received') flight.stage = 'released';
      return [{ what: 'released', session, connection, packetId: packet.packetId, flight }];
    }
    default:
      return [];
  }
}

function connack(traffic: Traffic, connection: NetworkConnection, packet: Connack, at: Moment): readonly What[] {
  if (connection.connect === undefined || connection.accepted !== undefined) return [];
  if (packet.returnCode !== 0) {
    noteUnanswered(traffic.sessions, connection);
    return [];
  }
  connection.accepted = at;
  const older = traffic.sessions.last.get(connection.view.connect?.clientId ?? '')?.connection;
  const { session, prior, before } = settleConnect(traffic.sessions, connection, packet.sessionPresent, at);
  if (before?.over === true) dropFilters(traffic, before);
  const will = connection.tainted === undefined ? willOf(connection, connection.connect) : undefined;
  if (will !== undefined) {
    connection.will = will;
    traffic.messages.add(will);
  }
  return [{ what: 'connected', connection, session, prior, before, older, sessionPresent: packet.sessionPresent }];
}

function willOf(connection: NetworkConnection, seen: Moment): Message | undefined {
  const will = connection.view.connect?.will;
  if (will === undefined || will.qos === 3) return undefined;
  return {
    origin: 'will',
    topic: will.topic,
    payloadKey: payloadKey(will.payload),
    lengthB: will.payload.length,
    qos: will.qos,
    retain: will.retain,
    publisher: connection,
    seen,
    sends: 1,
    dup: false,
    idReused: false,
    twin: false,
  };
}

function suback(connection: NetworkConnection, session: Session, packet: Suback, at: Moment): readonly What[] {
  const subscriptions = connection.asking.get(packet.packetId);
  if (subscriptions === undefined) return [];
  connection.asking.delete(packet.packetId);
  for (const [entry, it] of subscriptions.entries()) {
    const code = packet.returnCodes[entry];
    if (code !== undefined) answerSubscription(it, code, at);
  }
  return [{ what: 'subscribed', session, connection, subscriptions }];
}

function unsuback(connection: NetworkConnection, session: Session, packetId: number, at: Moment): readonly What[] {
  const filters = connection.leaving.get(packetId);
  if (filters === undefined) return [];
  connection.leaving.delete(packetId);
  const subscriptions = filters
    .flatMap((filter) => session.filters.get(filter)?.subscriptions ?? [])
    .filter((it) => it.endAsked?.how === 'unsubscribed' && it.endAsked.packetId === packetId && it.ended === undefined);
  for (const it of subscriptions) it.ended = at;
  return [{ what: 'unsubscribed', session, filters, subscriptions }];
}

/** PUBACK and PUBCOMP: the message is the server's now, and its identifier free. */
function accept(session: Session, type: 'PUBACK' | 'PUBCOMP', packetId: number, at: Moment): readonly What[] {
  const message = session.inbound.get(packetId);
  if (message === undefined || message.qos !== (type === 'PUBACK' ? 1 : 2)) return [];
  session.inbound.delete(packetId);
  if (message.qos === 1) session.settled.add(packetId);
  message.accepted = at;
  return [{ what: 'accepted', message }];
}

function deliver(
  traffic: Traffic,
  connection: NetworkConnection,
  session: Session,
  seen: SeenPacket,
  packet: Publish & { readonly qos: 0 | 1 | 2 },
  at: Moment,
): readonly What[] {
  const { topic, qos, dup, retain, packetId } = packet;
  const key = payloadKeyOf(seen.event, packet);
  const messages = traffic.messages.find(topic, key);
  for (const it of messages) it.delivered ??= at;
  const content = { topic, payloadKey: key, qos, retain, messages };
  const base = { session, connection, payload: packet.payload, dup, ...content };
  if (qos === 0 || packetId === undefined) return [{ what: 'delivered', delivery: { ...base, again: false } }];
  const delivery: Delivery = { ...base, packetId, ...fly(session, connection, { ...content, qos, packetId }, dup, at) };
  return [{ what: 'delivered', delivery }];
}

type Content = Pick<Flight, 'packetId' | 'qos' | 'topic' | 'payloadKey' | 'retain' | 'messages'>;

/** Finds the delivery that this PUBLISH repeats, or begins a new one. */
function fly(
  session: Session,
  connection: NetworkConnection,
  content: Content,
  dup: boolean,
  at: Moment,
): Pick<Delivery, 'flight' | 'again' | 'before' | 'clash'> {
  const known = session.flights.get(content.packetId);
  const same =
    known !== undefined &&
    known.topic === content.topic &&
    known.payloadKey === content.payloadKey &&
    known.qos === content.qos;
  // A complete delivery may come again with DUP: the acknowledgement may not have reached the server.
  if (same && (known.stage !== 'done' || dup)) {
    const before = { stage: known.stage, connection: known.connection };
    known.connection = connection;
    known.lastSent = at;
    if (known.stage === 'received') known.stage = 'sent';
    return { flight: known, again: true, before };
  }
  session.sent += 1;
  const flight: Flight = { ...content, order: session.sent, firstSent: at, lastSent: at, connection, stage: 'sent' };
  session.flights.set(content.packetId, flight);
  const clash = known === undefined || known.stage === 'done' ? {} : { clash: known };
  return { flight, again: false, ...clash };
}
