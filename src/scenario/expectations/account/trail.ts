// How far one message came, tap by tap: what the accounts are kept in.
import type { HistoryEvent, PacketSeen, PublishIntended } from '../../../history/event.ts';

/** Where and when something was seen. */
export interface Sighting {
  readonly seq: number;
  readonly tMs: number;
  readonly connection: string;
  /** Of a packet: where it stands in its stream at this tap. */
  readonly offset: number;
}

/** What a message is, whether its sender told what it meant or the first tap had to. */
export type Meant = Pick<PublishIntended, 'seq' | 'tMs' | 'topic' | 'qos' | 'ordinal' | 'payloadHash'>;

/** One message, and every step of it that a tap saw. A list has more than one entry where a step was repeated. */
export interface Trail {
  meant: Meant;
  /** No intent told of it so far: a tap saw it first. */
  isUntold: boolean;
  /** Counts all messages of the sender, from 1. */
  readonly index: number;
  /** PUBLISH at the sender's own end. */
  readonly left: Sighting[];
  /** PUBLISH at the broker's end of the sender's connection. */
  readonly reached: Sighting[];
  /** PUBACK or PUBREC where the broker sends it: the message is the broker's from here on. */
  taken?: Sighting;
  /** PUBACK or PUBCOMP where it comes to the sender: it has forgotten the message. */
  finished?: Sighting;
  /** The sender gave it up, and said why. */
  dropped?: { readonly seq: number; readonly why: string };
  /** The sender was stopped or killed while it still held it. */
  forgotten?: number;
  /** PUBLISH to the receiver where the broker sends it. */
  readonly forwarded: Sighting[];
  /** Deliveries at the receiver's end; a QoS 2 message that comes again before its release is the same one. */
  readonly arrivals: Sighting[];
  /** Arrivals at the receiver's end that it did not take: it had closed the connection, or closed it over this packet. */
  readonly refused: Sighting[];
  /** A message meant later on the same topic, with the same QoS, arrived first. */
  isOvertaken: boolean;
}

/** A trail that begins. */
export function trailOf(meant: Meant, index: number, isUntold: boolean): Trail {
  return {
    meant,
    isUntold,
    index,
    left: [],
    reached: [],
    forwarded: [],
    arrivals: [],
    refused: [],
    isOvertaken: false,
  };
}

/** Something that cannot be if the journal is whole and its taps agree. */
export interface Contradiction {
  readonly seq: number;
  readonly says: string;
}

/** Takes note of contradictions. */
export type Contradict = (event: Pick<HistoryEvent, 'seq' | 'tMs'>, says: string) => void;

/** Where a packet was seen. */
export const sightingOf = ({ seq, tMs, connection, offset }: PacketSeen): Sighting => ({
  seq,
  tMs,
  connection,
  offset,
});

/** Messages with one topic and payload are told apart by their order. */
export const identityOf = (topic: string, payloadHash: string): string => `${payloadHash} ${topic}`;
