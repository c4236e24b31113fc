// Says behind which faults the two parties can no longer be judged by what each of them saw.
import { streamAfter } from './fault-words.ts';
import type { PacketAction, PacketRewrite } from './packet-fault.ts';

/** Fields that the two parties' books rest on: with another value each keeps its own, and answers what was never sent. */
const agreed = [
  'type',
  'flags',
  'packetId',
  'qos',
  'sessionPresent',
  'cleanSession',
] as const satisfies readonly (keyof PacketRewrite)[];

/**
 * Whether the connection is tainted from here on. Each party is judged at its own end of the link, by what reached it
 * there: a packet that was lost, late, sent twice, or has another topic or payload blames nobody. What is damaged does,
 * and so does a field by which both keep their books.
 */
export function taintsConnection(action: PacketAction): boolean {
  if (streamAfter(action.do) === 'damaged') return true;
  const set = action.do === 'rewrite' || action.do === 'duplicate' ? action.set : undefined;
  return set !== undefined && agreed.some((field) => set[field] !== undefined);
}
