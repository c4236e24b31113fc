// What a step of a timeline is about: its verb, and the name behind it.
import type { ScenarioStep } from './schema.ts';

const words = [
  'shape',
  'cut',
  'halfOpen',
  'restore',
  'fault',
  'start',
  'stop',
  'kill',
  'pause',
  'resume',
  'restart',
  'stimulate',
  'alarm',
  'input',
  'clock',
  'publish',
  'request',
  'phase',
] as const;

/** The verb of a step. */
export type StepWord = (typeof words)[number];

/** The verb, and the link, part or phase that it is about. */
export function stepWord(step: ScenarioStep): { readonly word: StepWord; readonly name: string } {
  const keys = new Map(Object.entries(step));
  for (const word of words) {
    const name = keys.get(word);
    if (typeof name === 'string') return { word, name };
  }
  throw new TypeError('the schema lets no other step through');
}
