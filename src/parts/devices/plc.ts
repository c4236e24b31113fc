// A PLC: a scan cycle over a process image that real Modbus TCP masters read and write, and a supply that may fail.
import { draw } from '../../faults/draw.ts';
import { FieldbenchError, didYouMean } from '../../error.ts';
import type { PartChanged } from '../../history/event.ts';
import { pause } from '../../net/clock.ts';
import type { Endpoint, PartContext } from '../part.ts';
import { DeviceClock } from './device-clock.ts';
import { EthernetPorts } from './ethernet-ports.ts';
import { ExpressionError } from './logic/expression.ts';
import { PlcCpu } from './plc-cpu.ts';
import type { PlcFigure, PlcProgram } from './plc-program.ts';
import type { RackState } from './rack/rack-state.ts';
import { ScanCycle } from './scan-cycle.ts';
import type { PlcOptions, PlcPhase, StartedPlc } from './started-plc.ts';
import { Watchdog } from './watchdog.ts';

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
  readonly #cycle: ScanCycle;
  readonly #watchdog: Watchdog;
  #phase: PlcPhase = 'off';
  #isPaused = false;
  #starts = 0;
  /** Turns of its power switch, one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor({ name, program, port = 0 }: PlcOptions, context: PartContext) {
    this.name = name;
    this.program = program;
    this.#context = context;
    this.#clock = new DeviceClock(context.clock, program.clockDriftPpm);
    this.#ports = new EthernetPorts(name, program.rack?.ethernetPorts ?? 1, port);
    this.#cpu = new PlcCpu(name, program, context, this.#clock);
    this.#watchdog = new Watchdog(program.watchdogMs, context.clock, () =>
      this.#fail('watchdog', `no scan ended for ${program.watchdogMs} ms`),
    );
    this.#cycle = new ScanCycle(program, context.clock, {
      scan: () => this.#scan(),
      ended: () => this.#watchdog.feed(),
      chance: (purpose, n) =>
        draw({ seed: context.seed, link: name, connection: 1, direction: 'toServer', purpose, n }),
    });
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
    return this.#cycle.scans;
  }

  get overruns(): number {
    return this.#cycle.overruns;
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
    this.#cycle.stop();
    this.#ports.setPaused(true);
  }

  async resume(): Promise<void> {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#note('resumed');
    this.#ports.setPaused(false);
    if (this.#phase === 'run') this.#cycle.resume();
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
    this.#cycle.stop();
    this.#watchdog.stop();
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
    this.#watchdog.feed();
    this.#cycle.begin();
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

  /** Gives whether the logic goes on. */
  #scan(): boolean {
    try {
      this.#cpu.scan(this.#figures);
      return true;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.#fail('logic-fault', `${error.message}, in column ${error.offset + 1}`);
      return false;
    }
  }

  get #figures(): Readonly<Record<PlcFigure, number>> {
    return {
      scans: this.scans,
      overruns: this.overruns,
      starts: this.#starts,
      watchdogTrips: this.#watchdog.trips,
      fault: this.#phase === 'fault' ? 1 : 0,
      clock: Math.round(this.#clock.nowMs()),
      fieldBus: this.rack?.activeLine ?? 0,
    };
  }

  /** The logic stops until a restart; masters still see what it left, and that it failed. */
  #fail(what: string, why: string): void {
    this.#cycle.stop();
    this.#watchdog.stop();
    this.#phase = 'fault';
    this.#cpu.makeSafe();
    this.#cpu.show(this.#figures);
    this.#mark(what, why);
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
