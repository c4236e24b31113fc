// When a PLC scans: its cycle with jitter and slow scans, and the scans that it misses.
import type { CancelTimer, Clock } from '../../net/clock.ts';
import type { PlcProgram } from './plc-program.ts';

/** What happens in a scan, and around it. */
export interface ScanWork {
  /** One scan; gives whether the cycle goes on. */
  scan(): boolean;
  /** A scan is over. */
  ended(): void;
  /** Drawn from the seed, 0 to 1, for the scan of this number. */
  chance(purpose: 'scan-jitter' | 'slow-scan', scan: number): number;
}

/** Scans that begin when they are due. */
export class ScanCycle {
  readonly #figures: Pick<PlcProgram, 'scanMs' | 'scanJitterMs' | 'slowScans'>;
  readonly #clock: Clock;
  readonly #work: ScanWork;
  #cancel: CancelTimer = () => {};
  #dueMs = 0;
  #scans = 0;
  #overruns = 0;

  constructor(figures: Pick<PlcProgram, 'scanMs' | 'scanJitterMs' | 'slowScans'>, clock: Clock, work: ScanWork) {
    this.#figures = figures;
    this.#clock = clock;
    this.#work = work;
  }

  /** So far. */
  get scans(): number {
    return this.#scans;
  }

  /** Scans that were left out because one began or ended late by a whole cycle. */
  get overruns(): number {
    return this.#overruns;
  }

  /** The first scan is due now. */
  begin(): void {
    this.#at(this.#clock.nowMs());
  }

  /** Goes on where it stopped: late. */
  resume(): void {
    this.#at(this.#dueMs);
  }

  stop(): void {
    this.#cancel();
  }

  #at(dueMs: number): void {
    const { scanJitterMs } = this.#figures;
    this.#dueMs = dueMs;
    const lateMs = scanJitterMs === 0 ? 0 : scanJitterMs * this.#work.chance('scan-jitter', this.#scans);
    this.#cancel = this.#clock.after(Math.max(0, dueMs + lateMs - this.#clock.nowMs()), () => this.#scan(dueMs));
  }

  /** One scan. A scan that begins a whole cycle late leaves out those it missed, and counts them. */
  #scan(dueMs: number): void {
    const { scanMs, slowScans } = this.#figures;
    const missed = Math.max(0, Math.floor((this.#clock.nowMs() - dueMs) / scanMs));
    this.#overruns += missed;
    this.#scans += 1;
    if (!this.#work.scan()) return;
    const isSlow = slowScans !== undefined && this.#work.chance('slow-scan', this.#scans) * 100 < slowScans.sharePct;
    const nextMs = dueMs + (missed + 1) * scanMs;
    if (!isSlow) this.#end(nextMs);
    else this.#cancel = this.#clock.after(slowScans.timeMs, () => this.#end(nextMs));
  }

  #end(nextMs: number): void {
    this.#work.ended();
    this.#at(nextMs);
  }
}
