// What is going to be bolted together and when what happens to it: computed whole before anything starts.
import type { LinkProfile } from '../faults/link-profile.ts';
import type { PlayedTimeline } from '../faults/played-timeline.ts';
import type { Tariff } from '../faults/tariff.ts';
import type { PacketFault } from '../faults/packet-fault.ts';
import type { WrittenTarget } from './target/target-schema.ts';
import type { LinkCapability } from '../parts/links/link-capability.ts';
import type { PlannedBridge } from './planned-bridge.ts';
import type { PlannedDevice } from './planned-device.ts';
import type { PlannedStep } from './planned-step.ts';

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
  /** For the bill. */
  readonly tariff?: Tariff;
  /** What the timeline will ask of it: a backend without it is refused before anything starts. */
  readonly needs?: readonly LinkCapability[];
}

/** A whole bench and its timeline. */
export interface Plan {
  readonly name: string;
  readonly question: string;
  /** In the order in which they start. */
  readonly brokers: readonly PlannedBroker[];
  readonly bridges: readonly PlannedBridge[];
  readonly links: readonly PlannedLink[];
  /** In the order in which they start. */
  readonly devices: readonly PlannedDevice[];
  /** Those at known moments first, in the order of time. */
  readonly steps: readonly PlannedStep[];
  /** Length of the timeline, counted from the moment when every device is online. */
  readonly durationMs: number;
  /** How long the bench waits at the end for messages under way. */
  readonly settleMs: number;
  /** How many times faster than written the schedules of devices and timeline run; absent: as written. */
  readonly timeCompression?: number;
}
