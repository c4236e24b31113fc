// What logic can call: functions without memory, and blocks that remember from one scan to the next.
import type { LogicType } from './expression.ts';

/** One call in a program, with its memory: arguments and the time since the last scan to a value. */
type Block = (values: readonly number[], elapsedMs: number) => number;

/** A function as the type check sees it, and how a call of it begins. */
export interface LogicFunction {
  /** Types of its arguments; `same` for arguments that share one type, which may be any. */
  readonly takes: readonly (LogicType | 'same')[];
  /** The last argument may come again and again. */
  readonly more?: true;
  readonly gives: LogicType | 'same';
  readonly begin: () => Block;
}

const pure = (block: (...values: number[]) => number) => (): Block => (values) => block(...values);
const bit = (it: boolean): number => (it ? 1 : 0);

/** Functions by name; a bool is 0 or 1, a time is in milliseconds. */
export const logicFunctions: Readonly<Record<string, LogicFunction>> = {
  min: { takes: ['number', 'number'], more: true, gives: 'number', begin: pure(Math.min) },
  max: { takes: ['number', 'number'], more: true, gives: 'number', begin: pure(Math.max) },
  abs: { takes: ['number'], gives: 'number', begin: pure(Math.abs) },
  clamp: {
    takes: ['number', 'number', 'number'],
    gives: 'number',
    begin: pure((x = 0, low = 0, high = 0) => Math.min(high, Math.max(low, x))),
  },
  /** Both branches are worked out in each scan, so that timers in them go on. */
  if: {
    takes: ['bool', 'same', 'same'],
    gives: 'same',
    begin: pure((is = 0, yes = 0, no = 0) => (is === 0 ? no : yes)),
  },
  seconds: { takes: ['number'], gives: 'time', begin: pure((s = 0) => s * 1000) },
  hysteresis: { takes: ['number', 'number', 'number'], gives: 'bool', begin: hysteresis },
  rising: { takes: ['bool'], gives: 'bool', begin: () => edge(0, 1) },
  falling: { takes: ['bool'], gives: 'bool', begin: () => edge(1, 0) },
  sr: { takes: ['bool', 'bool'], gives: 'bool', begin: () => latch((set, reset, q) => set || (q && !reset)) },
  rs: { takes: ['bool', 'bool'], gives: 'bool', begin: () => latch((set, reset, q) => !reset && (set || q)) },
  ton: { takes: ['bool', 'time'], gives: 'bool', begin: onDelay },
  tof: { takes: ['bool', 'time'], gives: 'bool', begin: offDelay },
  pulse: { takes: ['bool', 'time'], gives: 'bool', begin: pulse },
  count: { takes: ['bool', 'bool'], gives: 'number', begin: counter },
};

/** True from above the upper limit on, until below the lower one. */
function hysteresis(): Block {
  let isHigh = 0;
  return ([x = 0, low = 0, high = 0]) => {
    if (x > high) isHigh = 1;
    else if (x < low) isHigh = 0;
    return isHigh;
  };
}

/** True for the one scan in which the input went over; before the first scan it was false. */
function edge(from: number, to: number): Block {
  let before = 0;
  return ([now = 0]) => {
    const isEdge = before === from && now === to;
    before = now;
    return bit(isEdge);
  };
}

function latch(next: (set: boolean, reset: boolean, q: boolean) => boolean): Block {
  let q = false;
  return ([set = 0, reset = 0]) => {
    q = next(set === 1, reset === 1, q);
    return bit(q);
  };
}

/** True when the input has been true for so long. */
function onDelay(): Block {
  let sinceMs = Number.NaN;
  return ([input = 0, delayMs = 0], elapsedMs) => {
    if (input === 0) sinceMs = Number.NaN;
    else sinceMs = Number.isNaN(sinceMs) ? 0 : sinceMs + elapsedMs;
    return bit(sinceMs >= delayMs);
  };
}

/** True until the input has been false for so long. */
function offDelay(): Block {
  let sinceMs = Infinity;
  return ([input = 0, delayMs = 0], elapsedMs) => {
    if (input === 1) {
      sinceMs = Number.NaN;
      return 1;
    }
    sinceMs = Number.isNaN(sinceMs) ? 0 : sinceMs + elapsedMs;
    return bit(sinceMs < delayMs);
  };
}

/** True for so long from a rising edge on; an edge meanwhile does not prolong it. */
function pulse(): Block {
  const risen = edge(0, 1);
  let sinceMs = Infinity;
  return ([input = 0, lengthMs = 0], elapsedMs) => {
    sinceMs += elapsedMs;
    const isEdge = risen([input], elapsedMs) === 1;
    if (isEdge && sinceMs >= lengthMs) sinceMs = 0;
    return bit(sinceMs < lengthMs);
  };
}

/** How many rising edges there were since the reset input was true last. */
function counter(): Block {
  const risen = edge(0, 1);
  let count = 0;
  return ([up = 0, reset = 0], elapsedMs) => {
    count += risen([up], elapsedMs);
    if (reset === 1) count = 0;
    return count;
  };
}
