// Cuts the text of an expression into words, numbers, lengths of time and signs.
import { ExpressionError } from './expression.ts';

/** A piece of an expression's text. */
export interface Token {
  readonly kind: 'number' | 'time' | 'word' | 'sign' | 'end';
  readonly text: string;
  /** Of a number; of a time in milliseconds. */
  readonly value: number;
  readonly offset: number;
}

const msPerUnit: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const form =
  /(?<blank>\s+)|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?<unit>[A-Za-z]+)?|(?<word>[A-Za-z_]\w*)|(?<sign>==|!=|<=|>=|[-+*/%<>(),])/y;

/**
 * The tokens of a text, the last of them `end`.
 * @throws ExpressionError
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    form.lastIndex = offset;
    const groups = form.exec(text)?.groups;
    if (!groups)
      throw new ExpressionError(
        offset,
        `"${text[offset] ?? ''}" cannot stand in an expression`,
        signHint(text, offset),
      );
    if (groups['blank'] === undefined) tokens.push(tokenOf(groups, offset));
    offset = form.lastIndex;
  }
  tokens.push({ kind: 'end', text: 'the end', value: 0, offset });
  return tokens;
}

function tokenOf({ number, unit, word, sign = '' }: Record<string, string | undefined>, offset: number): Token {
  if (word !== undefined) return { kind: 'word', text: word, value: 0, offset };
  if (number === undefined) return { kind: 'sign', text: sign, value: 0, offset };
  if (unit === undefined) return { kind: 'number', text: number, value: Number(number), offset };
  const factor = Object.hasOwn(msPerUnit, unit) ? msPerUnit[unit] : undefined;
  if (factor === undefined) {
    throw new ExpressionError(offset + number.length, `"${unit}" is no unit of time`, 'known are: ms, s, min, h');
  }
  return { kind: 'time', text: `${number}${unit}`, value: Number(number) * factor, offset };
}

function signHint(text: string, offset: number): string | undefined {
  if (text.startsWith('&&', offset)) return 'write "and"';
  if (text.startsWith('||', offset)) return 'write "or"';
  if (text[offset] === '!') return 'write "not"';
  return text[offset] === '=' ? 'write "==" to compare' : undefined;
}
