// Makes an expression something that can be worked out, scan after scan, with a memory of its own for each block in it.
import { logicFunctions } from './blocks.ts';
import { ExpressionError } from './expression.ts';
import type { BinaryOperator, Expression } from './expression.ts';

/** What an expression sees in one scan. */
export interface ScanView {
  /** Value of a name. */
  get(name: string): number;
  /** Since the scan before. */
  readonly elapsedMs: number;
}

/**
 * Works an expression out.
 * @throws ExpressionError where a value cannot be: a division by zero
 */
export type Evaluation = (view: ScanView) => number;

/** Compiles an expression that {@link typeOf} found nothing wrong with; its blocks begin anew. */
export function compile(it: Expression): Evaluation {
  switch (it.kind) {
    case 'literal':
      return () => it.value;
    case 'name':
      return (view) => view.get(it.name);
    case 'unary': {
      const of = compile(it.of);
      return it.operator === 'not' ? (view) => 1 - of(view) : (view) => -of(view);
    }
    case 'binary': {
      const [left, right] = [compile(it.left), compile(it.right)];
      const operate = operations[it.operator];
      // Both sides in each scan: a timer on the right goes on whatever the left one says.
      return (view) => finite(operate(left(view), right(view)), it);
    }
    case 'call': {
      const given = it.arguments.map(compile);
      const block = logicFunctions[it.name]?.begin() ?? (() => 0);
      return (view) =>
        block(
          given.map((argument) => argument(view)),
          view.elapsedMs,
        );
    }
  }
}

const bit = (it: boolean): number => (it ? 1 : 0);

const operations: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  and: (a, b) => a & b,
  '==': (a, b) => bit(a === b),
  '!=': (a, b) => bit(a !== b),
  '<': (a, b) => bit(a < b),
  '<=': (a, b) => bit(a <= b),
  '>': (a, b) => bit(a > b),
  '>=': (a, b) => bit(a >= b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function finite(value: number, { operator, offset }: Extract<Expression, { kind: 'binary' }>): number {
  if (Number.isFinite(value)) return value;
  const why = operator === '/' || operator === '%' ? 'division by zero' : 'a value too large';
  throw new ExpressionError(offset, why);
}
