// Parses and checks the expressions of a PLC file: each error stands at its column in the file.
import { didYouMean, FieldbenchError } from '../../error.ts';
import { require, typeOf, type NameTypes } from '../../parts/devices/logic/check-types.ts';
import { ExpressionError, type Expression, type LogicType } from '../../parts/devices/logic/expression.ts';
import { parseExpression } from '../../parts/devices/logic/parse.ts';
import type { Assignment, Interlock, ProcessValue } from '../../parts/devices/plc-program.ts';
import { isBit } from '../../parts/devices/register-codec.ts';
import type { YamlFile } from '../files/yaml-file.ts';
import type { WrittenPlc } from './plc-schema.ts';
import { signalOf, type Recordings } from './signal-schema.ts';

/** What the expressions of a file come to. */
export interface PlcExpressions {
  readonly process: readonly ProcessValue[];
  readonly logic: readonly Assignment[];
  readonly interlocks: readonly Interlock[];
}

/**
 * The expressions of a file.
 * @param errors takes everything that is wrong
 */
export function expressionsOf(
  file: YamlFile<WrittenPlc>,
  recordings: Recordings,
  errors: FieldbenchError[],
): PlcExpressions {
  const reader = new ExpressionReader(file, errors);
  return {
    process: reader.process(recordings),
    logic: reader.logic(),
    interlocks: reader.interlocks(),
  };
}

const nothing: Expression = { kind: 'literal', type: 'number', value: 0, offset: 0 };

class ExpressionReader {
  readonly #file: YamlFile<WrittenPlc>;
  readonly #errors: FieldbenchError[];
  readonly #registers: ReadonlyMap<string, LogicType>;

  constructor(file: YamlFile<WrittenPlc>, errors: FieldbenchError[]) {
    this.#file = file;
    this.#errors = errors;
    const { registers } = file.value;
    this.#registers = new Map(Object.entries(registers).map(([name, it]) => [name, isBit(it) ? 'bool' : 'number']));
  }

  process(recordings: Recordings): readonly ProcessValue[] {
    const { process, parameters, registers, scan } = this.#file.value;
    const names = new Map([...this.#registers, ...constants(parameters)]);
    for (const [name, it] of Object.entries(process)) if (!('equals' in it)) names.set(name, 'number');
    return Object.entries(process).map(([name, it]): ProcessValue => {
      const path = ['process', name];
      const start = registers[name]?.initial ?? 0;
      if ('signal' in it) return { name, kind: 'signal', signal: signalOf(it.signal, scan, recordings) };
      if ('integrates' in it) {
        const perS = this.#read([...path, 'integrates'], it.integrates, names, 'number');
        const { min = -Infinity, max = Infinity } = it;
        return { name, kind: 'integrates', perS, start: it.start ?? start, min, max };
      }
      if ('follows' in it) {
        const target = this.#read([...path, 'follows'], it.follows, names, 'number');
        return { name, kind: 'follows', target, timeConstantMs: it.timeConstant, start: it.start ?? start };
      }
      return { name, kind: 'equals', value: this.#read([...path, 'equals'], it.equals, names, names.get(name)) };
    });
  }

  logic(): readonly Assignment[] {
    const names = this.#logicNames();
    return this.#file.value.logic.flatMap((assignment, index) =>
      Object.entries(assignment).map(([name, text]) => {
        const path = ['logic', index, name];
        this.#checkTarget(name, path);
        return { name, expression: this.#read(path, text, names, this.#targets().get(name)) };
      }),
    );
  }

  interlocks(): readonly Interlock[] {
    const names = this.#logicNames();
    return this.#file.value.interlocks.map(({ output, allow }, index) => {
      const path = ['interlocks', index];
      this.#checkTarget(output, [...path, 'output']);
      return { output, allow: this.#read([...path, 'allow'], allow, names, 'bool') };
    });
  }

  /** Names that the logic may read. */
  #logicNames(): NameTypes {
    return new Map([...this.#targets(), ...constants(this.#file.value.parameters)]);
  }

  /** Names that can be given a value. */
  #targets(): NameTypes {
    const variables = Object.entries(this.#file.value.variables).map(([name, { type }]) => [name, type] as const);
    return new Map([...this.#registers, ...variables]);
  }

  #checkTarget(name: string, path: readonly PropertyKey[]): void {
    const { registers, process } = this.#file.value;
    const register = registers[name];
    const targets = this.#targets();
    if (!targets.has(name)) {
      const hint = didYouMean(name, [...targets.keys()]);
      this.#report(`there is no register or variable "${name}"`, path, hint);
    } else if (Object.hasOwn(process, name) || register?.pin || register?.pinStatus || register?.shows) {
      this.#report(`"${name}" is an input: each scan reads it anew`, path, 'give the result another name');
    }
  }

  #report(message: string, path: readonly PropertyKey[], hint: string): void {
    this.#errors.push(new FieldbenchError({ code: 'FB_PLC_PROGRAM', message, at: this.#file.place(path), hint }));
  }

  #read(path: readonly PropertyKey[], text: string, names: NameTypes, expected: LogicType | undefined): Expression {
    const errors: ExpressionError[] = [];
    let expression = nothing;
    try {
      expression = parseExpression(text);
      const type = typeOf(expression, names, errors);
      if (expected !== undefined) require(leftmost(expression), type, expected, errors);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      errors.push(error);
    }
    for (const { offset, message, hint } of errors.toSorted((a, b) => a.offset - b.offset)) {
      this.#errors.push(
        new FieldbenchError({
          code: 'FB_PLC_PROGRAM',
          message: `${path.join('.')}: ${message}, in column ${offset + 1} of "${text}"`,
          at: this.#file.within(path, offset),
          ...(hint !== undefined && { hint }),
        }),
      );
    }
    return expression;
  }
}

/** A whole expression of a wrong type is wrong from its begin on. */
function leftmost(it: Expression): Expression {
  return it.kind === 'binary' ? leftmost(it.left) : it;
}

function constants(parameters: Readonly<Record<string, number>>): readonly (readonly [string, LogicType])[] {
  return Object.keys(parameters).map((name) => [name, 'number']);
}
