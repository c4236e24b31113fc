// Colours of the terminal, or none: the words and signs beside them say the same.
import type { Verdict } from '../judge/verdict.ts';

/** Wraps text in a style; a style never spans lines. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly verdict: (verdict: Verdict, text: string) => string;
}

const esc = '\u001b[';
const colours: Readonly<Record<Verdict, string>> = {
  fail: '31',
  inconclusive: '35',
  warn: '33',
  pass: '32',
  limit: '36',
  skipped: '2',
  notExercised: '2',
};

/** A paint that colours, or one that leaves text as it is. */
export function paintFor(colour: boolean): Paint {
  const style = (code: string, text: string): string =>
    colour && text !== '' ? `${esc}${code}m${text}${esc}0m` : text;
  return {
    bold: (text) => style('1', text),
    dim: (text) => style('2', text),
    verdict: (verdict, text) => style(colours[verdict], text),
  };
}
