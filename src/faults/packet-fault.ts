// Faults on single packets as data: when a packet like this passes, do that, so many times.
import type { DeviationCode } from '../wire/deviation-codes.ts';
import type { Deviation } from '../wire/deviation.ts';
import type { PacketType, Qos, Will } from '../wire/packet.ts';
import type { TopicForm } from './topic-form.ts';

/** Which way a packet travels on its connection. */
export type Direction = 'toServer' | 'toClient';

/** Which packet a fault waits for; every given field must fit. */
export interface PacketMatch {
  readonly type?: PacketType | readonly PacketType[];
  readonly direction?: Direction;
  /** Topic filter that a PUBLISH topic must match. */
  readonly topic?: string;
  readonly qos?: Qos;
  readonly retain?: boolean;
  readonly dup?: boolean;
  /** Exact payload of a PUBLISH; the empty text fits a message of no bytes. */
  readonly payload?: string;
  /** Whether a CONNECT has a will. */
  readonly hasWill?: boolean;
  /** Whether a CONNECT has a user name. */
  readonly hasUserName?: boolean;
  /** Return code of a CONNACK. */
  readonly returnCode?: number;
  readonly packetId?: number;
  /** Whether a SUBSCRIBE, SUBACK or UNSUBSCRIBE has more than one filter, or code. */
  readonly several?: boolean;
  /** What a filter of a SUBSCRIBE or UNSUBSCRIBE begins with. */
  readonly filterStart?: string;
  /**
   * Something that is wrong with the packet. Without a field of a packet beside it, it also fits a packet that cannot
   * be read, which can only be dropped, answered, or written as one of another type.
   */
  readonly deviation?: DeviationCode;
  /** A statement that the packet breaks; fits a packet that cannot be read as `deviation` does. */
  readonly breaks?: NonNullable<Deviation['statement']>;
  readonly clientId?: string;
  /** Client ids of this form; `*` stands for any characters, also none. */
  readonly clientIdGlob?: string;
  /** Client ids that hold at least one of these characters. */
  readonly clientIdHas?: string;
  /** Client ids of so many bytes in UTF-8, both bounds included. */
  readonly clientIdB?: { readonly min?: number; readonly max?: number };
  /** Something that was wrong with the CONNECT of the connection. */
  readonly connectDeviation?: DeviationCode;
  /** Whether the connection has had its CONNECT, this packet counted in. */
  readonly afterConnect?: boolean;
  /** Clean session of the connection, as its CONNECT asked for it. */
  readonly cleanSession?: boolean;
  /** Session present of the connection, as the server's CONNACK said; no packet before the CONNACK fits. */
  readonly sessionPresent?: boolean;
  /** Fits only once a packet of this type has passed on some connection of this client id. */
  readonly after?: PacketType;
  /** Fits only once the connection has stood for so long. */
  readonly afterMs?: number;
  /** Acts from the nth fitting packet of a connection on, counted from 1. */
  readonly nth?: number;
  /** Acts up to the nth fitting packet of a connection, and on none after it. */
  readonly nthTo?: number;
  /** Fits only on the nth connection of this client id over the link, counted from 1. */
  readonly connectionNth?: number;
}

/** Fields of a packet that `rewrite` sets before the packet is encoded again; a field the packet lacks is ignored. */
export interface PacketRewrite {
  /** Turns the packet into a bare or acknowledging packet of another type. */
  readonly type?: PacketType;
  /** Low nibble of the first byte. */
  readonly flags?: number;
  readonly packetId?: number | { readonly add: number };
  readonly dup?: boolean;
  readonly qos?: Qos;
  readonly retain?: boolean;
  readonly topic?: string | { readonly append: string };
  /** The form that the topic of a PUBLISH or of a will, or each filter of a SUBSCRIBE or UNSUBSCRIBE, is brought into. */
  readonly topicForm?: TopicForm | readonly TopicForm[];
  /** Which filters of a SUBSCRIBE or UNSUBSCRIBE stay as they are; each other one becomes the given one. */
  readonly keepFilters?: { readonly keep: 'none' | 'first' | 'allButLast'; readonly othersBecome: string };
  /** `cutToB` keeps so many bytes, `exchangeAtB` exchanges the byte at this offset and the next, where there are as many. */
  readonly payload?:
    | { readonly text: string }
    | { readonly append: string }
    | { readonly cutToB: number }
    | { readonly exchangeAtB: number };
  /** Bytes of the body that are written over once all else is done, e.g. the length of a topic. */
  readonly bodySet?: { readonly at: number; readonly bytes: readonly number[] };
  readonly sessionPresent?: boolean;
  readonly returnCode?: number;
  readonly returnCodes?: readonly number[] | 'reversed' | 'dropLast' | 'addOne' | { readonly each: number };
  /** The QoS that a SUBSCRIBE asks for, in each of its subscriptions. */
  readonly requestedQos?: Qos;
  /** The filters of an UNSUBSCRIBE: in lower case, or without the `/` at their end. */
  readonly filters?: 'lowerCase' | 'trimSlash';
  readonly cleanSession?: boolean;
  readonly keepAliveS?: number;
  readonly protocolName?: string;
  readonly protocolLevel?: number;
  readonly userName?: string;
  readonly clientId?: { readonly append: string } | 'lowerCase';
  /**
   * Fields change a will that is there; a whole will is also given to a CONNECT without one. `earlier` gives it the
   * last one that its client id had over this link, in a `rewrite` only. `swapped` exchanges topic and payload of a
   * will; `credentials` exchanges it with user name and password, where there are all four.
   */
  readonly will?:
    | 'remove'
    | 'earlier'
    | 'swapped'
    | 'credentials'
    | Will
    | { readonly qos?: Qos; readonly retain?: boolean };
}

/** What happens to a packet that fits. */
export type PacketAction =
  | { readonly do: 'drop' }
  /** Holds it, and what follows it in its direction, for so long. */
  | { readonly do: 'hold'; readonly holdMs: number }
  /** Sends it again `delayMs` after the original (0: right behind it). */
  | { readonly do: 'duplicate'; readonly delayMs: number; readonly set?: PacketRewrite }
  | { readonly do: 'rewrite'; readonly set: PacketRewrite }
  /** Writes it anew from what could be read: prescribed flags, reserved bits 0, U+FFFD for ill-formed text. */
  | { readonly do: 'mend' }
  /** Lets the next packets of its direction and type, `past` of them or one, pass first; gives up after `withinMs`. */
  | { readonly do: 'swap'; readonly withinMs: number; readonly past?: number }
  /** Passes it on and also sends another packet, made from this one, to one side. */
  | {
      readonly do: 'inject';
      readonly toward: 'client' | 'server';
      readonly packet: PacketRewrite & { readonly type: PacketType };
    }
  /** Drops it and ends the connection on that side (both sides when `both`). */
  | { readonly do: 'rst' | 'fin'; readonly side: 'client' | 'server' | 'both' }
  /** From here on a close by the server does not reach the client: the client's side stays open and silent. */
  | { readonly do: 'keep-open' }
  | Damage
  /**
   * From here on nothing more arrives in one direction of this connection, by default the packet's own, which is lost
   * then; neither does a close. The other direction lives.
   */
  | { readonly do: 'half-open'; readonly dead?: Direction }
  /**
   * Both directions of this connection stand still, this packet and what is under way included. After `forMs` all of
   * it goes on, in order; without it nothing arrives any more, no close either.
   */
  | { readonly do: 'black-hole'; readonly forMs?: number };

/** Damages the packet, and with it what its receiver makes of the rest of the stream. */
export type Damage =
  /** Flips the bits of `xor` (default: all eight) in the bytes at these offsets; from the end where negative. */
  | { readonly do: 'corrupt'; readonly bytes: readonly number[]; readonly xor?: number }
  /** Flips so many bits anywhere in the packet; the seed repeats which. */
  | { readonly do: 'corrupt'; readonly bits: number }
  /** Only the first `keepB` bytes go on, and behind them the stream continues. */
  | { readonly do: 'truncate'; readonly keepB: number };

/** One fault; fault-words.ts says what each action leaves of the stream. */
export interface PacketFault {
  readonly id: string;
  readonly when: PacketMatch;
  readonly action: PacketAction;
  /** How often per link; unlimited when absent. */
  readonly times?: number;
}
