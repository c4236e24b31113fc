// A PLC: a scan cycle over a process image that real Modbus TCP masters read and write, and a supply that may fail.
import { draw } from '../../faults/draw.ts';
import { FieldbenchError, didYouMean } from '../../error.ts';
import type { PartChanged } from '../../history/event.ts';
import { pause } from '../../net/clock.ts';
import type { CancelTimer } from '../../net/clock.ts';
import type { Endpoint, PartContext, StartedPart } from '../part.ts';
import { DeviceClock } from './device-clock.ts';
import { EthernetPorts } from './ethernet-ports.ts';
import { ExpressionError } from './logic/expression.ts';
import { PlcCpu } from './plc-cpu.ts';
import type { PlcFigure, PlcProgram } from './plc-program.ts';
import type { RackState } from './rack/rack-state.ts';

/** `run`: scans; `fault`: has power and answers, outputs safe, no logic; `off`: no power. */
type PlcPhase = 'run' | 'fault' | 'off';

/** A PLC that was started. */
export interface StartedPlc extends StartedPart {
  /** Where it serves Modbus TCP, at its first Ethernet port. Stays the same over restarts. */
  readonly endpoint: Endpoint;
  /** One for each Ethernet port. */
  readonly endpoints: readonly Endpoint[];
  /** Its register map and unit id, for gateways. */
  readonly program: PlcProgram;
  readonly phase: PlcPhase;
  /** Scans so far, and scans that were left out because one began or ended late by a whole cycle. */
  readonly scans: number;
  readonly overruns: number;
  /** Its rack of input and output units, where it has one. */
  readonly rack: RackState | undefined;
  /** Ends scanning and serving, and waits until its sockets are closed. */
  stop(): Promise<void>;
  /** Takes its power away: connections are reset, and only what is retained stays. */
  kill(): Promise<void>;
  /** Starts it as its program says, where it has no power; resolves when it serves and scans. */
  start(): Promise<void>;
  /** Starts it (again), default as its program says; resolves when it serves and scans. */
  restart(how?: 'warm' | 'cold'): Promise<void>;
  /** Its processor hangs: no scans, no answers, connections stay. Its watchdog does not hang. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * A dip of its supply: nothing when it holds that long, or has no power, else off and on again; resolves when that is
   * over.
   */
  dip(forMs: number): Promise<void>;
  /**
   * Forces a register, whatever the process says; `undefined` lets it go.
   * @throws FieldbenchError `FB_PLC_INPUT` when there is no such register
   */
  setInput(name: string, value: number | undefined): void;
  /**
   * Pulls the cable of an Ethernet port, counted from 1, or plugs it in: connections stay, and nobody is answered there.
   * @throws FieldbenchError `FB_PLC_PORT` when there is no such port
   */
  setCable(port: number, isPlugged: boolean): void;
  /** Puts its clock forward, or back when negative; timers do not move. */
  stepClock(byMs: number): void;
}

/** What a PLC runs and where. */
export interface PlcOptions {
  readonly name: string;
  readonly program: PlcProgram;
  /** On 127.0.0.1, of its first Ethernet port; 0, the default, takes any free one. */
  readonly port?: number;
}

/**
 * Starts a PLC; it serves and scans when this resolves.
 * @throws FieldbenchError `FB_PLC_LISTEN` when the port cannot be had.
 */
export async function startPlc(options: PlcOptions, context: PartContext): Promise<StartedPlc> {
  context.signal.throwIfAborted();
  const plc = new Plc(options, context);
  await plc.restart();
  return plc;
}

class Plc implements StartedPlc {
  readonly name: string;
  readonly program: PlcProgram;
  readonly #context: PartContext;
  readonly #clock: DeviceClock;
  readonly #cpu: PlcCpu;
  readonly #ports: EthernetPorts;
  #phase: PlcPhase = 'off';
  #isPaused = false;
  #cancelScan: CancelTimer = () => {};
  #cancelWatchdog: CancelTimer = () => {};
  #dueMs = 0;
  #scans = 0;
  #overruns = 0;
  #starts = 0;
  #watchdogTrips = 0;
  /** Turns of its power switch, one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor({ name, program, port = 0 }: PlcOptions, context: PartContext) {
    this.name = name;
    this.program = program;
    this.#context = context;
    this.#clock = new DeviceClock(context.clock, program.clockDriftPpm);
    this.#ports = new EthernetPorts(name, program.rack?.ethernetPorts ?? 1, port);
    this.#cpu = new PlcCpu(name, program, context, this.#clock);
    context.signal.addEventListener('abort', () => void this.stop(), { once: true });
  }

  get endpoint(): Endpoint {
    const [first] = this.#ports.endpoints;
    if (first === undefined) throw new TypeError('a PLC has at least one port');
    return first;
  }

  get endpoints(): readonly Endpoint[] {
    return this.#ports.endpoints;
  }

  get phase(): PlcPhase {
    return this.#phase;
  }

  get rack(): RackState | undefined {
    return this.#cpu.rack;
  }

  get scans(): number {
    return this.#scans;
  }

  get overruns(): number {
    return this.#overruns;
  }

  stop(): Promise<void> {
    return this.#switch(() => this.#off('stopped'));
  }

  kill(): Promise<void> {
    return this.#switch(() => this.#off('killed'));
  }

  start(): Promise<void> {
    return this.#switch(async () => {
      if (this.#phase === 'off') await this.#on(this.program.start);
    });
  }

  restart(how = this.program.start): Promise<void> {
    return this.#switch(async () => {
      await this.#off('stopped');
      await this.#on(how);
    });
  }

  dip(forMs: number): Promise<void> {
    if (this.#phase === 'off') return Promise.resolve();
    const passes = forMs <= this.program.holdUpMs;
    this.#mark('brown-out', passes ? `${forMs} ms, held up` : `${forMs} ms, longer than ${this.program.holdUpMs} ms`);
    if (passes) return Promise.resolve();
    return this.#switch(async () => {
      if (this.#phase === 'off') return;
      await this.#off('killed');
      await pause(this.#context.clock, forMs - this.program.holdUpMs, this.#context.signal);
      await this.#on(this.program.start);
    });
  }

  async pause(): Promise<void> {
    if (this.#phase === 'off' || this.#isPaused) return;
    this.#isPaused = true;
    this.#note('paused');
    this.#cancelScan();
    this.#ports.setPaused(true);
  }

  async resume(): Promise<void> {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#note('resumed');
    this.#ports.setPaused(false);
    if (this.#phase === 'run') this.#scanAt(this.#dueMs);
  }

  setInput(name: string, value: number | undefined): void {
    if (!Object.hasOwn(this.program.registers, name)) throw noSuchInput(this.name, name, this.program);
    this.#cpu.force(name, value);
  }

  setCable(port: number, isPlugged: boolean): void {
    this.#ports.setCable(port, isPlugged);
  }

  stepClock(byMs: number): void {
    this.#clock.step(byMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #switch(turn: () => Promise<void>): Promise<void> {
    const turned = this.#turn.then(turn);
    this.#turn = turned.catch(() => {}); // who asked for it hears of it
    return turned;
  }

  async #off(state: 'stopped' | 'killed'): Promise<void> {
    if (this.#phase === 'off') return;
    this.#phase = 'off';
    this.#isPaused = false;
    this.#cancelScan();
    this.#cancelWatchdog();
    this.#cpu.lose();
    await this.#ports.close(state === 'killed' ? 'reset' : 'end');
    this.#note(state);
  }

  async #on(how: 'warm' | 'cold'): Promise<void> {
    this.#context.signal.throwIfAborted();
    this.#note('starting', this.#starts === 0 ? undefined : `${how} start`);
    const { clock, signal } = this.#context;
    if (this.program.bootMs > 0) await pause(clock, this.program.bootMs, signal);
    this.#cpu.begin(how);
    this.#starts += 1;
    await this.#listen();
    this.#phase = 'run';
    this.#feedWatchdog();
    this.#scanAt(clock.nowMs());
    this.#note('ready');
  }

  async #listen(): Promise<void> {
    try {
      await this.#ports.listen(this.program.unitId, this.#cpu.memory);
    } catch (error) {
      this.#note('failed', error instanceof FieldbenchError ? error.actual : undefined);
      throw error;
    }
  }

  #scanAt(dueMs: number): void {
    const { clock } = this.#context;
    this.#dueMs = dueMs;
    const lateMs = this.program.scanJitterMs === 0 ? 0 : this.program.scanJitterMs * this.#chance('scan-jitter');
    this.#cancelScan = clock.after(Math.max(0, dueMs + lateMs - clock.nowMs()), () => this.#scan(dueMs));
  }

  /** One scan. A scan that begins a whole cycle late leaves out those it missed, and counts them. */
  #scan(dueMs: number): void {
    const missed = Math.max(0, Math.floor((this.#context.clock.nowMs() - dueMs) / this.program.scanMs));
    this.#overruns += missed;
    this.#scans += 1;
    try {
      this.#cpu.scan(this.#figures);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.#fail('logic-fault', `${error.message}, in column ${error.offset + 1}`);
      return;
    }
    const { slowScans } = this.program;
    const isSlow = slowScans !== undefined && this.#chance('slow-scan') * 100 < slowScans.sharePct;
    const nextMs = dueMs + (missed + 1) * this.program.scanMs;
    if (!isSlow) this.#endScan(nextMs);
    else this.#cancelScan = this.#context.clock.after(slowScans.timeMs, () => this.#endScan(nextMs));
  }

  #endScan(nextMs: number): void {
    this.#feedWatchdog();
    this.#scanAt(nextMs);
  }

  get #figures(): Readonly<Record<PlcFigure, number>> {
    return {
      scans: this.#scans,
      overruns: this.#overruns,
      starts: this.#starts,
      watchdogTrips: this.#watchdogTrips,
      fault: this.#phase === 'fault' ? 1 : 0,
      clock: Math.round(this.#clock.nowMs()),
      fieldBus: this.rack?.activeLine ?? 0,
    };
  }

  #feedWatchdog(): void {
    const { watchdogMs } = this.program;
    if (watchdogMs === undefined) return;
    this.#cancelWatchdog();
    this.#cancelWatchdog = this.#context.clock.after(watchdogMs, () => {
      this.#watchdogTrips += 1;
      this.#fail('watchdog', `no scan ended for ${watchdogMs} ms`);
    });
  }

  /** The logic stops until a restart; masters still see what it left, and that it failed. */
  #fail(what: string, why: string): void {
    this.#cancelScan();
    this.#cancelWatchdog();
    this.#phase = 'fault';
    this.#cpu.makeSafe();
    this.#cpu.show(this.#figures);
    this.#mark(what, why);
  }

  #chance(purpose: 'scan-jitter' | 'slow-scan'): number {
    const { seed } = this.#context;
    return draw({ seed, link: this.name, connection: 1, direction: 'toServer', purpose, n: this.#scans });
  }

  #note(state: PartChanged['state'], detail?: string): void {
    const it = { part: this.name, role: 'plc', state, ...(detail !== undefined && { detail }) } as const;
    this.#context.history.record({ kind: 'part', ...it });
  }

  #mark(what: string, why: string): void {
    this.#context.history.record({ kind: 'mark', name: what, data: { part: this.name, why } });
  }
}

function noSuchInput(plc: string, name: string, { registers }: PlcProgram): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_PLC_INPUT',
    message: `PLC "${plc}" has no register "${name}"`,
    hint: didYouMean(name, Object.keys(registers)),
  });
}
