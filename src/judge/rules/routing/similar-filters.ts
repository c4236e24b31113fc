// Tells filters that a careless server could take for each other, for the statement that it must compare them exactly.
import { filterMatches } from '../../../wire/topic.ts';

/** What a careless comparison would compare: no case, no empty level at either end. */
function plain(filter: string): string {
  return filter.toLowerCase().replace(/^\/|\/$/g, '');
}

/** Whether an UNSUBSCRIBE of one, compared carelessly, would delete the other too (MQTT-3.10.4-1). */
export function isSimilar(one: string, other: string): boolean {
  if (one === other) return false;
  return plain(one) === plain(other) || filterMatches(one, other) || filterMatches(other, one);
}
