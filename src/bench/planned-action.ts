// What a plan lets happen to a part.
import type { LinkProfile } from '../faults/link-profile.ts';
import type { PacketFault } from '../faults/packet-fault.ts';

/** What can be done to the life of a part; the same words for brokers, devices, gateways and PLCs. */
export const lifeWords = ['start', 'stop', 'kill', 'pause', 'resume', 'restart'] as const;

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
  | { readonly do: (typeof lifeWords)[number]; readonly part: string }
  /** Without a value the sensor measures again. */
  | { readonly do: 'stimulate'; readonly part: string; readonly value?: number }
  | { readonly do: 'alarm'; readonly part: string; readonly on: boolean }
  | { readonly do: 'input'; readonly part: string; readonly name: string; readonly value: number }
  | { readonly do: 'clock'; readonly part: string; readonly stepMs: number }
  | ({ readonly do: 'publish'; readonly part: string } & PlannedMessage)
  /** Publishes, and waits for a message on `answer`. */
  | ({
      readonly do: 'request';
      readonly part: string;
      readonly answer: string;
      readonly withinMs: number;
    } & PlannedMessage);

/** A message that the timeline lets a device publish. */
export interface PlannedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

/** What happens at one moment. */
export type PlannedAction = LinkAction | PartAction | { readonly do: 'phase'; readonly phase: string };
