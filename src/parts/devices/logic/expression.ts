// An expression of a PLC's logic as a tree; every node knows where in its text it begins.

/** `time` is a length of time in milliseconds. */
export type LogicType = 'bool' | 'number' | 'time';

/** Words and signs between two operands. */
export type BinaryOperator = 'or' | 'xor' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

/** A parsed expression; values are numbers, of a bool 0 and 1. */
export type Expression = { readonly offset: number } & (
  | { readonly kind: 'literal'; readonly type: LogicType; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
);

/** Something wrong with an expression, at an offset of its text. */
export class ExpressionError extends Error {
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(offset: number, message: string, hint?: string) {
    super(message);
    this.name = 'ExpressionError';
    this.offset = offset;
    this.hint = hint;
  }
}
