// The logic of a PLC as it runs: assignments once per scan in their order, then interlocks over its outputs.
import { compile } from './logic/compile.ts';
import type { Evaluation, ScanView } from './logic/compile.ts';
import type { PlcProgram } from './plc-program.ts';
import type { ProcessImage } from './process-image.ts';

interface CompiledAssignment {
  readonly name: string;
  readonly evaluate: Evaluation;
}

/** One life of the logic: blocks and variables begin anew with it, but for variables that are retained. */
export class PlcLogic {
  readonly #program: PlcProgram;
  readonly #image: ProcessImage;
  readonly #variables = new Map<string, number>();
  readonly #assignments: readonly CompiledAssignment[];
  readonly #interlocks: readonly { readonly output: string; readonly allow: Evaluation }[];

  /** @param retained values of variables from the life before, by name */
  constructor(program: PlcProgram, image: ProcessImage, retained: ReadonlyMap<string, number>) {
    this.#program = program;
    this.#image = image;
    for (const [name, { initial }] of Object.entries(program.variables)) {
      this.#variables.set(name, retained.get(name) ?? initial);
    }
    this.#assignments = program.logic.map(({ name, expression }) => ({ name, evaluate: compile(expression) }));
    this.#interlocks = program.interlocks.map(({ output, allow }) => ({ output, allow: compile(allow) }));
  }

  /**
   * One scan.
   * @throws ExpressionError where a value cannot be worked out
   */
  scan(elapsedMs: number): void {
    const view: ScanView = { get: (name) => this.#get(name), elapsedMs };
    for (const { name, evaluate } of this.#assignments) {
      const value = evaluate(view);
      if (this.#variables.has(name)) this.#variables.set(name, value);
      else this.#image.set(name, value);
    }
    for (const { output, allow } of this.#interlocks) {
      if (allow(view) === 0) this.#image.set(output, this.#program.registers[output]?.safe ?? 0);
    }
  }

  /** Values of registers and variables that are to outlast a loss of power. */
  retained(): ReadonlyMap<string, number> {
    const { registers, variables } = this.#program;
    const names = [...Object.entries(registers), ...Object.entries(variables)].filter(([, it]) => it.retain);
    return new Map(names.map(([name]) => [name, this.#get(name)]));
  }

  #get(name: string): number {
    return this.#variables.get(name) ?? this.#program.parameters[name] ?? this.#image.get(name);
  }
}
