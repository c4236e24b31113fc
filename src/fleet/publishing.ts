// Publishes what is planned, when it is due: each message knows its time, so that being late shows in every latency.
import type { Message } from '../session/session-output.ts';
import { identityAt, type DeviceTable } from './device-table.ts';
import { writePayload } from './payload.ts';
import type { Traffic } from './population.ts';
import { firstDelayMs, gapMs, type ScheduledLane } from './schedule.ts';
import type { Shard } from './shard.ts';
import { UNTIMED } from './tokens.ts';

/** What publishing asks of the fleet. */
export interface PublishingActs {
  armLane(device: number, lane: number, dueMs: number): void;
  /** The token of a message is the time when it was due. */
  publish(device: number, message: Message, token: number, nowMs: number): void;
  late(lateMs: number): void;
  isOnline(device: number): boolean;
}

/** The traffic of all devices of a shard. */
export class Publishing {
  readonly #table: DeviceTable;
  readonly #shard: Shard;
  readonly #acts: PublishingActs;
  /** Messages so far, by device and lane. */
  readonly #ordinals: Uint32Array;
  readonly #dueMs: Float64Array;
  /** Topics that were published on: filling a template for each message would be a tenth of its cost. */
  readonly #topics: (string | undefined)[];
  /** Of closed traffic: messages of the device that are not done. */
  readonly #underWay: Uint16Array;
  #untilMs = -Infinity;

  constructor(table: DeviceTable, shard: Shard, acts: PublishingActs) {
    this.#table = table;
    this.#shard = shard;
    this.#acts = acts;
    this.#ordinals = new Uint32Array(table.count * table.lanes);
    this.#dueMs = new Float64Array(table.count * table.lanes);
    this.#topics = Array.from({ length: table.count * table.lanes }, () => undefined);
    this.#underWay = new Uint16Array(table.count);
  }

  /** Plans from `fromMs` on; nothing that is due at `untilMs` or later is published. */
  begin(fromMs: number, untilMs: number): void {
    this.#untilMs = untilMs;
    for (let device = 0; device < this.#table.count; device++) {
      for (const [lane, traffic] of this.#trafficOf(device).entries()) {
        if (traffic.pace.kind === 'open') {
          this.#plan(device, lane, fromMs + firstDelayMs(this.#scheduled(device, lane, traffic.pace)));
        } else {
          this.#acts.armLane(device, lane, fromMs);
        }
      }
    }
  }

  /** Plans nothing more. */
  end(): void {
    this.#untilMs = -Infinity;
  }

  /** A device came online: closed traffic that waited for that begins. */
  online(device: number, nowMs: number): void {
    const [traffic] = this.#trafficOf(device);
    if (traffic?.pace.kind === 'closed') this.#acts.armLane(device, 0, nowMs);
  }

  /** The lane's timer. */
  due(device: number, lane: number, nowMs: number): void {
    const traffic = this.#trafficOf(device)[lane];
    if (!traffic) return;
    if (traffic.pace.kind === 'open') {
      this.#publishDue(device, lane, traffic, traffic.pace, nowMs);
    } else {
      this.#fill(device, traffic, traffic.pace.inFlight, nowMs);
    }
  }

  /** So many messages of the device are done, or given up: closed traffic goes on. */
  follow(device: number, done: number, nowMs: number): void {
    const [traffic] = this.#trafficOf(device);
    if (traffic?.pace.kind !== 'closed') return;
    this.#underWay[device] = Math.max(0, (this.#underWay[device] ?? 0) - done);
    this.#fill(device, traffic, traffic.pace.inFlight, nowMs);
  }

  #fill(device: number, traffic: Traffic, inFlight: number, nowMs: number): void {
    if (nowMs >= this.#untilMs || !this.#acts.isOnline(device)) return;
    const missing = inFlight - (this.#underWay[device] ?? 0);
    if (missing <= 0) return;
    this.#underWay[device] = inFlight;
    for (let n = 0; n < missing; n++) this.#publish(device, 0, traffic, nowMs, nowMs);
  }

  #publishDue(device: number, lane: number, traffic: Traffic, pace: ScheduledLane['pace'], nowMs: number): void {
    const at = device * this.#table.lanes + lane;
    let dueMs = this.#dueMs[at] ?? 0;
    while (dueMs <= nowMs && dueMs < this.#untilMs) {
      this.#acts.late(nowMs - dueMs);
      this.#publish(device, lane, traffic, dueMs, nowMs);
      dueMs += gapMs(this.#scheduled(device, lane, pace), this.#ordinals[at] ?? 0);
    }
    this.#plan(device, lane, dueMs);
  }

  #plan(device: number, lane: number, dueMs: number): void {
    this.#dueMs[device * this.#table.lanes + lane] = dueMs;
    if (dueMs < this.#untilMs) this.#acts.armLane(device, lane, dueMs);
  }

  #publish(device: number, lane: number, traffic: Traffic, intendedMs: number, nowMs: number): void {
    const identity = identityAt(this.#table.identities, device);
    const at = device * this.#table.lanes + lane;
    const ordinal = (this.#ordinals[at] ?? 0) + 1;
    this.#ordinals[at] = ordinal;
    const { qos, retain, payloadB } = traffic;
    const topic = (this.#topics[at] ??= identity.texts.topics[lane]?.text(identity) ?? '');
    const population = identity.texts.population.ordinal;
    const payload = writePayload(payloadB, this.#shard.run, {
      population,
      device: identity.n,
      lane,
      ordinal,
      intendedMs,
    });
    this.#acts.publish(device, { topic, payload, qos, retain }, qos === 0 ? UNTIMED : intendedMs, nowMs);
  }

  #trafficOf(device: number): readonly Traffic[] {
    return identityAt(this.#table.identities, device).texts.population.traffic;
  }

  #scheduled(device: number, lane: number, pace: ScheduledLane['pace']): ScheduledLane {
    return { seed: this.#shard.seed, device: identityAt(this.#table.identities, device), lane, pace };
  }
}
