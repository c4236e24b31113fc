// What a decoder says about bytes that break the standard: data, never an exception.
import type { StatementId } from '../spec/statement.ts';
import type { DeviationCode } from './deviation-codes.ts';

/** One departure from the standard in the bytes of one packet. */
export interface Deviation {
  /** Stable name, e.g. `reserved-flags`; docs/wire.md lists them. */
  readonly code: DeviationCode;
  /** The statement that these bytes break; absent where the standard numbers none. */
  readonly statement?: StatementId;
  /** Further statements that the same bytes break, e.g. the one for the field beside the one for all text. */
  readonly also?: readonly StatementId[];
  /** Offset of the offending bytes from the first byte of the stream. */
  readonly offset: number;
  /** Number of offending bytes; 0 where bytes are missing. */
  readonly length: number;
  readonly expected: string;
  readonly actual: string;
}
