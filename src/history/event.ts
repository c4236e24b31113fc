// Everything that was seen or meant in a run, as plain data: the history is the truth that judges and reports read.
import type { RunGate } from './run-gate.ts';

/** Which way a packet travelled on its connection. */
export type Direction = 'toServer' | 'toClient';

/**
 * Where on an edge of the bench something was seen: at the client's end of a link, at the server's end, or on
 * an edge without a link (`wire`), where both ends are one.
 */
export type Vantage = 'clientEnd' | 'serverEnd' | 'wire';

/** Names one TCP connection of a run over all of its taps, e.g. `c17`. */
export type ConnectionId = string;

/** What every event has. */
interface EventBase {
  /** Ordinal in the journal, from 1; evidence points here. */
  readonly seq: number;
  /** Monotonic time since the run began, in the clock domain of the journal's header. */
  readonly tMs: number;
}

/** A link that a whole run was driven over. */
export interface RunLink {
  /** The word that names it on the command line. */
  readonly word: string;
  readonly title: string;
  /** What it does to the patience of the run, a sentence each. */
  readonly patience: readonly string[];
}

/** All that a scenario was made of: whoever has this needs none of its files to judge its run. */
export interface PlayedScenario {
  readonly file: string;
  readonly text: string;
  /** Values of its parameters that were set, as they were written. */
  readonly set?: Readonly<Record<string, string>>;
  /** Files that it includes, each with its path from the scenario's folder. */
  readonly included?: readonly { readonly file: string; readonly text: string }[];
}

/** First event of a journal: what ran, from which seed, on what. */
export interface RunStarted extends EventBase {
  readonly kind: 'run';
  readonly schema: 1;
  readonly runId: string;
  readonly fieldbench: string;
  readonly mode: 'scenario' | 'conform' | 'tap';
  readonly seed: number;
  /** ISO time of the start, for people; nothing is computed from it. */
  readonly startedAt: string;
  readonly clock: string;
  /** The command that repeats the run. */
  readonly command: string;
  /** The scenario that was played. */
  readonly scenario?: PlayedScenario;
  /** How many times faster than written the schedules of devices and timeline ran. */
  readonly timeCompression?: number;
  /** The link that every connection of a conformance run had to itself. */
  readonly link?: RunLink;
  /** What turns its verdicts into an exit code; absent where failures alone do. */
  readonly gate?: RunGate;
  /** Tolerances that the verdicts used, by rule parameter name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Machine, kernel, congestion control, versions: shown as provenance. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** Something that a target declares not to do; checks that need it are skipped. */
export interface DeclaredLimit {
  /** What a check may need of a target, e.g. `qos2`. */
  readonly needs: string;
  /** In words. */
  readonly says: string;
  /** Address of the page on which the vendor says so. */
  readonly source: string;
}

/** A limit in one line, with the page that says so. */
export const limitLine = ({ says, source }: DeclaredLimit): string => `${says} (${source})`;

/** Under what a limit is judged: the same from run to run, and in a baseline. */
export const limitId = ({ needs }: Pick<DeclaredLimit, 'needs'>): string => `limit/${needs}`;

/** A target that the run judges. */
export interface TargetDescribed extends EventBase {
  readonly kind: 'target';
  readonly target: string;
  readonly version: string;
  /** How it was started: command, image with id, or URL; never a credential. */
  readonly how: string;
  /** The word that names it on the command line, for the command that repeats a check. */
  readonly repeat: string;
  readonly limits: readonly DeclaredLimit[];
}

/** A connection came to be, as seen by one tap. */
export interface ConnectionOpened extends EventBase {
  readonly kind: 'opened';
  readonly connection: ConnectionId;
  readonly seenAt: Vantage;
  /** Name of the part that dialled, as far as the bench knows it. */
  readonly client: string;
  /** Name of the part that was dialled. */
  readonly server: string;
  readonly link?: string;
  /** IP address of the client, at the tap that can see it, where a run is told to keep it. */
  readonly peer?: string;
  /** Target that this connection belongs to, in runs that judge several. */
  readonly target?: string;
  /** Check that owns this connection. */
  readonly check?: string;
  /** Only what is around failures was kept of it; it was judged where all of it was seen. */
  readonly excerpt?: true;
}

/**
 * How a connection ended, as seen by one tap: recorded once, when the first side closes. Packets of the other side
 * that were under way (or that a half-closed connection still carries) may follow it.
 */
export interface ConnectionEnded extends EventBase {
  readonly kind: 'ended';
  readonly connection: ConnectionId;
  readonly seenAt: Vantage;
  /** Who closed first, as far as this tap can tell; `link`: a fault or cut did; `bench`: the run ended. */
  readonly by: 'client' | 'server' | 'link' | 'bench';
  readonly how: 'fin' | 'rst' | 'error';
  readonly detail?: string;
}

/** One control packet (or bytes that are none) as one tap saw it. */
export interface PacketSeen extends EventBase {
  readonly kind: 'packet';
  readonly connection: ConnectionId;
  readonly direction: Direction;
  readonly seenAt: Vantage;
  /** Offset of the first byte in its direction's stream. */
  readonly offset: number;
  /** The bytes, base64; passwords are already masked. Cut bytes are counted in `omittedB`. */
  readonly bytes: string;
  /** Runs of masked bytes as [start, length] within the packet. */
  readonly masked?: readonly (readonly [number, number])[];
  /** Bytes of a large payload that the journal left out at the packet's end. */
  readonly omittedB?: number;
  /** Identity of a PUBLISH payload that was cut: as {@link PublishIntended.payloadHash}, over the whole payload. */
  readonly payloadHash?: string;
  /** Bytes behind the point where it could no longer be told where packets begin; never decoded. */
  readonly unframed?: true;
}

/** The bench sent something illegal on purpose: no rule may blame the peer for what follows on this connection. */
export interface Tainted extends EventBase {
  readonly kind: 'taint';
  readonly connection: ConnectionId;
  readonly why: string;
  /**
   * Where in the stream to the server it begins: a tap that has yet to see what was sent before is not concerned until
   * then. Absent: from this event on.
   */
  readonly offset?: number;
}

/** A device means to publish; latency counts from here, and losses before the first tap show. */
export interface PublishIntended extends EventBase {
  readonly kind: 'intent';
  readonly part: string;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Ordinal among the part's messages on this topic, from 1. */
  readonly ordinal: number;
  /** First 16 hex digits of the payload's SHA-256: the identity of a message whose payload is not ours. */
  readonly payloadHash: string;
}

/** A link changed its state or figures. */
export interface LinkChanged extends EventBase {
  readonly kind: 'link';
  readonly link: string;
  /** `cut`: what is sent vanishes; `frozen`: it waits; `half-open-up`: nothing passes to the server. */
  readonly state: 'up' | 'cut' | 'frozen' | 'half-open-up' | 'half-open-down';
  readonly figures: Readonly<Record<string, number>>;
  /** What brought it about, where it was not the run itself. */
  readonly cause?: string;
}

/** A fault acted on a packet or connection. */
export interface FaultPlayed extends EventBase {
  readonly kind: 'fault';
  readonly link: string;
  readonly fault: string;
  readonly connection?: ConnectionId;
  readonly did: string;
}

/** Something happened to a part. */
export interface PartChanged extends EventBase {
  readonly kind: 'part';
  readonly part: string;
  readonly role: 'broker' | 'device' | 'gateway' | 'plc' | 'link';
  /**
   * `ready`: answered CONNECT with CONNACK 0; `stopping`: the bench is about to stop or kill it, and what it does from
   * then on is not its choice; `killed`: SIGKILL by the bench, or its power was cut; `exited`: ended by itself; `paused`:
   * the bench made it stand still, and its silence until `resumed` is not its choice.
   */
  readonly state: 'starting' | 'ready' | 'stopping' | 'stopped' | 'killed' | 'exited' | 'failed' | 'paused' | 'resumed';
  /** Somebody else runs it, and clients that the bench does not see may use it. */
  readonly foreign?: true;
  readonly detail?: string;
}

/** A check began or ended; what lies between on its connections is its slice. */
export interface CheckPhase extends EventBase {
  readonly kind: 'check';
  readonly check: string;
  readonly target: string;
  /** `aborted`: its situation could not be brought about, `reason` says why. */
  readonly phase: 'begun' | 'driven' | 'aborted' | 'skipped';
  readonly reason?: string;
}

/** A named moment that a rule, check or expectation refers to: a quiet window over, a wait that ran out, a timeline step. */
export interface Marked extends EventBase {
  readonly kind: 'mark';
  readonly name: string;
  readonly check?: string;
  readonly connection?: ConnectionId;
  /** Of a connection: where in its stream to the server the moment is, as each tap comes to see it. */
  readonly offset?: number;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

/** Something that could not be seen: a tap that lost bytes, a shard that died. */
export interface Gap extends EventBase {
  readonly kind: 'gap';
  readonly connection?: ConnectionId;
  readonly direction?: Direction;
  readonly why: string;
}

/** A cap was reached: what follows on this connection (or in this journal) was not recorded. */
export interface Truncated extends EventBase {
  readonly kind: 'truncated';
  readonly connection?: ConnectionId;
  readonly why: string;
}

/** Last event: the run is over, and how. A journal without it belongs to a run that was killed. */
export interface RunEnded extends EventBase {
  readonly kind: 'end';
  readonly how: 'completed' | 'interrupted' | 'failed';
  readonly reason?: string;
}

/** Anything that a journal holds, told apart by `kind`. */
export type HistoryEvent =
  | RunStarted
  | TargetDescribed
  | ConnectionOpened
  | ConnectionEnded
  | PacketSeen
  | Tainted
  | PublishIntended
  | LinkChanged
  | FaultPlayed
  | PartChanged
  | CheckPhase
  | Marked
  | Gap
  | Truncated
  | RunEnded;

/** An event before the journal has numbered and timed it. */
export type EventDraft = HistoryEvent extends infer E
  ? E extends HistoryEvent
    ? Omit<E, 'seq' | 'tMs'> & { readonly tMs?: number }
    : never
  : never;

/** Takes events; the journal is one, a test's array another. Never throws: a full disk ends in `truncated`. */
export interface History {
  record(draft: EventDraft): void;
}
