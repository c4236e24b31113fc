// The form of the tables of packets: bytes, what they mean, and every deviation that must be reported.
import type { Deviation } from '../../../src/wire/deviation.ts';
import type { Packet, Sender } from '../../../src/wire/packet.ts';

export interface Row {
  readonly name: string;
  readonly sender: Sender;
  readonly bytes: Buffer;
  /** `undefined`: these bytes cannot be read as a packet. */
  readonly packet: Packet | undefined;
  /** `code STATEMENT... @offset+length`, in the order of reporting. */
  readonly deviations: readonly string[];
  /** The bytes end inside the packet, or cannot be framed. */
  readonly unframed?: true;
  /** Allowed, but not the form in which the encoder writes this packet. */
  readonly otherForm?: true;
}

/** Bytes from hexadecimal digits and 'text in quotes', e.g. `00 04 'MQTT' 04`. */
export function hexBytes(source: string): Buffer {
  const parts = [...source.matchAll(/'([^']*)'|([0-9A-Fa-f]{2})/g)];
  return Buffer.concat(
    parts.map(([, text, hex]) => (text === undefined ? Buffer.from(hex ?? '', 'hex') : Buffer.from(text))),
  );
}

/** A packet with a Remaining Length that fits its body of at most 127 bytes. */
export function framed(first: string, body: string): Buffer {
  const bytes = hexBytes(body);
  return Buffer.concat([hexBytes(first), Uint8Array.of(bytes.length), bytes]);
}

/** A deviation as the tables write it. */
export function shorthand(deviation: Deviation): string {
  const statements = [deviation.statement, ...(deviation.also ?? [])].filter((it) => it !== undefined);
  return [deviation.code, ...statements, `@${deviation.offset}+${deviation.length}`].join(' ');
}
