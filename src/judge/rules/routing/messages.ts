// Knows a message again when the broker delivers it: by topic and payload, the only identity that crosses a broker.
import { createHash } from 'node:crypto';
import type { PacketSeen } from '../../../history/event.ts';
import { payloadHashOf } from '../../../history/packet-of.ts';
import type { Publish } from '../../../wire/packet.ts';
import type { Message } from '../session/state.ts';

/** Messages remembered per broker; older ones can no longer be recognised and are not judged. */
const remembered = 50_000;
/** Equal messages remembered apart; among so many, deliveries cannot be told apart anyway. */
const rememberedTwins = 16;
const shortB = 64;

/** A payload as a map key: itself when short, else its length and hash. */
export function payloadKey(payload: Uint8Array): string {
  if (payload.length <= shortB) return `${payload.length}:${Buffer.from(payload).toString('latin1')}`;
  return `${payload.length}#${createHash('sha256').update(payload).digest('base64')}`;
}

/** Key of the payload in a packet event, whether or not the journal kept all of it. */
export function payloadKeyOf(event: PacketSeen, packet: Publish): string {
  if (event.omittedB === undefined) return payloadKey(packet.payload);
  return `${packet.payload.length + event.omittedB}!${payloadHashOf(event, packet)}`;
}

/** The messages that a broker was given lately, oldest first among equals. */
export class MessageBook {
  readonly #byKey = new Map<string, Message[]>();
  readonly #byPayload = new Map<string, Message[]>();
  readonly #oldestFirst: Message[] = [];
  /** Payloads that were sent where no session stood: a server that takes them delivers what is no message here. */
  readonly #strays = new Set<string>();

  /** Remembers a message; a will stays until it is released. */
  add(message: Message): void {
    const twins = file(this.#byKey, keyOf(message.topic, message.payloadKey), message);
    if (twins.length > 1) for (const it of twins) it.twin = true;
    file(this.#byPayload, message.payloadKey, message);
    if (message.origin === 'publish') this.release(message);
  }

  /** Lets a message be forgotten in its turn. */
  release(message: Message): void {
    this.#oldestFirst.push(message);
    if (this.#oldestFirst.length <= remembered * 2) return;
    for (const it of this.#oldestFirst.splice(0, remembered)) this.#forget(it);
  }

  /** Remembers a payload that was sent without a session. */
  stray(key: string): void {
    this.#strays.add(key);
    if (this.#strays.size > remembered) for (const oldest of this.#strays.values().take(1)) this.#strays.delete(oldest);
  }

  /** The one message with this payload; nothing where anybody else sent an equal one, with or without a session. */
  solelyWith(key: string): Message | undefined {
    const [only, ...others] = this.#byPayload.get(key) ?? [];
    return others.length > 0 || this.#strays.has(key) ? undefined : only;
  }

  /** Messages with this topic and payload. */
  find(topic: string, key: string): readonly Message[] {
    return this.#byKey.get(keyOf(topic, key)) ?? [];
  }

  #forget(message: Message): void {
    unfile(this.#byKey, keyOf(message.topic, message.payloadKey), message);
    unfile(this.#byPayload, message.payloadKey, message);
  }
}

function keyOf(topic: string, key: string): string {
  return `${topic}\0${key}`; // U+0000 cannot stand in a topic (MQTT-1.5.3-2)
}

function file(map: Map<string, Message[]>, key: string, message: Message): readonly Message[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  list.push(message);
  if (list.length > rememberedTwins) list.shift();
  return list;
}

function unfile(map: Map<string, Message[]>, key: string, message: Message): void {
  const list = map.get(key);
  const at = list?.indexOf(message) ?? -1;
  if (list === undefined || at < 0) return;
  list.splice(at, 1);
  if (list.length === 0) map.delete(key);
}
