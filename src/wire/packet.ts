// The control packets of MQTT 3.1 and 3.1.1 as values; 5.0 adds fields, MQTT-SN a union of its own.

/** Quality of service; 3 appears only in packets that break MQTT-3.3.1-4. */
export type Qos = 0 | 1 | 2 | 3;

/** Which side of a connection sent a packet. */
export type Sender = 'client' | 'server';

/**
 * Text of a packet. Decoding always gives a string (ill-formed bytes become U+FFFD, beside a deviation);
 * encoding takes raw bytes too, so that ill-formed text can be sent on purpose.
 */
export type Text = string | Uint8Array;

export interface Will<T extends Text = string> {
  readonly topic: T;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
}

export interface Connect<T extends Text = string> {
  readonly type: 'CONNECT';
  readonly protocolName: T;
  /** 3 for MQTT 3.1 (`MQIsdp`), 4 for 3.1.1 (`MQTT`). */
  readonly protocolLevel: number;
  readonly cleanSession: boolean;
  readonly keepAliveS: number;
  readonly clientId: T;
  readonly will?: Will<T>;
  readonly userName?: T;
  readonly password?: Uint8Array;
}

export interface Connack {
  readonly type: 'CONNACK';
  readonly sessionPresent: boolean;
  readonly returnCode: number;
}

export interface Publish<T extends Text = string> {
  readonly type: 'PUBLISH';
  readonly dup: boolean;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly topic: T;
  /** Present where the packet carries one: QoS 1 and 2 (and 3, where it is broken that way). */
  readonly packetId?: number;
  readonly payload: Uint8Array;
}

/** The packets that carry a packet identifier and nothing else. */
export type AckType = 'PUBACK' | 'PUBREC' | 'PUBREL' | 'PUBCOMP' | 'UNSUBACK';
export interface Ack<T extends AckType = AckType> {
  readonly type: T;
  readonly packetId: number;
}

export interface SubscriptionRequest<T extends Text = string> {
  readonly filter: T;
  /** The whole requested-QoS byte: values above 2 break MQTT-3.8.3-4. */
  readonly qos: number;
}

export interface Subscribe<T extends Text = string> {
  readonly type: 'SUBSCRIBE';
  readonly packetId: number;
  readonly subscriptions: readonly SubscriptionRequest<T>[];
}

export interface Suback {
  readonly type: 'SUBACK';
  readonly packetId: number;
  /** 0, 1, 2 or 0x80; anything else breaks MQTT-3.9.3-2. */
  readonly returnCodes: readonly number[];
}

export interface Unsubscribe<T extends Text = string> {
  readonly type: 'UNSUBSCRIBE';
  readonly packetId: number;
  readonly filters: readonly T[];
}

/** The packets that are a fixed header only. */
export type BareType = 'PINGREQ' | 'PINGRESP' | 'DISCONNECT';
export interface Bare<T extends BareType = BareType> {
  readonly type: T;
}

/** Any control packet; `Packet<Text>` is what an encoder accepts. */
export type Packet<T extends Text = string> =
  | Connect<T>
  | Connack
  | Publish<T>
  | Ack<'PUBACK'>
  | Ack<'PUBREC'>
  | Ack<'PUBREL'>
  | Ack<'PUBCOMP'>
  | Ack<'UNSUBACK'>
  | Subscribe<T>
  | Suback
  | Unsubscribe<T>
  | Bare<'PINGREQ'>
  | Bare<'PINGRESP'>
  | Bare<'DISCONNECT'>;

export type PacketType = Packet['type'];

/** The packet of one type, e.g. `PacketOf<'CONNACK'>`. */
export type PacketOf<T extends PacketType> = Extract<Packet, { readonly type: T }>;
