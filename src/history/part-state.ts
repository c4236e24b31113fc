// Which states mean that a part does not run any more: one list for rules, expectations, conditions and reports.
import type { PartChanged } from './event.ts';

const ended: ReadonlySet<string> = new Set<PartChanged['state']>(['stopped', 'killed', 'exited', 'failed']);

/** Whether a part in this state is gone, in whatever way. */
export function hasEnded(state: PartChanged['state']): boolean {
  return ended.has(state);
}
