// What a variant is: a good broker that does something the standard leaves open in another allowed way.
import type { PacketFault } from '../faults/packet-fault.ts';
import type { Segmentation } from '../faults/segmentation.ts';

/** Conduct that the standard allows, put before a real broker: no verdict may depend on it. */
export interface Variant {
  /** Stable name, `what-it-does`. */
  readonly id: string;
  /** What this broker does, in one sentence, and why it may. */
  readonly summary: string;
  readonly faults: readonly PacketFault[];
  readonly segments?: Segmentation;
}
