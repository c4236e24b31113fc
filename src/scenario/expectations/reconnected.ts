// How soon a device is back once nothing hinders it any more: it is switched on, its link is up and its broker serves.
import type { HistoryEvent, PacketSeen, PartChanged } from '../../history/event.ts';
import { frameOf } from '../../history/packet-of.ts';
import { ConnectionNames, nothing, seconds, worst, type Expectation, type Outcome } from '../expectation.ts';

/** Parameters of the expectation. */
export interface ReconnectedOptions {
  readonly device: string;
  readonly withinMs: number;
}

interface Absence {
  readonly seq: number;
  /** When it could have come back at the earliest. */
  sinceMs: number;
  back?: { readonly tMs: number; readonly seq: number };
  /** It was still away after this time, too long already, when it was hindered anew. */
  overdueMs?: number;
}

/** `device` has CONNACK 0 again within `withinMs` of the moment from which it could. */
export class Reconnected implements Expectation {
  readonly id: string;
  readonly title: string;
  readonly expected: readonly string[];
  readonly #options: ReconnectedOptions;
  readonly #names = new ConnectionNames();
  readonly #absences: Absence[] = [];
  #link: string | undefined;
  #broker: string | undefined;
  #online: string | undefined;
  #linkUp = true;
  #brokerUp = true;
  #isOn = true;
  /** What happens from then on is the bench being taken down. */
  #isOver = false;
  #lastMs = 0;

  constructor(options: ReconnectedOptions) {
    this.#options = options;
    this.id = `reconnected:${options.device}`;
    this.title = `${options.device} comes back`;
    this.expected = [
      `${options.device} is connected again within ${options.withinMs / 1000} s of its link being up, its broker serving and itself being switched on`,
    ];
  }

  step(event: HistoryEvent): void {
    if (this.#isOver) return;
    this.#lastMs = event.tMs;
    if (event.kind === 'mark' && event.name === 'settled') this.#isOver = true;
    const wasFree = this.#isFree;
    this.#take(event);
    if (wasFree && !this.#isFree) this.#hinderedAnew(event.tMs);
  }

  get #isFree(): boolean {
    return this.#linkUp && this.#brokerUp && this.#isOn;
  }

  #take(event: HistoryEvent): void {
    switch (event.kind) {
      case 'opened':
        this.#names.note(event);
        if (event.client === this.#options.device) {
          this.#link = event.link;
          this.#broker = event.server;
        }
        break;
      case 'ended':
        if (event.connection === this.#online && event.seenAt !== 'serverEnd' && event.by !== 'bench') {
          this.#online = undefined;
          this.#absences.push({ seq: event.seq, sinceMs: event.tMs });
        }
        break;
      case 'link':
        if (event.link === this.#link) this.#hindered((this.#linkUp = event.state === 'up'), event.tMs);
        break;
      case 'part':
        if (event.part === this.#broker) this.#hindered((this.#brokerUp = serves(event)), event.tMs);
        if (event.part === this.#options.device && event.state !== 'ready') {
          this.#hindered((this.#isOn = isOn(event)), event.tMs);
        }
        break;
      case 'packet':
        this.#packet(event);
        break;
      default:
    }
  }

  /** A hindrance came or went: the time to come back counts from the last one that went. */
  #hindered(gone: boolean, tMs: number): void {
    const open = this.#absences.at(-1);
    if (gone && open && !open.back) open.sinceMs = tMs;
  }

  /** What is too late stays so, whatever hinders it later. */
  #hinderedAnew(tMs: number): void {
    const open = this.#absences.at(-1);
    if (!open || open.back || tMs - open.sinceMs <= this.#options.withinMs) return;
    open.overdueMs ??= tMs - open.sinceMs;
  }

  #packet(event: PacketSeen): void {
    if (event.direction !== 'toClient' || event.seenAt === 'serverEnd') return;
    if (this.#names.clientOf(event.connection) !== this.#options.device) return;
    const packet = frameOf(event).packet;
    if (packet?.type !== 'CONNACK' || packet.returnCode !== 0) return;
    this.#online = event.connection;
    const open = this.#absences.at(-1);
    if (!open || open.back) return;
    open.back = { tMs: event.tMs, seq: event.seq };
    // A broker may serve before the bench has found that out: nobody is late who is back by then.
    if (!this.#isFree) open.sinceMs = event.tMs;
  }

  end(): Outcome {
    const { withinMs } = this.#options;
    const tookMs = (it: Absence): number => it.overdueMs ?? (it.back?.tMs ?? this.#lastMs) - it.sinceMs;
    const judged = this.#absences.filter((it) => it.back || it.overdueMs || (this.#isFree && tookMs(it) > withinMs));
    const late = judged.find((it) => tookMs(it) > withinMs);
    const shown = late ?? judged[0];
    if (shown === undefined) return { ...nothing, actual: 'it was never away' };
    const timesMs = judged.filter((it) => it.back).map(tookMs);
    return {
      verdict: late ? 'fail' : 'pass',
      actual: late
        ? lateText(late, tookMs(late))
        : `it was away ${judged.length} times and came back within ${seconds(Math.max(...timesMs))}`,
      evidence: { events: [shown.seq, ...(shown.back ? [shown.back.seq] : [])] },
      measured: worst('time to come back', timesMs, withinMs),
    };
  }
}

const serves = ({ state }: PartChanged): boolean => state === 'ready' || state === 'resumed';
/** A device that was ended or paused on purpose has time from when it is started or resumed. */
const isOn = ({ state }: PartChanged): boolean => state === 'starting' || state === 'resumed';

function lateText(it: Absence, tookMs: number): string {
  if (it.overdueMs !== undefined) return `it was still away after ${seconds(tookMs)}, when it was hindered anew`;
  return it.back ? `it took ${seconds(tookMs)}` : 'it never came back';
}
