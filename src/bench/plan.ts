// What is going to be bolted together and when what happens to it: computed whole before anything starts.
import type { LinkProfile } from '../faults/link-profile.ts';
import type { PlayedTimeline } from '../faults/played-timeline.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import type { WrittenTarget } from './target/target-schema.ts';
import type { LinkCapability } from '../parts/links/link-capability.ts';

/** A broker of the bench. */
export interface PlannedBroker {
  readonly name: string;
  /** A word the command line knows, e.g. `embedded` or `mqtt://host:1883`, or what a scenario describes itself. */
  readonly target: string | WrittenTarget;
  /** The scenario file that says so: paths are looked for beside it; default: in the working directory. */
  readonly file?: string;
}

/** A kind of link; every part that uses it gets a link of its own with this profile. */
export interface PlannedLink {
  readonly name: string;
  /** A word of the list of link backends. */
  readonly backend: string;
  readonly profile: LinkProfile;
  /** What it begins with; each part's own link counts `times` for itself. */
  readonly faults?: readonly PacketFault[];
  /** What it does over time, on top of its profile. */
  readonly timeline?: PlayedTimeline;
  /** What the timeline will ask of it: a backend without it is refused before anything starts. */
  readonly needs?: readonly LinkCapability[];
}

/** How an MQTT party of the bench connects. */
export interface PlannedSession {
  readonly broker: string;
  readonly link?: string;
  readonly keepAliveS: number;
  readonly cleanSession: boolean;
  /** Full jitter: the n-th try waits up to base x 2^n, at most the cap. */
  readonly backOff: { readonly baseMs: number; readonly capMs: number };
}

/** A device that publishes a signal. */
export interface PlannedSensor {
  readonly kind: 'sensor';
  readonly name: string;
  readonly session: PlannedSession;
  /** Topics below which it publishes: `<topic>/value`, `<topic>/alarm`, `<topic>/status`. */
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly intervalMs: number;
  readonly signal: {
    readonly unit: string;
    readonly start: number;
    readonly step: number;
    readonly min: number;
    readonly max: number;
  };
  /** Value above which it raises an alarm. */
  readonly alarmAbove?: number;
}

/** A device that subscribes: a hub, a display, a control room. */
export interface PlannedSubscriber {
  readonly kind: 'subscriber';
  readonly name: string;
  readonly session: PlannedSession;
  readonly filters: Readonly<Record<string, 0 | 1 | 2>>;
}

/** A PLC that serves Modbus TCP; `program` is the path of its YAML. */
export interface PlannedPlc {
  readonly kind: 'plc';
  readonly name: string;
  readonly program: string;
}

/** The built-in gateway between a PLC and a broker. */
export interface PlannedGateway {
  readonly kind: 'modbus-mqtt';
  readonly name: string;
  readonly session: PlannedSession;
  readonly plc: string;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly pollMs: number;
}

export type PlannedDevice = PlannedSensor | PlannedSubscriber | PlannedPlc | PlannedGateway;

/** What happens to a part at one moment. */
export type PlannedAction =
  /** Delay and jitter alone, both ways, or a whole profile. */
  | {
      readonly do: 'shape';
      readonly link: string;
      readonly delayMs?: number;
      readonly jitterMs?: number;
      readonly profile?: LinkProfile;
    }
  | { readonly do: 'cut'; readonly link: string; readonly how: 'drop' | 'rst' }
  | { readonly do: 'half-open'; readonly link: string; readonly dead: 'toServer' | 'toClient' }
  | { readonly do: 'restore'; readonly link: string }
  | { readonly do: 'fault'; readonly link: string; readonly faults: readonly PacketFault[] }
  | { readonly do: 'kill' | 'stop' | 'restart'; readonly broker: string };

/** One line of the timeline. */
export interface PlannedStep {
  readonly atMs: number;
  readonly action: PlannedAction;
}

/** A whole bench and its timeline. */
export interface Plan {
  readonly name: string;
  readonly question: string;
  readonly brokers: readonly PlannedBroker[];
  readonly links: readonly PlannedLink[];
  /** In the order in which they start. */
  readonly devices: readonly PlannedDevice[];
  readonly steps: readonly PlannedStep[];
  /** Length of the timeline, counted from the moment when every device is online. */
  readonly durationMs: number;
  /** How long the bench waits at the end for messages under way. */
  readonly settleMs: number;
}
