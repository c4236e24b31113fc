// What a rule is: a deterministic reducer over history that says which statements it judges and what it must see.
import type { StatementId, Role } from '../spec/statement.ts';
import type {
  ConnectionEnded,
  ConnectionId,
  ConnectionOpened,
  Direction,
  HistoryEvent,
  PacketSeen,
  Vantage,
} from '../history/event.ts';
import type { Frame } from '../wire/frame.ts';
import type { Packet } from '../wire/packet.ts';
import type { Measurement } from './finding.ts';

/** Tolerances of the rules; every one is printed beside the verdicts that used it. */
export interface RuleParameters {
  /** How long an answer may take before its absence is judged. */
  readonly responseTimeoutMs: number;
  /** How long a close that the standard demands may take. */
  readonly closeTimeoutMs: number;
  /** How long a will or another effect without an answer may take before `warn`; five times this is `fail`, see the rule of wills. */
  readonly effectTimeoutMs: number;
  /** Quiet window behind a sentinel. */
  readonly quietMs: number;
  /** Keep alive enforced later than 1.5 K + this is `warn`. */
  readonly keepAliveWarnMs: number;
  /** Connection still open at 1.5 K + this is `fail`. */
  readonly keepAliveFailMs: number;
  /** What a resumed session has to send again and sends later than this is `warn`. */
  readonly redeliveryWarnMs: number;
  /** What it has not sent again after this, on a connection that stayed open, is `fail`. */
  readonly redeliveryFailMs: number;
}

/** The defaults, as docs/rules.md prints them. */
export const defaultParameters: RuleParameters = {
  responseTimeoutMs: 5000,
  closeTimeoutMs: 5000,
  effectTimeoutMs: 3000,
  quietMs: 300,
  keepAliveWarnMs: 1000,
  keepAliveFailMs: 10_000,
  redeliveryWarnMs: 5000,
  redeliveryFailMs: 35_000,
};

/** A packet as a rule sees it: decoded once, at the vantage the rule asked for. */
export interface SeenPacket {
  readonly event: PacketSeen;
  readonly frame: Frame;
  /** Absent for bytes that are no packet. */
  readonly packet?: Packet;
  readonly direction: Direction;
  readonly connection: ConnectionView;
}

/** The party under judgement, over all of its connections: what tells a mute one from one that withholds an answer. */
export interface PartyView {
  /** Name of its part. */
  readonly name: string;
  /** When it last sent a packet, on any connection; -Infinity before it did. */
  readonly lastPacketMs: number;
  /** When it had last sent one before that: what is judged late, on the first packet after a connection, needs it. */
  readonly previousPacketMs: number;
  /** It was being stopped, was killed or died, and has sent nothing since the connection ended: that close was not its choice. */
  readonly isGone: boolean;
  /** A server that somebody else runs: clients that the bench does not see may publish there too. */
  readonly isForeign: boolean;
}

/**
 * Whether the party sent a packet, on any connection, after `fromMs` and not after `untilMs`. What it sends later proves
 * nothing: a server that was frozen answers everything once it wakes, and those who left meanwhile get no answer.
 *
 * @param untilMs no earlier than the party's last packet but one: the end of what is judged.
 */
export function wasAlive(party: PartyView, fromMs: number, untilMs: number): boolean {
  return [party.lastPacketMs, party.previousPacketMs].some((it) => it > fromMs && it <= untilMs);
}

/** What the judge knows about a connection while it streams past. */
export interface ConnectionView {
  readonly id: ConnectionId;
  /** Whose conduct is judged on this view: the server's part, or the client's for a rule that judges clients. */
  readonly party: PartyView;
  readonly vantage: Vantage;
  readonly client: string;
  readonly server: string;
  readonly target?: string;
  readonly check?: string;
  /** Name under which verdicts on the client are gathered, where it is not its own. */
  readonly gatheredUnder?: string;
  /** Illegal traffic was sent on purpose, or the peer broke the standard: the judged party is not to blame from here on. */
  readonly tainted: boolean;
  /** False once something on this connection could not be seen: nothing may be concluded from absence. */
  readonly complete: boolean;
  /** Another connection to the same server has sent a CONNECT with this client id: the server has to end this one. */
  readonly takenOver: boolean;
  /** Client id, clean session and keep alive of the CONNECT once seen. */
  readonly connect?: Extract<Packet, { type: 'CONNECT' }>;
}

/** What a rule steps over: a packet at its vantage, or any other event. */
export type RuleEvent =
  | { readonly kind: 'packet'; readonly seq: number; readonly tMs: number; readonly seen: SeenPacket }
  | {
      readonly kind: 'opened';
      readonly seq: number;
      readonly tMs: number;
      readonly connection: ConnectionView;
      readonly event: ConnectionOpened;
    }
  | {
      readonly kind: 'ended';
      readonly seq: number;
      readonly tMs: number;
      readonly connection: ConnectionView;
      readonly event: ConnectionEnded;
    }
  | {
      readonly kind: 'other';
      readonly seq: number;
      readonly tMs: number;
      readonly event: Exclude<HistoryEvent, { kind: 'packet' | 'opened' | 'ended' }>;
    };

/** What a rule says about a violation or remark. */
export interface Observation {
  readonly expected: readonly string[];
  readonly actual: string;
  /** `seq` of the events that show it, the offending one last. */
  readonly events: readonly number[];
  readonly bytes?: { readonly event: number; readonly offset: number; readonly length: number };
  readonly connection?: ConnectionView;
  readonly measured?: readonly Measurement[];
}

/** Where a rule writes its judgements. Passes are counted per statement and check; the first keeps its evidence. */
export interface Report {
  pass(statement: StatementId, seen: Omit<Observation, 'expected' | 'actual'>): void;
  warn(statement: StatementId, what: Observation): void;
  fail(statement: StatementId, what: Observation): void;
  inconclusive(statement: StatementId, what: Observation): void;
  /** `warn` without a statement: what the standard leaves free and a field network still suffers from. */
  remark(what: Observation): void;
}

interface RuleBase<S> {
  readonly id: string;
  /** First line of docs/rules.md for this rule. */
  readonly title: string;
  /** Whose conduct it judges; decides the vantage: the tap nearest to that party. */
  readonly judges: Role;
  /** None where all it has to say are remarks. */
  readonly statements: readonly StatementId[];
  /**
   * Goes on after a taint: for duties that the illegal packet itself creates. Every other connection rule ends
   * with the taint, as if the connection had.
   */
  readonly evenWhenTainted?: true;
  /**
   * Takes one event. `state` belongs to the judge and may be changed in place (rules run in fleets on every packet);
   * the result depends on the events alone.
   */
  step(state: S, event: RuleEvent, report: Report): void;
  /**
   * The run, or for a connection rule the connection, is over at `tMs`: judge what stayed open. A connection rule is
   * asked once the judged party has sent a packet elsewhere after `tMs`, was stopped, or the journal ended, so that
   * `wasAlive` tells whether it was alive while the connection stood. It is not asked when the view of the connection is incomplete.
   */
  end(state: S, tMs: number, report: Report): void;
}

/** Judges one connection by its own packets and the events that name it; a fresh state per connection. */
export interface ConnectionRule<S> extends RuleBase<S> {
  readonly scope: 'connection';
  start(connection: ConnectionView, parameters: RuleParameters): S;
}

/** What the routing rules of one server have in common, so that it is worked out once and not by every rule. */
export interface Shared {
  /** The one thing that `make` gives; made when the first rule asks. */
  of<T>(make: () => T): T;
}

/**
 * Judges several parties together; needs every party's packets and a message identity, else it stays silent.
 * A fresh state per server part, fed with all of its connections and with every event that names no connection.
 */
export interface RoutingRule<S> extends RuleBase<S> {
  readonly scope: 'routing';
  start(parameters: RuleParameters, shared: Shared): S;
}

/** Any rule, whatever state it keeps. */
export type Rule = ConnectionRule<unknown> | RoutingRule<unknown>;
