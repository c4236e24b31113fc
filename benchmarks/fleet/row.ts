// What a row of the table is: what each engine is made to do, what is measured of it, and what is asked of ours.
import type { Feat } from './rival.ts';
import type { Setting, Stage } from './stage.ts';

/** What is asked of our engine: of its ratio to a rival's figure, or without `against` of its own figure. */
export interface Goal {
  readonly against?: string;
  readonly required: number;
  readonly aim: number;
}

/** One thing that is measured in a row. */
export interface Figure {
  readonly title: string;
  readonly digits: number;
  /** Which way is better, where something is asked. */
  readonly better?: 'more' | 'less';
  readonly goals?: readonly Goal[];
}

/** How long and how large: in full for the record, or a moment to see that all of it works. */
export interface Size {
  /** Of the row's connections. */
  readonly share: number;
  readonly warmUpS: number;
  readonly publishS: number;
  readonly keepAliveS: number;
}

/** Name of a figure -> value. */
export type Measured = Readonly<Record<string, number>>;

export interface Row {
  readonly id: string;
  readonly title: string;
  /** What an engine must be able to do beyond connecting. */
  readonly feat?: Feat;
  setting(size: Size): Setting;
  readonly figures: Readonly<Record<string, Figure>>;
  play(stage: Stage, size: Size): Promise<Measured>;
}
