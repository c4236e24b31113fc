// The first two to five bytes of every packet: type, flags, Remaining Length.
import type { StatementId } from '../spec/statement.ts';
import { hex } from './body-reader.ts';
import type { BodyReader } from './body-reader.ts';
import type { PacketType, Sender } from './packet.ts';

/** What the standard fixes for one packet type. */
export interface PacketForm {
  readonly type: PacketType;
  readonly number: number;
  /** Who may send it (MQTT311-NN-03). */
  readonly senders: Sender | 'both';
  /** The low nibble of the first byte; PUBLISH alone is free to choose it. */
  readonly flags: number | 'publish';
  /** The statement of this packet's flags, where there is one beside MQTT-2.2.2-1. */
  readonly flagsStatement?: StatementId;
}

const FORMS: readonly PacketForm[] = [
  { number: 1, type: 'CONNECT', senders: 'client', flags: 0 },
  { number: 2, type: 'CONNACK', senders: 'server', flags: 0 },
  { number: 3, type: 'PUBLISH', senders: 'both', flags: 'publish' },
  { number: 4, type: 'PUBACK', senders: 'both', flags: 0 },
  { number: 5, type: 'PUBREC', senders: 'both', flags: 0 },
  { number: 6, type: 'PUBREL', senders: 'both', flags: 2, flagsStatement: 'MQTT-3.6.1-1' },
  { number: 7, type: 'PUBCOMP', senders: 'both', flags: 0 },
  { number: 8, type: 'SUBSCRIBE', senders: 'client', flags: 2, flagsStatement: 'MQTT-3.8.1-1' },
  { number: 9, type: 'SUBACK', senders: 'server', flags: 0 },
  { number: 10, type: 'UNSUBSCRIBE', senders: 'client', flags: 2, flagsStatement: 'MQTT-3.10.1-1' },
  { number: 11, type: 'UNSUBACK', senders: 'server', flags: 0 },
  { number: 12, type: 'PINGREQ', senders: 'client', flags: 0 },
  { number: 13, type: 'PINGRESP', senders: 'server', flags: 0 },
  { number: 14, type: 'DISCONNECT', senders: 'client', flags: 0 },
];

const BY_NUMBER: readonly (PacketForm | undefined)[] = [undefined, ...FORMS, undefined];

/** The form of a packet type number; `undefined` for the reserved 0 and 15. */
export function formOf(number: number): PacketForm | undefined {
  return BY_NUMBER[number];
}

/** The first byte of a packet type that has no choice of flags: number and prescribed flags. */
export const FIRST_BYTE: Readonly<Record<PacketType, number>> = Object.fromEntries(
  FORMS.map((form) => [form.type, (form.number << 4) | (form.flags === 'publish' ? 0 : form.flags)]),
) as Record<PacketType, number>;

/** {@link packetLength}: the header is not complete yet. */
export const INCOMPLETE = 0;
/** {@link packetLength}: a fifth byte of Remaining Length; where the packet ends can no longer be known. */
export const MALFORMED = -1;
/** Bytes of a header whose Remaining Length is {@link MALFORMED}: everything up to the byte that broke it. */
export const MALFORMED_HEADER_B = 5;

/** Length of the whole packet whose first byte is `bytes[at]`, or {@link INCOMPLETE} or {@link MALFORMED}. */
export function packetLength(bytes: Uint8Array, at: number, end: number): number {
  let remaining = 0;
  for (let i = 1; i < MALFORMED_HEADER_B; i++) {
    if (at + i >= end) return INCOMPLETE;
    const byte = bytes[at + i] ?? 0;
    remaining += (byte & 0x7f) * 2 ** (7 * (i - 1));
    if (byte < 0x80) return 1 + i + remaining;
  }
  return MALFORMED;
}

/** Index of the first byte behind a complete fixed header that begins at index 0. */
export function bodyStart(bytes: Uint8Array): number {
  let at = 1;
  while ((bytes[at] ?? 0) >= 0x80) at++;
  return at + 1;
}

/** Notes what the first byte alone breaks: type, direction, flags. */
export function checkFirstByte(r: BodyReader, form: PacketForm | undefined, sender: Sender): void {
  const first = r.peek(0);
  if (form === undefined) {
    r.deviate('reserved-type', 'MQTT311-NN-03', 0, 1, 'a packet type from 1 to 14', String(first >> 4));
    return;
  }
  if (form.senders !== 'both' && form.senders !== sender) {
    r.deviate('wrong-direction', 'MQTT311-NN-03', 0, 1, `a packet that a ${sender} may send`, form.type);
  }
  if (form.flags === 'publish' || form.flags === (first & 0x0f)) return;
  const expected = `${form.type} with flags ${hex(form.flags)}`;
  if (form.flagsStatement === undefined) {
    r.deviate('reserved-flags', 'MQTT-2.2.2-1', 0, 1, expected, hex(first & 0x0f));
  } else {
    r.deviate('reserved-flags', form.flagsStatement, 0, 1, expected, hex(first & 0x0f), ['MQTT-2.2.2-1']);
  }
}
