// What a mutant is: a good broker with one statement broken, to prove that a check can fail.
import type { StatementId } from '../spec/statement.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import type { LoginFault, TlsFault } from '../faults/listener-fault.ts';
import type { WebSocketFault } from '../faults/websocket-fault.ts';

/** What stands before a real broker, and breaks it in one respect. */
interface MutantBody {
  /** Stable name, `what-is-broken`, e.g. `puback-other-id`. */
  readonly id: string;
  /** What this broken broker does, in one sentence. */
  readonly summary: string;
  /** Played before every listener of the base. */
  readonly faults: readonly PacketFault[];
  /** What is wrong with its WebSocket listener. */
  readonly websocket?: WebSocketFault;
  /** What is wrong with its listener that demands a login. */
  readonly login?: LoginFault;
  /** What is wrong with its TLS listeners. */
  readonly tls?: TlsFault;
  /**
   * What its listener with an access control list still denies: behind it stands a listener that allows everything, with
   * these faults before it.
   */
  readonly acl?: readonly PacketFault[];
}

/** Faults before a real broker that break one statement and nothing else. Written from the statement, blind to the checks. */
export interface Mutant extends MutantBody {
  readonly statement: StatementId;
}

/** A mutant of what no numbered statement is behind: it breaks what one check is about. */
export interface CheckMutant extends MutantBody {
  /** Id of the check. */
  readonly check: string;
}
