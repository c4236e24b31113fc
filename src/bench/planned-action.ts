// What a plan lets happen to a part.
import type { LinkProfile } from '../faults/link-profile.ts';
import type { PacketFault } from '../faults/packet-fault.ts';

/** What can be done to the life of a part; the same words for brokers, devices, gateways and PLCs. */
export const lifeWords = ['start', 'stop', 'kill', 'pause', 'resume', 'restart'] as const;
/** One of {@link lifeWords}. */
export type LifeWord = (typeof lifeWords)[number];

/** Something that is done to a link. */
export type LinkAction =
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
  | { readonly do: 'fault'; readonly link: string; readonly faults: readonly PacketFault[] };

/** Something that is done to a part. */
export type PartAction =
  | { readonly do: LifeWord; readonly part: string }
  /** Without a value the sensor measures again. */
  | { readonly do: 'stimulate'; readonly part: string; readonly value?: number }
  | { readonly do: 'alarm'; readonly part: string; readonly on: boolean }
  | { readonly do: 'clock'; readonly part: string; readonly stepMs: number }
  | ({ readonly do: 'publish'; readonly part: string } & PlannedMessage)
  /** Publishes, and waits for a message on `answer`. */
  | ({
      readonly do: 'request';
      readonly part: string;
      readonly answer: string;
      readonly withinMs: number;
    } & PlannedMessage);

/** Something that is done to a PLC alone. */
export type PlcAction =
  /** A start with what it retained, or without. */
  | { readonly do: 'restart-as'; readonly part: string; readonly how: 'warm' | 'cold' }
  /** Its supply is gone for so long. */
  | { readonly do: 'dip'; readonly part: string; readonly forMs: number }
  /** Forces a register; without a value it is let go. */
  | { readonly do: 'input'; readonly part: string; readonly name: string; readonly value?: number }
  /** The cable of an Ethernet port, counted from 1. */
  | { readonly do: 'unplug' | 'plug'; readonly part: string; readonly port: number }
  /** A unit of its rack, by its address, with the power on. */
  | { readonly do: 'remove' | 'insert'; readonly part: string; readonly unit: number }
  /** A line of its field bus. */
  | { readonly do: 'break-bus' | 'mend-bus'; readonly part: string; readonly line: BusLine };

/** The two lines of a redundant field bus. */
export type BusLine = 'A' | 'B';

/** A message that the timeline lets a device publish. */
export interface PlannedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** What happens at one moment. */
export type PlannedAction = LinkAction | PartAction | PlcAction | { readonly do: 'phase'; readonly phase: string };
