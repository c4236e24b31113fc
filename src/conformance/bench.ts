// What a check holds in its hands: scripted clients with names, topics and ids of its own, and bounded waits.
import type { BrokerVariants } from '../bench/bench.ts';
import type { ConnectionId } from '../history/event.ts';
import type { RuleParameters } from '../judge/rule.ts';
import type { Connect, Packet, PacketOf, PacketType, Publish, Qos, Text, Will } from '../wire/packet.ts';
import type { Spoil } from '../wire/encode.ts';
import type { Pace } from './pace.ts';

/** Name of a way in. */
export type BrokerVariantName = keyof BrokerVariants;

/** User name and password of a CONNECT, as far as it has them. */
export interface SaidLogin {
  readonly userName?: string;
  readonly password?: string | Uint8Array;
}

/**
 * How a client on a TLS listener differs from a good one.
 *
 * - `noCertificate`, `expiredCertificate`, `unknownCertificate`: what it shows of itself.
 * - `trustsOthers`: takes no certificate but those of the public CAs, which the run's own is none of.
 * - `trustsAnybody`: takes any certificate.
 * - `plain`: speaks MQTT without TLS.
 */
export type TlsConduct =
  | 'noCertificate'
  | 'expiredCertificate'
  | 'unknownCertificate'
  | 'trustsOthers'
  | 'trustsAnybody'
  | 'plain';

/** What a scripted client connects with; everything has a default. */
export interface ConnectOptions {
  /** Another way into the target than its plain listener; the CONNECT carries the login that it asks for. */
  readonly variant?: BrokerVariantName;
  /** Who the CONNECT says it is, instead of whom the way in knows; `{}` for nobody. */
  readonly login?: SaidLogin;
  /** What a client does otherwise than the way in asks for, where it asks for TLS. */
  readonly tls?: TlsConduct;
  /** Client id; default: one of the check's own, made from the client's name. */
  readonly clientId?: string;
  readonly cleanSession?: boolean;
  /** Default 0: no keep alive, so that no check is ended by one it did not ask for. */
  readonly keepAliveS?: number;
  readonly will?: Will;
  /** Answer QoS 1 and 2 deliveries as a good client does (default), or leave that to the check. */
  readonly acknowledge?: boolean;
  /** Bytes that the check moves on this connection beyond what any other does: so much more is no flood, and is recorded. */
  readonly expectedB?: number;
}

/** A client that does what the check says, byte by byte, and sees every packet that comes back. */
export interface ScriptedClient {
  readonly connection: ConnectionId;
  readonly clientId: string;
  /** Bytes that it has sent so far. */
  readonly sentB: number;
  /** Sends a packet, legal as it stands. */
  send(packet: Packet<Text>): Promise<void>;
  /** Sends something the standard forbids, and taints the connection in the history first. */
  sendIllegal(why: string, packet: Packet<Text> | Uint8Array, spoil?: Spoil): Promise<void>;
  /**
   * The next packet of this type that no earlier call took, as soon as it is there.
   * Gives `undefined` when none came within the response timeout; a PINGREQ was then sent as proof of life, save
   * for a PINGRESP, whose absence the check itself has to set against a sign of life.
   */
  next<T extends PacketType>(type: T, where?: (packet: PacketOf<T>) => boolean): Promise<PacketOf<T> | undefined>;
  /** CONNACK with code 0, or the check is aborted with what came instead. */
  connected(): Promise<PacketOf<'CONNACK'>>;
  subscribe(filters: Readonly<Record<string, 0 | 1 | 2>>): Promise<PacketOf<'SUBACK'> | undefined>;
  unsubscribe(...filters: string[]): Promise<PacketOf<'UNSUBACK'> | undefined>;
  /** Publishes and sees the whole exchange of its QoS through; gives the packet identifier. */
  publish(message: {
    topic: string;
    payload: string | Uint8Array;
    qos?: 0 | 1 | 2;
    retain?: boolean;
  }): Promise<number | undefined>;
  /** Waits for a message with this topic and payload, by default until its absence is certain. */
  delivery(topic: string, payload: string | Uint8Array, withinMs?: number): Promise<Publish | undefined>;
  /** Every PUBLISH so far, in order. */
  readonly deliveries: readonly Publish[];
  /** PINGREQ and its PINGRESP: proof of life, and a fence behind everything sent before it. */
  ping(): Promise<boolean>;
  /** DISCONNECT, then FIN. */
  disconnect(): Promise<void>;
  /** Ends the connection without DISCONNECT. */
  abort(how: 'fin' | 'rst'): Promise<void>;
  /** Waits until the server has closed, at most the close timeout; tells whether it did. */
  closedByServer(timeoutMs?: number): Promise<boolean>;
}

/** A client on the target's WebSocket listener, which can send frame by frame; `send` puts a packet into one frame. */
export interface WebSocketClient extends ScriptedClient {
  /** The subprotocol that the server chose; '' when it named none. */
  readonly subprotocol: string;
  /** Sends bytes in one binary frame, or in one that continues an unfinished message; default: a whole message. */
  sendFrame(bytes: Uint8Array, shape?: { readonly continues?: boolean; readonly isFinal?: boolean }): Promise<void>;
  /** Sends a packet in a text frame, and taints the connection in the history first. */
  sendText(why: string, packet: Packet): Promise<void>;
}

/** One check's own corner of the bench. */
export interface CheckBench {
  readonly target: string;
  /** How long is waited: the tolerances of the rules, and what a link adds to them. */
  readonly parameters: RuleParameters;
  /** What a check takes from the link for times and sizes of its own. */
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /**
   * What the target offers, lowest first: 0, 1 and 2, but for its limits. A check about what holds at each QoS goes
   * through these; one about QoS 2 itself needs `qos2`.
   */
  readonly qosLevels: readonly Level[];
  /** A client id of this check and run: the same name gives the same id. */
  clientId(name: string): string;
  /** A topic below this check's own prefix. */
  topic(path: string): string;
  /** Opens a connection and sends nothing. */
  open(name: string, options?: ConnectOptions): Promise<ScriptedClient>;
  /**
   * Opens a connection over TLS that either side may refuse within the handshake: then there is none, and the history
   * says who refused, and why.
   */
  tryOpen(name: string, options: ConnectOptions): Promise<ScriptedClient | undefined>;
  /** Opens a WebSocket and sends nothing; `offer` are the subprotocols, `mqtt` alone by default. */
  openWebSocket(
    name: string,
    options?: ConnectOptions & { readonly offer?: readonly string[] },
  ): Promise<WebSocketClient>;
  /** Opens, sends CONNECT, and has CONNACK 0. */
  connect(name: string, options?: ConnectOptions): Promise<ScriptedClient>;
  /** The CONNECT that `connect` would send, to be spoilt or sent by hand. */
  connectPacket(name: string, options?: ConnectOptions): Connect;
  /** Notes a moment in the history that the check's judge can ask for. */
  mark(name: string, client?: ScriptedClient): void;
  /** The printed quiet window behind a sentinel. */
  quiet(): Promise<void>;
  /** Lets real time pass, for statements about time only. */
  elapse(durationMs: number): Promise<void>;
  /**
   * Ends the check's own broker (`stop` politely, `kill` by SIGKILL) and starts it again on the same storage; resolves
   * when it serves. For checks of the group `ownInstance`.
   */
  restartBroker(how: 'stop' | 'kill'): Promise<void>;
}

/** How long what should be on its way already is waited for. */
export const soonMs = ({ parameters, pace }: CheckBench): number => parameters.quietMs + pace.roundTripMs;

/** How long an effect without an answer, such as a will, is waited for before its absence is certain. */
export const effectMs = ({ parameters }: CheckBench): number => 5 * parameters.effectTimeoutMs + parameters.quietMs;

/** Thrown by a bench when a situation cannot be brought about; the check is then inconclusive with this reason. */
export class SituationFailed extends Error {}

/** The QoS of a legal message or subscription. */
export type Level = Exclude<Qos, 3>;

/** The QoS levels of the standard. */
export const everyQos: readonly Level[] = [0, 1, 2];

/** The highest QoS that the target offers. */
export const highestQos = ({ qosLevels }: Pick<CheckBench, 'qosLevels'>): Level => qosLevels.at(-1) ?? 0;
