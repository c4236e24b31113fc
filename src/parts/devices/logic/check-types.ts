// Finds what cannot be in an expression before it is ever worked out: unknown names, types that do not fit.
import { didYouMean } from '../../../error.ts';
import { logicFunctions } from './blocks.ts';
import type { LogicFunction } from './blocks.ts';
import { ExpressionError } from './expression.ts';
import type { Expression, LogicType } from './expression.ts';

/** Types of the names that an expression may use. */
export type NameTypes = ReadonlyMap<string, LogicType>;

/**
 * The type of an expression; nothing where it cannot be told for the errors in it.
 * @param errors takes everything that is wrong
 */
export function typeOf(it: Expression, names: NameTypes, errors: ExpressionError[]): LogicType | undefined {
  switch (it.kind) {
    case 'literal':
      return it.type;
    case 'name':
      return typeOfName(it, names, errors);
    case 'unary': {
      const type = typeOf(it.of, names, errors);
      if (it.operator === 'not') require(it.of, type, 'bool', errors);
      else if (type === 'bool') errors.push(new ExpressionError(it.of.offset, 'expected a number, came a bool'));
      return it.operator === 'not' ? 'bool' : type;
    }
    case 'binary':
      return typeOfBinary(it, names, errors);
    case 'call':
      return typeOfCall(it, names, errors);
  }
}

/** Says so where an expression is of another type. */
export function require(
  it: Expression,
  type: LogicType | undefined,
  expected: LogicType,
  errors: ExpressionError[],
): void {
  if (type === undefined || type === expected) return;
  const hint = expected === 'time' ? 'write the unit, such as 5s, or seconds(x)' : undefined;
  errors.push(new ExpressionError(it.offset, `expected a ${expected}, came a ${type}`, hint));
}

function typeOfName(
  { name, offset }: Extract<Expression, { kind: 'name' }>,
  names: NameTypes,
  errors: ExpressionError[],
): LogicType | undefined {
  const type = names.get(name);
  if (type !== undefined) return type;
  const isFunction = Object.hasOwn(logicFunctions, name);
  const hint = isFunction ? `${name} is a function: write ${name}(...)` : didYouMean(name, [...names.keys()]);
  errors.push(new ExpressionError(offset, `there is no "${name}"`, hint));
  return undefined;
}

function typeOfBinary(
  it: Extract<Expression, { kind: 'binary' }>,
  names: NameTypes,
  errors: ExpressionError[],
): LogicType | undefined {
  const left = typeOf(it.left, names, errors);
  const right = typeOf(it.right, names, errors);
  if (it.operator === 'and' || it.operator === 'or' || it.operator === 'xor') {
    require(it.left, left, 'bool', errors);
    require(it.right, right, 'bool', errors);
    return 'bool';
  }
  const isComparison = !['+', '-', '*', '/', '%'].includes(it.operator);
  if (left === undefined || right === undefined) return isComparison ? 'bool' : undefined;
  const type = isComparison ? compared(it.operator, left, right) : calculated(it.operator, left, right);
  if (type) return type;
  errors.push(new ExpressionError(it.offset, `"${it.operator}" does not go between a ${left} and a ${right}`));
  return isComparison ? 'bool' : undefined;
}

function compared(operator: string, left: LogicType, right: LogicType): LogicType | undefined {
  if (left !== right) return undefined;
  return left === 'bool' && operator !== '==' && operator !== '!=' ? undefined : 'bool';
}

/** Times add up, and are multiplied and divided by numbers. */
function calculated(operator: string, left: LogicType, right: LogicType): LogicType | undefined {
  if (left === 'bool' || right === 'bool') return undefined;
  if (left === right) {
    if (left === 'number' || operator === '+' || operator === '-' || operator === '%') return left;
    return operator === '/' ? 'number' : undefined;
  }
  if (operator === '*') return 'time';
  return operator === '/' && left === 'time' ? 'time' : undefined;
}

function typeOfCall(
  it: Extract<Expression, { kind: 'call' }>,
  names: NameTypes,
  errors: ExpressionError[],
): LogicType | undefined {
  const types = it.arguments.map((argument) => typeOf(argument, names, errors));
  const called = Object.hasOwn(logicFunctions, it.name) ? logicFunctions[it.name] : undefined;
  if (!called) {
    const hint = didYouMean(it.name, Object.keys(logicFunctions));
    errors.push(new ExpressionError(it.offset, `there is no function "${it.name}"`, hint));
    return undefined;
  }
  checkCount(it, called, errors);
  let same: LogicType | undefined;
  it.arguments.forEach((argument, index) => {
    const expected = called.takes[index] ?? (called.more ? called.takes.at(-1) : undefined);
    if (expected === 'same') same ??= types[index];
    const wanted = expected === 'same' ? same : expected;
    if (wanted) require(argument, types[index], wanted, errors);
  });
  return called.gives === 'same' ? same : called.gives;
}

function checkCount(
  { name, arguments: given, offset }: Extract<Expression, { kind: 'call' }>,
  { takes, more }: LogicFunction,
  errors: ExpressionError[],
): void {
  if (given.length === takes.length || (more && given.length > takes.length)) return;
  const expected = `${takes.length}${more ? ' or more' : ''}: ${name}(${takes.join(', ')}${more ? ', ...' : ''})`;
  errors.push(new ExpressionError(offset, `${name} was given ${given.length} values`, `it takes ${expected}`));
}
