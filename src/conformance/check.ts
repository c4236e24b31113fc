// What a conformance check is: it brings a situation about; rules, and where no rule can, its own judge, say what happened.
import type { Need } from '../bench/target/need.ts';
import type { StatementId } from '../spec/statement.ts';
import type { Finding } from '../judge/finding.ts';
import type { Slice } from '../judge/slice.ts';
import type { CheckBench } from './bench.ts';

export type { Need, SecuredNeed } from '../bench/target/need.ts';

/** One situation and the statements it brings to judgement. */
export interface Check {
  /** Stable name, `chapter/what`, e.g. `publish/qos1-acknowledged`; the repeat command uses it. */
  readonly id: string;
  readonly title: string;
  /** Section of the standard. */
  readonly section: string;
  readonly statements: readonly StatementId[];
  readonly needs: readonly Need[];
  /**
   * `parallel` checks run side by side; `alone` ones after them, one at a time, where others' traffic would be in the
   * way; `ownInstance` gets a broker of its own.
   */
  readonly group: 'parallel' | 'alone' | 'ownInstance';
  /** Why it is kept from somebody else's broker until the user names that broker as fit for it. */
  readonly unsafe?: string;
  /** What it costs, e.g. `moves 512 MB`: it is then driven only when its own id selects it. */
  readonly optIn?: string;
  /** Every acceptable outcome in words, shown as Expected. */
  readonly accept: readonly string[];
  /** Brings the situation about. Never judges: what it did and what came back stands in the history. */
  drive(bench: CheckBench): Promise<void>;
  /** Says what no general rule can, from this check's slice of the history alone. */
  judge?(slice: Slice): readonly Omit<Finding, 'by' | 'check' | 'target'>[];
}
