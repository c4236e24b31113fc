// What devices, connections and servers of a shard are called in a history: the same in the shard and in the bench.
import type { ConnectionOpened, EventDraft, PacketSeen } from '../history/event.ts';
import { PasswordMask } from '../history/mask.ts';
import { decodePacket } from '../wire/decode.ts';
import type { SeenRecord } from './seen-records.ts';
import type { Shard } from './shard.ts';

/** Names of a shard's devices, by their numbers within the shard. */
export class SeenNames {
  readonly #slices: Shard['slices'];
  readonly #servers: readonly string[];
  readonly #target: string | undefined;
  readonly #firsts: readonly number[];
  readonly #hasLink: boolean;

  constructor({ slices, watch }: Shard) {
    this.#slices = slices;
    this.#servers = watch?.servers ?? [];
    this.#target = watch?.target;
    this.#hasLink = watch?.hasLinks ?? false;
    let before = 0;
    this.#firsts = slices.map(({ from, to }) => (before += to - from + 1) - (to - from + 1));
  }

  client(device: number): string {
    const slice = this.#sliceOf(device);
    const it = this.#slices[slice];
    return it === undefined ? '' : `${it.population.name}-${it.from + device - (this.#firsts[slice] ?? 0)}`;
  }

  connection(device: number, ordinal: number): string {
    return `${this.client(device)}.${ordinal}`;
  }

  server(device: number): string {
    return this.#servers[this.#sliceOf(device)] ?? '';
  }

  /** The beginning of a connection, without its number in the journal. */
  opened({ device, connection, seenAt, tMs }: SeenRecord): Omit<ConnectionOpened, 'seq'> {
    const client = this.client(device);
    return {
      kind: 'opened',
      tMs,
      connection: this.connection(device, connection),
      seenAt,
      client,
      server: this.server(device),
      ...(this.#hasLink && { link: `link of ${client}` }),
      ...(this.#target !== undefined && { target: this.#target }),
    };
  }

  #sliceOf(device: number): number {
    return this.#firsts.findLastIndex((first) => first <= device);
  }
}

/** Name of the population that a client belongs to. */
export const populationOf = (client: string): string => client.slice(0, client.lastIndexOf('-'));

/** A record as an event that a journal keeps. */
export function eventOf(it: SeenRecord, names: SeenNames): EventDraft & { readonly tMs: number } {
  if (it.kind === 'opened') return names.opened(it);
  const { tMs, seenAt, direction, offset, bytes, omittedB, payloadHash, unframed } = it;
  const connection = names.connection(it.device, it.connection);
  if (it.kind === 'ended') return { kind: 'ended', tMs, connection, seenAt, ...endOf(bytes) };
  const masked = direction === 'toServer' ? maskedRanges(bytes) : [];
  return {
    kind: 'packet',
    tMs,
    connection,
    direction,
    seenAt,
    offset,
    bytes: bytes.toString('base64'),
    ...(masked.length > 0 && { masked }),
    ...(omittedB !== undefined && { omittedB }),
    ...(payloadHash !== undefined && { payloadHash }),
    ...(unframed && { unframed: true }),
  };
}

/** The end of a connection in bytes: who closed, and the error's code. */
export const endBytes = (by: 'client' | 'server', how: string): Uint8Array => Buffer.from(`${by} ${how}`);

/** Who closed, and how. */
export function endOf(bytes: Buffer): {
  readonly by: 'client' | 'server';
  readonly how: 'fin' | 'rst' | 'error';
  readonly detail?: string;
} {
  const [by, code = ''] = bytes.toString().split(' ');
  const how = code === '' ? 'fin' : code === 'ECONNRESET' ? 'rst' : 'error';
  return { by: by === 'client' ? 'client' : 'server', how, ...(how === 'error' && { detail: code }) };
}

/** The bytes are masked already; where, their fields tell. */
function maskedRanges(bytes: Buffer): NonNullable<PacketSeen['masked']> {
  if ((bytes[0] ?? 0) >> 4 !== 1) return [];
  return new PasswordMask('client').apply(decodePacket(bytes, 'client', 0)).ranges;
}

/** A CONNECT without its password. */
export function withoutPassword(bytes: Uint8Array): Uint8Array {
  return new PasswordMask('client').apply(decodePacket(bytes, 'client', 0)).bytes;
}
