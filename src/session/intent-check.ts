// Refuses what no conforming client could say, before it changes any state: the core never sends a forbidden packet.
import { FieldbenchError } from '../error.ts';
import type { SessionIntent } from './session-input.ts';
import { filterFault, topicFault } from './topic-check.ts';

/** What always fits behind the longest topic and a packet id: a packet's body has at most 268,435,455 bytes. */
const LARGEST_PAYLOAD_B = 0xfffffff - 0xffff - 4;

/** @throws FieldbenchError `FB_SESSION_INTENT`. */
export function checkIntent(intent: SessionIntent): void {
  if (intent.kind === 'publish') {
    const fault = topicFault(intent.message.topic);
    if (fault) throw intentError(`topic ${JSON.stringify(intent.message.topic)}`, fault);
    const { length } = intent.message.payload;
    if (length > LARGEST_PAYLOAD_B) throw intentError('payload', `${length} bytes`);
  } else if (intent.kind === 'subscribe') {
    checkFilters(intent.subscriptions.map(({ filter }) => filter)); // MQTT-3.8.3-1, MQTT-3.8.3-3
  } else if (intent.kind === 'unsubscribe') {
    checkFilters(intent.filters); // MQTT-3.10.3-1, MQTT-3.10.3-2
  }
}

function checkFilters(filters: readonly string[]): void {
  if (filters.length === 0) throw intentError('list of topic filters', 'empty');
  for (const filter of filters) {
    const fault = filterFault(filter);
    if (fault) throw intentError(`topic filter ${JSON.stringify(filter)}`, fault);
  }
}

function intentError(what: string, actual: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_SESSION_INTENT',
    message: `no client may use this ${what}`,
    actual,
    hint: 'a topic has at least one character and no wildcard; # ends a filter, + fills a whole level',
  });
}
