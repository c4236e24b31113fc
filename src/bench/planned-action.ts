// What a plan lets happen to a part.
import type { LinkProfile } from '../faults/link-profile.ts';
import type { PacketFault } from '../faults/packet-fault.ts';

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
