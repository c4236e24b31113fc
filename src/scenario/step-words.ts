// Every verb of a timeline, by what it is about.
import { lifeWords } from '../bench/planned-action.ts';

/** What can be done to a link. */
export const linkWords = ['shape', 'cut', 'halfOpen', 'restore', 'fault'] as const;
/** What can be done to a PLC alone, its rack and its cables. */
export const plcWords = ['input', 'dip', 'unplug', 'plug', 'remove', 'insert', 'breakBus', 'mendBus'] as const;
/** What can be done to a part of any kind, or of some kinds. */
export const partWords = [...lifeWords, 'stimulate', 'alarm', ...plcWords, 'clock', 'publish', 'request'] as const;
/** All of them. */
export const stepWords = [...linkWords, ...partWords, 'phase'] as const;

/** The verb of a step. */
export type StepWord = (typeof stepWords)[number];
