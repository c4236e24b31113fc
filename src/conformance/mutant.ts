// What a mutant is: a good broker with one statement broken, to prove that a check can fail.
import type { StatementId } from '../spec/statement.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import type { WebSocketFault } from '../faults/websocket-fault.ts';

/** Faults before a real broker that break one statement and nothing else. Written from the statement, blind to the checks. */
export interface Mutant {
  /** Stable name, `what-is-broken`, e.g. `puback-other-id`. */
  readonly id: string;
  readonly statement: StatementId;
  /** What this broken broker does, in one sentence. */
  readonly summary: string;
  /** Played before every listener of the base. */
  readonly faults: readonly PacketFault[];
  /** What is wrong with its WebSocket listener. */
  readonly websocket?: WebSocketFault;
}
