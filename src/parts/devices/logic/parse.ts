// Text to expression, by binding powers: or, xor, and, not, comparisons, sums, products, minus.
import { ExpressionError } from './expression.ts';
import type { BinaryOperator, Expression } from './expression.ts';
import { tokensOf } from './tokens.ts';
import type { Token } from './tokens.ts';

const powers = new Map<string, number>([
  ['or', 1],
  ['xor', 2],
  ['and', 3],
  ...['==', '!=', '<', '<=', '>', '>='].map((sign) => [sign, 5] as const),
  ['+', 6],
  ['-', 6],
  ['*', 7],
  ['/', 7],
  ['%', 7],
]);
const NOT = 4;
const COMPARE = 5;
const MINUS = 8;
const reserved = new Set(['or', 'xor', 'and', 'not', 'true', 'false']);
/** Nobody writes that deep, and a text from elsewhere must not exhaust the stack. */
const DEEPEST = 100;

/** Whether a name cannot be given to a register, since it means something else in an expression. */
export const isReserved = (name: string): boolean => reserved.has(name);

/**
 * Parses an expression.
 * @throws ExpressionError
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text));
  const expression = parser.expression(0);
  parser.end();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expression(least: number): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new ExpressionError(this.#token.offset, 'nested too deeply');
    let left = this.#operand();
    for (;;) {
      const { text, kind } = this.#token;
      const power = kind === 'word' || kind === 'sign' ? (powers.get(text) ?? 0) : 0;
      if (power <= least) break;
      const { offset } = this.#take();
      const right = this.expression(power);
      this.#refuseChain(power);
      left = { kind: 'binary', operator: text as BinaryOperator, left, right, offset };
    }
    this.#depth -= 1;
    return left;
  }

  end(): void {
    if (this.#token.kind !== 'end') throw new ExpressionError(this.#token.offset, `"${this.#token.text}" is too much`);
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', value: 0, offset: 0 };
  }

  #take(): Token {
    const token = this.#token;
    this.#next += 1;
    return token;
  }

  /** `0 < level < 5` would compare a bool. */
  #refuseChain(power: number): void {
    if (power !== COMPARE || powers.get(this.#token.text) !== COMPARE) return;
    throw new ExpressionError(this.#token.offset, 'comparisons cannot be chained', 'write "a < b and b < c"');
  }

  #operand(): Expression {
    const { kind, text, value, offset } = this.#take();
    if (kind === 'number' || kind === 'time') return { kind: 'literal', type: kind, value, offset };
    if (text === 'not') return { kind: 'unary', operator: 'not', of: this.expression(NOT), offset };
    if (text === '-') return { kind: 'unary', operator: '-', of: this.expression(MINUS), offset };
    if (text === '(') {
      const inner = this.expression(0);
      this.#expect(')');
      return inner;
    }
    if (text === 'true' || text === 'false') {
      return { kind: 'literal', type: 'bool', value: text === 'true' ? 1 : 0, offset };
    }
    if (kind !== 'word' || reserved.has(text))
      throw new ExpressionError(offset, `expected a value, came ${said(kind, text)}`);
    if (this.#token.text !== '(') return { kind: 'name', name: text, offset };
    return { kind: 'call', name: text, arguments: this.#arguments(), offset };
  }

  #arguments(): readonly Expression[] {
    this.#expect('(');
    const list: Expression[] = [];
    if (this.#token.text !== ')') {
      list.push(this.expression(0));
      while (this.#token.text === ',') {
        this.#take();
        list.push(this.expression(0));
      }
    }
    this.#expect(')');
    return list;
  }

  #expect(sign: string): void {
    const { text, kind, offset } = this.#take();
    if (text !== sign) throw new ExpressionError(offset, `expected "${sign}", came ${said(kind, text)}`);
  }
}

const said = (kind: Token['kind'], text: string): string => (kind === 'end' ? text : `"${text}"`);
