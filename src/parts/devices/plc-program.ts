// What a PLC is, as plain data: scan time, register map, process model, logic, what it does without power.
import type { Expression, LogicType } from './logic/expression.ts';
import type { Rack } from './rack/rack.ts';
import type { Signal } from './signals/signal.ts';

/** The four tables of Modbus; `input` and `discrete` can only be read. */
export type ModbusTable = 'coil' | 'discrete' | 'holding' | 'input';

/** What of the PLC itself a register shows. */
export type PlcFigure =
  | 'scans'
  /** Scans that were left out because one began or ended late by a whole cycle. */
  | 'overruns'
  | 'starts'
  | 'watchdogTrips'
  /** 1 while the logic does not run though there is power. */
  | 'fault'
  /** Its clock, in milliseconds since the run began. */
  | 'clock'
  /** Redundant field bus in use: 0 for A, 1 for B, 2 for none. */
  | 'fieldBus';

/** One register, coil or discrete input. */
export interface PlcRegister {
  readonly table: ModbusTable;
  /** From 0, in its table; the first of its words. */
  readonly address: number;
  /** Of a register; a coil or discrete input is one bit. */
  readonly type: 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';
  /** `big`: the most significant first. */
  readonly wordOrder: 'big' | 'little';
  /** Within each word. */
  readonly byteOrder: 'big' | 'little';
  /** value = raw x scale + offset. */
  readonly scale: number;
  readonly offset: number;
  readonly unit: string;
  /** In engineering units; of a bit: 0 or 1. */
  readonly initial: number;
  /** A gateway publishes a change of more than this, in engineering units. */
  readonly deadband: number;
  /** Whether a gateway publishes it at all. */
  readonly publish: boolean;
  /** Whether it keeps its value without power. */
  readonly retain: boolean;
  /** What it is set to when the logic stops. */
  readonly safe?: number;
  /** What a master may write to it. */
  readonly min?: number;
  readonly max?: number;
  readonly shows?: PlcFigure;
  /** Pin of the rack that is read into it, or driven by it. */
  readonly pin?: { readonly unit: number; readonly pin: number; readonly what: 'value' | 'status' | 'drive' };
}

/** Registers by name. */
export type RegisterMap = Readonly<Record<string, PlcRegister>>;

/** A place in the logic that is neither a register nor seen by a master. */
export interface PlcVariable {
  readonly type: LogicType;
  readonly initial: number;
  readonly retain: boolean;
}

/** An expression given to a name. */
export interface Assignment {
  readonly name: string;
  readonly expression: Expression;
}

/** An output that is held at its safe value while it is not allowed. */
export interface Interlock {
  readonly output: string;
  readonly allow: Expression;
}

/** A value of the plant behind the PLC. It goes on while the PLC does not. */
export type ProcessValue = { readonly name: string } &
  /** Changes by so much in a second. */
  (
    | {
        readonly kind: 'integrates';
        readonly perS: Expression;
        readonly start: number;
        readonly min: number;
        readonly max: number;
      }
    /** Goes towards its target as a first-order lag does. */
    | { readonly kind: 'follows'; readonly target: Expression; readonly timeConstantMs: number; readonly start: number }
    | { readonly kind: 'equals'; readonly value: Expression }
    | { readonly kind: 'signal'; readonly signal: Signal }
  );

/** What a PLC is. */
export interface PlcProgram {
  readonly name: string;
  readonly unitId: number;
  /** From the begin of one scan to that of the next. */
  readonly scanMs: number;
  /** A scan begins up to so much late. */
  readonly scanJitterMs: number;
  /** A share of the scans, drawn from the seed, that take so long. */
  readonly slowScans?: { readonly sharePct: number; readonly timeMs: number };
  /** Without the end of a scan for so long the logic is stopped. */
  readonly watchdogMs?: number;
  /** Dips of the supply up to this length pass unnoticed. */
  readonly holdUpMs: number;
  /** From power to the first scan. */
  readonly bootMs: number;
  /** Whether it begins with what it retained, or with its initial values. */
  readonly start: 'warm' | 'cold';
  readonly clockDriftPpm: number;
  /** Constants by name. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly variables: Readonly<Record<string, PlcVariable>>;
  readonly registers: RegisterMap;
  readonly process: readonly ProcessValue[];
  /** Worked out once in each scan, in this order. */
  readonly logic: readonly Assignment[];
  /** After the logic. */
  readonly interlocks: readonly Interlock[];
  readonly rack?: Rack;
}
