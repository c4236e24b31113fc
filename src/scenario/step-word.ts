// What a step of a timeline is about: its verb, and the name behind it.
import type { ScenarioStep } from './schema.ts';
import { stepWords, type StepWord } from './step-words.ts';

/** The verb, and the link, part or phase that it is about. */
export function stepWord(step: ScenarioStep): { readonly word: StepWord; readonly name: string } {
  const keys = new Map(Object.entries(step));
  for (const word of stepWords) {
    const name = keys.get(word);
    if (typeof name === 'string') return { word, name };
  }
  throw new TypeError('the schema lets no other step through');
}
