// The rules of a whole fleet: those that need every party run here over what all shards saw; the shards' own are heard.
import { placeOf } from '../net/endpoint.ts';
import type { EventDraft, History, PacketSeen } from '../history/event.ts';
import { frameOf as decoded, senderOf } from '../history/packet-of.ts';
import type { Finding } from '../judge/finding.ts';
import { createJudge, type Judge } from '../judge/judge.ts';
import { findingMark } from '../judge/recorded-findings.ts';
import { defaultParameters, type RuleParameters } from '../judge/rule.ts';
import { rules } from '../judge/rules.ts';
import { listedFindings } from '../judge/tally.ts';
import { pause } from '../net/clock.ts';
import type { PartContext } from '../parts/part.ts';
import { decodePacket } from '../wire/decode.ts';
import type { Frame } from '../wire/frame.ts';
import { SeenMerge, type MergedRecord } from './seen-merge.ts';
import { endOf, eventOf, populationOf, SeenNames } from './seen-names.ts';
import { RecordReader, type SeenRecord } from './seen-records.ts';
import type { Shard, Slice } from './shard.ts';
import type { ShardAnswer, ShardOrder } from './shard-messages.ts';
import { WatchedPacket } from './watched-packet.ts';

/** How the rules of a fleet judge. */
export interface FleetRulesOptions {
  readonly parameters?: RuleParameters;
  /** Part that listens at a place, `host:port`; default: the place. */
  readonly serverAt?: (place: string) => string;
  readonly target?: string;
  readonly hasLinks?: boolean;
  /** Default {@link listedFindings}. */
  readonly listed?: number;
  /** Whether rules that need every party judge too; default true. */
  readonly isMerged?: boolean;
  /** Gets everything that was seen, where all of it is to be kept. */
  readonly journal?: History;
}

const routingRules = rules.filter((it) => it.scope === 'routing');
/** How long shards may take to tell the rest, and to come to their end. */
const FINISH_MS = 15_000;
/** So many merged records are known by number; evidence that is older is not shown. */
const REMEMBERED = 1 << 20;

/** What a shard of such a fleet has to know. */
export function watchOf(slices: readonly Slice[], options: FleetRulesOptions): NonNullable<Shard['watch']> {
  const { parameters = defaultParameters, serverAt, target, hasLinks = false } = options;
  const { listed = listedFindings, isMerged = true } = options;
  const servers = slices.map(({ population: { broker } }) => serverAt?.(placeOf(broker)) ?? placeOf(broker));
  return { servers, parameters, hasLinks, listed, isMerged, ...(target !== undefined && { target }) };
}

/** Hears the shards, and writes down what was found. */
export class FleetRules {
  readonly #context: PartContext;
  readonly #tell: (shard: number, order: ShardOrder) => void;
  readonly #options: FleetRulesOptions;
  readonly #names: readonly SeenNames[];
  readonly #merge: SeenMerge;
  readonly #judge: Judge;
  /** Findings of the rules here whose evidence shards are looking for. */
  readonly #showing = new Map<number, { readonly finding: Finding; readonly places: string[]; waiting: Set<number> }>();
  /** Shard and ordinal of the latest merged records, by their number. */
  readonly #shardOf = new Uint16Array(REMEMBERED);
  readonly #ordinalOf = new Float64Array(REMEMBERED);
  readonly #excerpts = new Set<string>();
  readonly #others: (EventDraft & { readonly tMs: number })[] = [];
  /** Connection of each client id, by server: what a shard cannot know of the others. */
  readonly #owners = new Map<string, { readonly shard: number; readonly connection: string }>();
  readonly #takenOver: Map<number, string[]> = new Map();
  readonly #signs = new Map<string, number[]>();
  readonly #left = new Set<number>();
  readonly #judged = new Set<number>();
  readonly #lost = new Set<number>();
  #seq = 0;
  #findings = 0;
  #toldMs = -Infinity;
  #finished: Promise<void> | undefined;

  constructor(
    shards: readonly Shard[],
    options: FleetRulesOptions,
    context: PartContext,
    tell: (shard: number, order: ShardOrder) => void,
  ) {
    this.#context = context;
    this.#tell = tell;
    this.#options = options;
    this.#names = shards.map((it) => new SeenNames(it));
    this.#merge = new SeenMerge(shards.length);
    const { parameters = defaultParameters, listed = listedFindings } = options;
    this.#judge = createJudge({
      rules: routingRules,
      parameters,
      listed,
      gatheredUnder: ({ client }) => populationOf(client),
    });
  }

  hear(shard: number, answer: Exclude<ShardAnswer, { kind: 'report' | 'failed' }>): void {
    switch (answer.kind) {
      case 'records':
        this.#merge.add(shard, answer.records);
        break;
      case 'seen':
        this.#seen(shard, answer);
        break;
      case 'excerpt':
        this.#excerpt(shard, answer.records);
        break;
      case 'found':
        this.#write(answer.finding, answer.places);
        break;
      case 'shown':
        this.#shown(shard, answer.finding, answer.places);
        break;
      case 'judged':
        this.#judged.add(shard);
    }
  }

  /** Something happened to a part, or could not be seen. */
  heard(event: EventDraft): void {
    this.#others.push({ ...event, tMs: event.tMs ?? this.#context.clock.nowMs() });
  }

  /** A shard died: what it did not tell nobody will. */
  lose(shard: number): void {
    this.#lost.add(shard);
    this.#merge.reach(shard, Infinity);
    this.heard({ kind: 'gap', why: `shard ${shard} of the fleet is gone` });
    for (const [id, it] of this.#showing) if (it.waiting.delete(shard)) this.#settleShowing(id);
  }

  /** Lets every device leave, and every rule come to its end. */
  finish(): Promise<void> {
    return (this.#finished ??= this.#finish());
  }

  async #finish(): Promise<void> {
    const shards = [...this.#names.keys()];
    for (const shard of shards) this.#tell(shard, { kind: 'leave' });
    await this.#until(() => shards.every((it) => this.#left.has(it) || this.#lost.has(it)));
    for (const shard of shards) this.#merge.reach(shard, Infinity);
    this.#advance(true);
    this.#found(this.#judge.end());
    await this.#until(() => shards.every((it) => this.#judged.has(it) || this.#lost.has(it)));
    await this.#until(() => this.#showing.size === 0);
  }

  async #until(isSo: () => boolean): Promise<void> {
    const { clock, signal } = this.#context;
    const endMs = clock.nowMs() + FINISH_MS;
    while (!isSo() && clock.nowMs() < endMs && !signal.aborted) await pause(clock, 5, signal);
  }

  #seen(shard: number, { untilMs, isLast, signs }: Extract<ShardAnswer, { kind: 'seen' }>): void {
    for (const [server, times] of Object.entries(signs)) {
      this.#signs.set(server, [...(this.#signs.get(server) ?? []), ...times]);
    }
    if (isLast) this.#left.add(shard);
    this.#merge.reach(shard, isLast ? Infinity : untilMs);
    if (this.#merge.horizonMs < Infinity) this.#advance(false);
  }

  /** Judges all that is known, and tells the shards how far that is. */
  #advance(isLast: boolean): void {
    const untilMs = this.#merge.horizonMs;
    this.#others.sort((a, b) => a.tMs - b.tMs);
    for (const it of this.#merge.take(untilMs)) {
      this.#stepOthers(it.record.tMs);
      this.#step(it);
    }
    this.#stepOthers(untilMs);
    if (untilMs <= this.#toldMs && !isLast) return;
    this.#toldMs = untilMs;
    this.#tellAll(untilMs, isLast);
  }

  #tellAll(untilMs: number, isLast: boolean): void {
    const signs: Record<string, number[]> = {};
    for (const [server, times] of this.#signs) {
      const known = times.filter((it) => it <= untilMs);
      const later = times.filter((it) => it > untilMs);
      if (known.length > 0) signs[server] = known;
      if (later.length > 0) this.#signs.set(server, later);
      else this.#signs.delete(server);
    }
    for (const shard of this.#names.keys()) {
      if (this.#lost.has(shard)) continue;
      const takenOver = this.#takenOver.get(shard) ?? [];
      this.#takenOver.delete(shard);
      if (Object.keys(signs).length === 0 && takenOver.length === 0 && !isLast) continue;
      this.#tell(shard, { kind: 'told', signs, takenOver, untilMs: Math.min(untilMs, Number.MAX_VALUE), isLast });
    }
  }

  #stepOthers(untilMs: number): void {
    for (let it = this.#others[0]; it !== undefined && it.tMs <= untilMs; it = this.#others[0]) {
      this.#others.shift();
      this.#options.journal?.record(it);
      this.#seq += 1;
      this.#found(this.#judge.step({ ...it, seq: this.#seq }));
    }
  }

  #step({ shard, ordinal, record }: MergedRecord): void {
    const names = this.#names[shard] as SeenNames; // Every shard has them.
    this.#options.journal?.record(eventOf(record, names));
    this.#seq += 1;
    this.#shardOf[this.#seq % REMEMBERED] = shard;
    this.#ordinalOf[this.#seq % REMEMBERED] = ordinal;
    const { tMs, seenAt } = record;
    const connection = names.connection(record.device, record.connection);
    if (record.kind === 'opened') {
      this.#found(this.#judge.step({ ...names.opened(record), seq: this.#seq }));
    } else if (record.kind === 'ended') {
      const end = endOf(record.bytes);
      this.#found(this.#judge.step({ kind: 'ended', seq: this.#seq, tMs, connection, seenAt, ...end }));
    } else {
      const event = new WatchedPacket(record, this.#seq, connection, record.bytes);
      const frame = frameOf(record, event);
      if (frame.packet?.type === 'CONNECT') this.#owned(shard, connection, names.server(record.device), frame);
      this.#found(this.#judge.step(event, frame));
    }
  }

  /** Two shards may have devices of one client id: the one that has the older connection has to know. */
  #owned(shard: number, connection: string, server: string, { packet }: Frame): void {
    if (packet?.type !== 'CONNECT' || packet.clientId === '') return;
    const key = `${server}\n${packet.clientId}`;
    const older = this.#owners.get(key);
    this.#owners.set(key, { shard, connection });
    if (older === undefined || older.shard === shard) return;
    this.#takenOver.set(older.shard, [...(this.#takenOver.get(older.shard) ?? []), older.connection]);
  }

  /** The shards that saw it look for what shows it. */
  #found(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const byShard = new Map<number, number[]>();
      for (const seq of finding.verdict === 'pass' ? [] : finding.evidence.events) {
        if (seq <= this.#seq - REMEMBERED) continue;
        const shard = this.#shardOf[seq % REMEMBERED] ?? 0;
        if (!this.#lost.has(shard))
          byShard.set(shard, [...(byShard.get(shard) ?? []), this.#ordinalOf[seq % REMEMBERED] ?? 0]);
      }
      const id = (this.#findings += 1);
      this.#showing.set(id, { finding, places: [], waiting: new Set(byShard.keys()) });
      for (const [shard, ordinals] of byShard) this.#tell(shard, { kind: 'show', finding: id, ordinals });
      this.#settleShowing(id);
    }
  }

  #shown(shard: number, id: number, places: readonly string[]): void {
    const it = this.#showing.get(id);
    if (!it) return;
    it.places.push(...places);
    it.waiting.delete(shard);
    this.#settleShowing(id);
  }

  #settleShowing(id: number): void {
    const it = this.#showing.get(id);
    if (!it || it.waiting.size > 0) return;
    this.#showing.delete(id);
    this.#write(it.finding, it.places);
  }

  #write(finding: Finding, places: readonly string[]): void {
    this.#context.history.record(findingMark(finding, places));
  }

  #excerpt(shard: number, records: Uint8Array): void {
    const names = this.#names[shard] as SeenNames; // Every shard has them.
    const reader = new RecordReader(records);
    for (let it = reader.next(); it; it = reader.next()) {
      const end = `${names.connection(it.device, it.connection)} ${it.seenAt}`;
      if (!this.#excerpts.has(end)) {
        this.#excerpts.add(end);
        this.#context.history.record({ ...names.opened(it), excerpt: true });
      }
      if (it.kind !== 'opened') this.#context.history.record(eventOf(it, names));
    }
  }
}

/** What a record says; a CONNECT stays as long as its connection, and must not hold a whole batch. */
function frameOf(record: SeenRecord, event: PacketSeen): Frame {
  // What is not whole is read as a journal is read.
  if (record.omittedB !== undefined || record.unframed) return decoded(event);
  const isConnect = (record.bytes[0] ?? 0) >> 4 === 1;
  const bytes = isConnect ? Buffer.from(record.bytes) : record.bytes;
  return decodePacket(bytes, senderOf(record.direction), record.offset);
}
