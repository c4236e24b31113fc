// The processor of a PLC: its memory, its logic, and the plant and the rack that it is tied to; one scan at a time.
import type { PartContext } from '../part.ts';
import type { DeviceClock } from './device-clock.ts';
import type { ModbusMemory } from './modbus/answer.ts';
import { Plant } from './plant.ts';
import { PlcLogic } from './plc-logic.ts';
import type { PlcFigure, PlcProgram } from './plc-program.ts';
import { ProcessImage } from './process-image.ts';
import { RackState } from './rack/rack-state.ts';

const nothing: ReadonlyMap<string, number> = new Map();

/** What a PLC calculates with. Somebody else says when it scans, and when it has power. */
export class PlcCpu {
  /** What masters see and write: always that of the present life. */
  readonly memory: ModbusMemory;
  readonly rack: RackState | undefined;
  readonly #program: PlcProgram;
  readonly #context: PartContext;
  readonly #clock: DeviceClock;
  readonly #plant: Plant;
  readonly #forced = new Map<string, number>();
  #image: ProcessImage;
  #logic: PlcLogic;
  #retained = nothing;
  #lastScanMs: number;
  #plantMs: number;

  constructor(name: string, program: PlcProgram, context: PartContext, clock: DeviceClock) {
    this.#program = program;
    this.#context = context;
    this.#clock = clock;
    this.#image = new ProcessImage(program.registers);
    this.#logic = new PlcLogic(program, this.#image, nothing);
    const chance = { seed: context.seed, name };
    this.#plant = new Plant(program.process, chance, (it) => program.parameters[it] ?? this.#image.get(it));
    this.rack = program.rack && new RackState(program.rack, chance);
    this.#plantMs = context.clock.nowMs();
    this.#lastScanMs = clock.tickMs();
    this.memory = {
      read: (table, address) => this.#image.read(table, address),
      write: (table, address, words) => this.#image.write(table, address, words),
    };
  }

  /** A life begins: with what was retained, or with initial values. */
  begin(how: 'warm' | 'cold'): void {
    this.#letPlantGoOn(); // with the outputs as they were without power
    const retained = how === 'warm' ? this.#retained : nothing;
    this.#image = new ProcessImage(this.#program.registers, retained);
    this.#logic = new PlcLogic(this.#program, this.#image, retained);
    this.#lastScanMs = this.#clock.tickMs();
  }

  /** It loses its power: what is retained is kept, outputs fall to their safe values. */
  lose(): void {
    this.#retained = this.#logic.retained();
    this.makeSafe();
  }

  /** Sets outputs to their safe values. */
  makeSafe(): void {
    this.#letPlantGoOn(); // up to here with the outputs as they were
    for (const [name, { safe }] of Object.entries(this.#program.registers)) {
      if (safe !== undefined) this.#image.set(name, safe);
    }
  }

  /** Forces a register, or lets it go. */
  force(name: string, value: number | undefined): void {
    if (value === undefined) {
      this.#forced.delete(name);
      return;
    }
    this.#forced.set(name, value);
    this.#image.set(name, value);
  }

  /**
   * Reads inputs, works out the logic, writes outputs.
   * @throws ExpressionError where a value cannot be worked out
   */
  scan(figures: Readonly<Record<PlcFigure, number>>): void {
    const tickMs = this.#clock.tickMs();
    this.#letPlantGoOn();
    for (const [name, value] of this.#plant.values) this.#image.set(name, value);
    this.#readRack();
    for (const [name, value] of this.#forced) this.#image.set(name, value);
    this.#logic.scan(tickMs - this.#lastScanMs);
    this.#lastScanMs = tickMs;
    this.#driveRack();
    this.show(figures);
  }

  /** Shows figures of the PLC in the registers that are there for them. */
  show(figures: Readonly<Record<PlcFigure, number>>): void {
    for (const [name, { shows }] of Object.entries(this.#program.registers)) {
      if (shows !== undefined) this.#image.setCount(name, figures[shows]);
    }
  }

  #letPlantGoOn(): void {
    const nowMs = this.#context.clock.nowMs();
    this.#plant.advance(nowMs - this.#plantMs);
    this.#plantMs = nowMs;
  }

  #readRack(): void {
    const { rack } = this;
    if (!rack) return;
    rack.advance(this.#context.clock.nowMs());
    for (const [name, { pin }] of Object.entries(this.#program.registers)) {
      if (pin === undefined || pin.what === 'drive') continue;
      const { value, status } = rack.reading(pin.unit, pin.pin);
      this.#image.set(name, pin.what === 'value' ? value : status);
    }
  }

  #driveRack(): void {
    for (const [name, { pin }] of Object.entries(this.#program.registers)) {
      if (pin?.what === 'drive') this.rack?.drive(pin.unit, pin.pin, this.#image.get(name));
    }
  }
}
