// What a PLC offers to the bench that bolted it on.
import type { Endpoint, StartedPart } from '../part.ts';
import type { PlcProgram } from './plc-program.ts';
import type { RackState } from './rack/rack-state.ts';

/** `run`: scans; `fault`: has power and answers, outputs safe, no logic; `off`: no power. */
export type PlcPhase = 'run' | 'fault' | 'off';

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
