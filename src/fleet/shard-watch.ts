// Rules at work in a shard: every packet is judged where it is seen, kept for a while, and sent on for the rules that need all.
import { createShardJudge, type ShardJudge } from '../judge/judge.ts';
import type { Finding } from '../judge/finding.ts';
import { rules } from '../judge/rules.ts';
import type { Direction, Vantage } from '../history/event.ts';
import type { Frame } from '../wire/frame.ts';
import { Excerpts } from './excerpts.ts';
import type { PacketWatch } from './hooks.ts';
import { RecordRing } from './record-ring.ts';
import { endBytes, endOf, populationOf, SeenNames, withoutPassword } from './seen-names.ts';
import { deviceCount, type Shard } from './shard.ts';
import type { ShardAnswer, ShardOrder } from './shard-messages.ts';
import { WatchedPacket } from './watched-packet.ts';

/** What a process keeps to show what was around a failure. */
const KEPT_B = 8 * 1024 * 1024;
/** A batch is sent when it is as large as this, whatever the time. */
const BATCH_B = 131_072;

const connectionRules = rules.filter((it) => it.scope === 'connection');
const none = new Uint8Array();
/** Microseconds, as every history counts. */
const roundedMs = (ms: number): number => Math.round(ms * 1000) / 1000;

/** The watch of one shard. */
export class ShardWatch implements PacketWatch {
  readonly #judge: ShardJudge;
  readonly #names: SeenNames;
  readonly #ring = new RecordRing(KEPT_B);
  readonly #excerpts: Excerpts;
  readonly #say: (answer: ShardAnswer) => void;
  readonly #isMerged: boolean;
  readonly #hasLinks: boolean;
  /** Connections of each device so far; 0 while none is open. */
  readonly #ordinals: Uint32Array;
  readonly #ids: (string | undefined)[];
  /** Bytes so far in each of four streams of a device: both directions at both ends. */
  readonly #offsets: Float64Array;
  /** The first and the last packet of each server since it was last told. */
  readonly #signs = new Map<string, [firstMs: number, lastMs: number]>();
  #nowMs = 0;

  /** @param shard one with `watch` */
  constructor(shard: Shard & { readonly watch: NonNullable<Shard['watch']> }, say: (answer: ShardAnswer) => void) {
    const { parameters, listed, isMerged, hasLinks } = shard.watch;
    this.#say = say;
    this.#isMerged = isMerged;
    this.#hasLinks = hasLinks;
    this.#names = new SeenNames(shard);
    this.#judge = createShardJudge({
      rules: connectionRules,
      parameters,
      listed,
      gatheredUnder: ({ client }) => populationOf(client),
    });
    this.#excerpts = new Excerpts(this.#ring, this.#names, (records) => say({ kind: 'excerpt', records }));
    const devices = deviceCount(shard);
    this.#ordinals = new Uint32Array(devices);
    this.#offsets = new Float64Array(devices * 4);
    this.#ids = Array.from({ length: devices }, () => undefined);
  }

  opened(device: number, connection: number, nowMs: number): void {
    this.#ordinals[device] = connection;
    this.#ids[device] = this.#names.connection(device, connection);
    this.#offsets.fill(0, device * 4, device * 4 + 4);
    for (const seenAt of this.#ends()) {
      const seq = this.#add('opened', device, seenAt, 'toServer', 0, none, nowMs);
      const event = this.#names.opened({
        kind: 'opened',
        device,
        connection,
        seenAt,
        tMs: this.#nowMs,
        direction: 'toServer',
        offset: 0,
        bytes: Buffer.alloc(0),
      });
      this.#tell(this.#judge.step({ ...event, seq }));
    }
  }

  packet(device: number, direction: Direction, seenAt: Vantage, frame: Frame, nowMs: number): void {
    const id = this.#ids[device];
    const { bytes } = frame;
    if (id === undefined || bytes.length === 0) return;
    const stream = device * 4 + (direction === 'toServer' ? 0 : 1) + (seenAt === 'serverEnd' ? 2 : 0);
    const offset = this.#offsets[stream] ?? 0;
    this.#offsets[stream] = offset + bytes.length;
    const kept = direction === 'toServer' && (bytes[0] ?? 0) >> 4 === 1 ? withoutPassword(bytes) : bytes;
    const isPiece = frame.unframed === true && frame.deviations.length === 0;
    const seq = this.#add('packet', device, seenAt, direction, offset, kept, nowMs, isPiece);
    if (direction === 'toClient' && seenAt !== 'clientEnd') this.#sign(this.#names.server(device));
    const event = new WatchedPacket({ tMs: this.#nowMs, direction, seenAt, offset }, seq, id, bytes);
    this.#tell(this.#judge.step(event, direction === 'toClient' ? ownFrame(frame) : frame));
  }

  ended(device: number, by: 'client' | 'server', how: string, nowMs: number): void {
    const connection = this.#ids[device];
    if (connection === undefined) return;
    this.#ids[device] = undefined;
    const bytes = endBytes(by, how);
    for (const seenAt of this.#ends()) {
      const seq = this.#add('ended', device, seenAt, 'toServer', 0, bytes, nowMs);
      const end = endOf(Buffer.from(bytes));
      this.#tell(this.#judge.step({ kind: 'ended', seq, tMs: this.#nowMs, connection, seenAt, ...end }));
    }
  }

  /** Sends what was seen since the last time; all that comes later is later than `nowMs`. */
  flush(nowMs: number, isLast = false): void {
    this.#flushRecords();
    const signs = Object.fromEntries(this.#signs);
    this.#signs.clear();
    this.#nowMs = Math.max(this.#nowMs, roundedMs(nowMs));
    this.#say({ kind: 'seen', untilMs: this.#nowMs, isLast, signs });
  }

  /** How the servers live on the connections of all shards. */
  told({ signs, takenOver, untilMs, isLast }: Extract<ShardOrder, { kind: 'told' }>): void {
    for (const it of takenOver) this.#judge.takenOver(it);
    for (const [server, times] of Object.entries(signs)) this.#tell(this.#judge.told(server, times, untilMs));
    if (!isLast) return;
    this.#tell(this.#judge.end());
    this.#say({ kind: 'judged' });
  }

  /** Keeps what shows a finding of the bench. */
  show({ finding, ordinals }: Extract<ShardOrder, { kind: 'show' }>): void {
    this.#say({ kind: 'shown', finding, places: [...this.#excerpts.around(ordinals, this.#nowMs)] });
  }

  #ends(): readonly Vantage[] {
    return this.#hasLinks ? ['clientEnd', 'serverEnd'] : ['wire'];
  }

  #add(
    kind: 'opened' | 'packet' | 'ended',
    device: number,
    seenAt: Vantage,
    direction: Direction,
    offset: number,
    bytes: Uint8Array,
    nowMs: number,
    unframed = false,
  ): number {
    // What several devices do at one moment is told in one order; a clock that stood still does not go back.
    this.#nowMs = Math.max(this.#nowMs, roundedMs(nowMs));
    const connection = this.#ordinals[device] ?? 0;
    const tMs = this.#nowMs;
    const seq = this.#ring.add({ kind, device, connection, seenAt, tMs, direction, offset, bytes, unframed });
    this.#excerpts.behind(seq, device, tMs);
    if (this.#ring.freshB >= BATCH_B) this.#flushRecords();
    return seq;
  }

  #flushRecords(): void {
    for (const records of this.#ring.fresh()) if (this.#isMerged) this.#say({ kind: 'records', records });
  }

  #sign(server: string): void {
    const known = this.#signs.get(server);
    if (known) known[1] = this.#nowMs;
    else this.#signs.set(server, [this.#nowMs, this.#nowMs]);
  }

  #tell(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const shows = finding.verdict === 'pass' ? [] : finding.evidence.events;
      const places = [...this.#excerpts.around(shows, this.#nowMs)];
      this.#say({ kind: 'found', finding, places });
    }
  }
}

/** Rules keep messages that wait for an answer; the buffer that they were read into is everybody's. */
function ownFrame(frame: Frame): Frame {
  const { packet } = frame;
  if (packet?.type !== 'PUBLISH' || packet.qos === 0) return frame;
  return { ...frame, packet: { ...packet, payload: Buffer.from(packet.payload) } };
}
