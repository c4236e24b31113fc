// What a packet from a client means for the broker's bookkeeping, from the moment it is on its way to the server.
import type { SeenPacket } from '../../rule.ts';
import type { Packet, Publish } from '../../../wire/packet.ts';
import type { HeldFilter, Message, Moment, NetworkConnection, Session } from '../session/state.ts';
import { payloadKeyOf } from './messages.ts';
import { askSubscription } from './subscriptions.ts';
import type { Traffic, What } from './traffic.ts';

/** Takes a packet from a client, CONNECT apart. */
export function fromClient(
  traffic: Traffic,
  connection: NetworkConnection,
  seen: SeenPacket,
  packet: Packet,
  at: Moment,
): readonly What[] {
  const { session } = connection;
  if (packet.type === 'DISCONNECT') {
    connection.disconnect ??= at;
    connection.silenceMs ??= at.tMs - (connection.heard?.tMs ?? at.tMs);
    connection.lastSignMs ??= connection.view.party.lastPacketMs;
    return [{ what: 'disconnecting', connection }];
  }
  // It may still be refused, and has no session yet.
  if (connection.connect !== undefined && connection.accepted === undefined) {
    connection.ahead.push({ seen, packet, at });
    if (packet.type === 'PUBLISH') traffic.messages.stray(payloadKeyOf(seen.event, packet));
    return [];
  }
  // A connection that was taken over is not read any more.
  if (session === undefined || session.connection !== connection) {
    if (packet.type === 'PUBLISH') traffic.messages.stray(payloadKeyOf(seen.event, packet));
    return [];
  }
  switch (packet.type) {
    case 'PUBLISH':
      return publish(traffic, connection, session, seen, packet, at);
    case 'PUBREL':
      return release(session, packet.packetId, at);
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBCOMP':
      return acknowledge(connection, session, packet.type, packet.packetId, at);
    case 'SUBSCRIBE': {
      const subscriptions = packet.subscriptions.map(({ filter, qos }) =>
        askSubscription(hold(traffic, session, filter), connection, qos, packet.packetId, at),
      );
      connection.asking.set(packet.packetId, subscriptions);
      return [{ what: 'subscribing', session, connection, subscriptions }];
    }
    case 'UNSUBSCRIBE': {
      unsubscribe(connection, session, packet.packetId, packet.filters, at);
      return [{ what: 'unsubscribing', session, filters: packet.filters }];
    }
    default:
      return [];
  }
}

function hold(traffic: Traffic, session: Session, filter: string): HeldFilter {
  const known = session.filters.get(filter);
  if (known !== undefined) return known;
  const held: HeldFilter = { session, filter, subscriptions: [] };
  session.filters.set(filter, held);
  traffic.index.add(filter, held);
  return held;
}

function unsubscribe(
  connection: NetworkConnection,
  session: Session,
  packetId: number,
  filters: readonly string[],
  at: Moment,
): void {
  for (const filter of filters) {
    for (const it of session.filters.get(filter)?.subscriptions ?? []) {
      it.endAsked ??= { ...at, how: 'unsubscribed', packetId };
    }
  }
  connection.leaving.set(packetId, filters);
}

function publish(
  traffic: Traffic,
  connection: NetworkConnection,
  session: Session,
  seen: SeenPacket,
  packet: Publish,
  at: Moment,
): readonly What[] {
  if (packet.qos === 3) return [];
  const key = payloadKeyOf(seen.event, packet);
  const repeated = packet.packetId === undefined ? undefined : session.inbound.get(packet.packetId);
  if (repeated !== undefined && repeated.topic === packet.topic && repeated.payloadKey === key) {
    repeated.sends += 1;
    repeated.dup ||= packet.dup;
    return [];
  }
  const message: Message = {
    origin: 'publish',
    topic: packet.topic,
    payloadKey: key,
    lengthB: packet.payload.length + (seen.event.omittedB ?? 0),
    qos: packet.qos,
    retain: packet.retain,
    publisher: connection,
    seen: at,
    sends: 1,
    dup: packet.dup,
    idReused: packet.packetId !== undefined && packet.qos === 1 && session.settled.has(packet.packetId),
    twin: false,
  };
  if (packet.packetId !== undefined) session.inbound.set(packet.packetId, message);
  traffic.messages.add(message);
  return [{ what: 'published', message }];
}

/** From PUBREL on the identifier is free for another message (MQTT-4.3.3-2). */
function release(session: Session, packetId: number, at: Moment): readonly What[] {
  const message = session.inbound.get(packetId);
  if (message?.qos === 2) message.released ??= at;
  return [];
}

function acknowledge(
  connection: NetworkConnection,
  session: Session,
  type: 'PUBACK' | 'PUBREC' | 'PUBCOMP',
  packetId: number,
  at: Moment,
): readonly What[] {
  const flight = session.flights.get(packetId);
  if (flight === undefined || (flight.qos === 1) !== (type === 'PUBACK')) return [];
  if (type !== 'PUBREC') {
    flight.stage = 'done';
    flight.done ??= at;
  } else if (flight.stage === 'sent') flight.stage = 'received';
  flight.connection = connection;
  if (connection.tainted !== undefined) flight.doubtful = true;
  return [{ what: 'acknowledged', session, connection, flight }];
}
