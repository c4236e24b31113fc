// What the routing rules remember of a broker's clients: connections, sessions, subscriptions, messages and deliveries under way.
import type { Packet } from '../../../wire/packet.ts';
import type { ConnectionView, SeenPacket } from '../../rule.ts';

/** A moment in the history: its ordinal, which orders events, and its time, which measures them. */
export interface Moment {
  readonly seq: number;
  readonly tMs: number;
}

/** One Network Connection to a broker, as its server's end shows it. */
export interface NetworkConnection {
  view: ConnectionView;
  link?: string;
  /** CONNECT was seen on its way to the server. */
  connect?: Moment;
  /** CONNACK with code 0 was seen. */
  accepted?: Moment;
  /** Another CONNECT with this client id was unanswered at the same time: who came first is unknown. */
  contested: boolean;
  /** The client's latest packet. */
  heard?: Moment;
  /** DISCONNECT was seen on its way to the server. */
  disconnect?: Moment;
  /** How long the client had been silent before its DISCONNECT. */
  silenceMs?: number;
  /** When the server had last spoken, on any connection, as the client said DISCONNECT or this one ended. */
  lastSignMs?: number;
  ended?: Moment & { readonly by: 'client' | 'server' | 'link' | 'bench'; readonly how: 'fin' | 'rst' | 'error' };
  /** Its link was cut, or packets of it are missing from the history: nothing absent is judged on it. */
  impaired: boolean;
  /** Illegal traffic was on it: the server is not to blame from there on. */
  tainted?: Moment;
  session?: Session;
  /** What the client sent behind its CONNECT without waiting for CONNACK (MQTT311-NN-15), in order. */
  readonly ahead: { readonly seen: SeenPacket; readonly packet: Packet; readonly at: Moment }[];
  will?: Message;
  /** SUBSCRIBE and UNSUBSCRIBE packets that wait for their answer, by packet identifier. */
  readonly asking: Map<number, readonly Subscription[]>;
  readonly leaving: Map<number, readonly string[]>;
}

/** The server's side of a session: what belongs to a client id for as long as the session lasts. */
export interface Session {
  readonly clientId: string;
  readonly clean: boolean;
  readonly begun: Moment;
  /** Whether every subscription of it was seen being made. */
  known: boolean;
  /** The connection that it is live on. */
  connection: NetworkConnection | undefined;
  /** When it was last left, while no connection is live. */
  left?: Moment;
  over: boolean;
  readonly filters: Map<string, HeldFilter>;
  /** QoS 1 and 2 messages that the client sent and that are not yet acknowledged, by packet identifier. */
  readonly inbound: Map<number, Message>;
  /** Identifiers whose QoS 1 exchange towards the server is complete. */
  readonly settled: Set<number>;
  /** QoS 1 and 2 deliveries to the client, by packet identifier; complete ones until their identifier is used again. */
  readonly flights: Map<number, Flight>;
  /** Deliveries so far. */
  sent: number;
}

/** One topic filter of one session with every subscription that was made for it, oldest first. */
export interface HeldFilter {
  readonly session: Session;
  readonly filter: string;
  readonly subscriptions: Subscription[];
}

/** One SUBSCRIBE entry, from being asked for to its end. */
export interface Subscription {
  readonly filter: string;
  readonly requested: number;
  readonly connection: NetworkConnection;
  readonly packetId: number;
  readonly asked: Moment;
  /** Return code of its SUBACK. */
  granted?: number;
  answered?: Moment;
  /** The same filter that it took the place of. */
  readonly replaces?: Subscription;
  /** An UNSUBSCRIBE, or a SUBSCRIBE of the same filter, was seen on its way. */
  endAsked?: Moment & { readonly how: 'unsubscribed' | 'replaced'; readonly packetId: number };
  /** ... and its answer was. */
  ended?: Moment;
}

/** One application message that a client handed, or a will that it left, to the server. */
export interface Message {
  readonly origin: 'publish' | 'will';
  readonly topic: string;
  readonly payloadKey: string;
  readonly lengthB: number;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly publisher: NetworkConnection;
  /** First seen on its way to the server; of a will, its CONNECT. */
  readonly seen: Moment;
  /** PUBACK or PUBCOMP was seen: the server has taken it over. */
  accepted?: Moment;
  /** PUBREL was seen on its way to the server. */
  released?: Moment;
  /** How often the client sent it. */
  sends: number;
  /** Some sending of it had DUP set. */
  dup: boolean;
  /** Its packet identifier had served a complete QoS 1 exchange before. */
  readonly idReused: boolean;
  /** Another message had the same topic and payload: deliveries of the two cannot be told apart. */
  twin: boolean;
  /** First delivery to any subscriber. */
  delivered?: Moment;
}

/** A QoS 1 or 2 delivery under way from the server to a client. */
export interface Flight {
  readonly packetId: number;
  readonly qos: 1 | 2;
  readonly topic: string;
  readonly payloadKey: string;
  readonly retain: boolean;
  /** The messages that it may be a copy of. */
  readonly messages: readonly Message[];
  /** Ordinal among the deliveries of its session. */
  readonly order: number;
  readonly firstSent: Moment;
  lastSent: Moment;
  /** The connection that it was last sent on, as PUBLISH or PUBREL. */
  connection: NetworkConnection;
  /** `received`: PUBREC was seen; `released`: so was PUBREL; `done`: PUBACK or PUBCOMP was. */
  stage: 'sent' | 'received' | 'released' | 'done';
  /** PUBACK or PUBCOMP was seen first. */
  done?: Moment;
  /** An acknowledgement came behind illegal traffic: what the server made of it is unknown. */
  doubtful?: true;
}

/** Whether a delivery still waits for the client. */
export function isOpen(flight: Flight): boolean {
  return flight.stage !== 'done';
}
