// One timer for a whole process: tens of thousands of due times in typed arrays, with a wake-up only where something is due.
import type { CancelTimer, Clock } from '../net/clock.ts';

/** Slots of one millisecond each; what is due later than the wheel turns once stays for another turn. */
const SLOTS = 65_536;
const MASK = SLOTS - 1;
const NONE = -1;

/**
 * Timers by number, each armed or not. None fires before its time, and none later than the next whole millisecond
 * behind it, but for what the process itself is late.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #fire: (timer: number, nowMs: number) => void;
  /** First timer of each slot; the one behind the last holds what is being fired. */
  readonly #heads = new Int32Array(SLOTS + 1).fill(NONE);
  /** Which slots hold something, 32 to a word. */
  readonly #filled = new Int32Array(SLOTS / 32);
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Slot of each timer; NONE: not armed. */
  readonly #slots: Int32Array;
  readonly #dueMs: Float64Array;
  #armed = 0;
  /** The last tick whose slot was fired. */
  #tick: number;
  #wakeTick = Infinity;
  #isStopped = false;
  #cancel: CancelTimer = () => {};

  /** @param fire what is called for each timer that is due; it may arm and disarm any timer, its own too */
  constructor(timers: number, clock: Clock, fire: (timer: number, nowMs: number) => void) {
    this.#clock = clock;
    this.#fire = fire;
    this.#next = new Int32Array(timers);
    this.#previous = new Int32Array(timers);
    this.#slots = new Int32Array(timers).fill(NONE);
    this.#dueMs = new Float64Array(timers);
    this.#tick = Math.floor(clock.nowMs());
  }

  /** Arms a timer, or moves it. */
  arm(timer: number, dueMs: number): void {
    this.disarm(timer);
    this.#dueMs[timer] = dueMs;
    const tick = this.#tickOf(dueMs);
    this.#link(timer, tick & MASK);
    this.#armed += 1;
    if (tick < this.#wakeTick && !this.#isStopped) this.#wakeAt(tick);
  }

  /** Arms a timer that is not armed, or moves it forward; one that would move back stays, and fires early. */
  armBy(timer: number, dueMs: number): void {
    if (this.#slots[timer] === NONE || dueMs < (this.#dueMs[timer] ?? 0)) this.arm(timer, dueMs);
  }

  disarm(timer: number): void {
    if (this.#slots[timer] === NONE) return;
    this.#unlink(timer);
    this.#armed -= 1;
  }

  /** Fires nothing more. */
  stop(): void {
    this.#cancel();
    this.#isStopped = true;
  }

  #tickOf(dueMs: number): number {
    return Math.max(Math.ceil(dueMs), this.#tick + 1);
  }

  #wakeAt(tick: number): void {
    this.#cancel();
    this.#wakeTick = tick;
    this.#cancel = this.#clock.after(Math.max(0, tick - this.#clock.nowMs()), this.#turn);
  }

  readonly #turn = (): void => {
    const nowMs = this.#clock.nowMs();
    const until = Math.floor(nowMs);
    // One turn fires everything that is due, however long the process stood still.
    const from = Math.max(this.#tick + 1, until - SLOTS + 1);
    for (let tick = from; tick <= until && !this.#isStopped; tick++) {
      this.#tick = tick;
      if (this.#heads[tick & MASK] !== NONE) this.#fireSlot(tick & MASK, nowMs);
    }
    if (this.#isStopped) return;
    this.#wakeTick = Infinity;
    if (this.#armed > 0) this.#wakeAt(this.#nextFilled());
  };

  #fireSlot(slot: number, nowMs: number): void {
    let timer: number;
    // What is armed while this slot is fired must not be fired with it, so its timers are set apart first.
    while ((timer = this.#heads[slot] ?? NONE) !== NONE) this.#move(timer, SLOTS);
    while ((timer = this.#heads[SLOTS] ?? NONE) !== NONE && !this.#isStopped) {
      if ((this.#dueMs[timer] ?? 0) > nowMs) {
        this.#move(timer, slot);
        continue;
      }
      this.disarm(timer);
      this.#fire(timer, nowMs);
    }
  }

  #move(timer: number, slot: number): void {
    this.#unlink(timer);
    this.#link(timer, slot);
  }

  #link(timer: number, slot: number): void {
    const head = this.#heads[slot] ?? NONE;
    this.#next[timer] = head;
    this.#previous[timer] = NONE;
    if (head !== NONE) this.#previous[head] = timer;
    this.#heads[slot] = timer;
    this.#slots[timer] = slot;
    if (slot < SLOTS) this.#filled[slot >> 5] = (this.#filled[slot >> 5] ?? 0) | (1 << (slot & 31));
  }

  #unlink(timer: number): void {
    const slot = this.#slots[timer] ?? NONE;
    const next = this.#next[timer] ?? NONE;
    const previous = this.#previous[timer] ?? NONE;
    if (previous === NONE) this.#heads[slot] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#slots[timer] = NONE;
    if (slot < SLOTS && this.#heads[slot] === NONE) {
      this.#filled[slot >> 5] = (this.#filled[slot >> 5] ?? 0) & ~(1 << (slot & 31));
    }
  }

  /** The next tick whose slot holds something; its timers may be due only turns later. */
  #nextFilled(): number {
    const first = this.#tick + 1;
    for (let tick = first; tick < first + SLOTS;) {
      const slot = tick & MASK;
      const word = (this.#filled[slot >> 5] ?? 0) >>> (slot & 31);
      if (word !== 0) return tick + 31 - Math.clz32(word & -word);
      tick += 32 - (slot & 31);
    }
    return first + SLOTS;
  }
}
