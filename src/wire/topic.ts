// Topic names and topic filters: when they are well formed, and which filter matches which name.
import type { StatementId } from '../spec/statement.ts';
import type { DeviationCode } from './deviation-codes.ts';

/** What is wrong with a topic, as deviation code and statement. */
export interface TopicFlaw {
  readonly code: DeviationCode;
  readonly statement: StatementId;
  readonly also?: readonly StatementId[];
  /** Index of the first offending character. */
  readonly at: number;
  readonly expected: string;
}

const WILDCARD = /[#+]/;

/**
 * The flaw of a topic name, or `undefined`. `inPublish` chooses the statement for wildcards: MQTT-3.3.2-2 is
 * about the PUBLISH packet, MQTT-4.7.1-1 about topic names anywhere, a will topic for one. U+0000 is told apart
 * by the text rules (MQTT-1.5.3-2, MQTT-4.7.3-2).
 */
export function topicNameFlaw(name: string, inPublish = true): TopicFlaw | undefined {
  if (name === '') return empty('topic name');
  const at = name.search(WILDCARD);
  if (at === -1) return undefined;
  const expected = 'a topic name without wildcards';
  return inPublish
    ? { code: 'wildcard-in-topic', statement: 'MQTT-3.3.2-2', also: ['MQTT-4.7.1-1'], at, expected }
    : { code: 'wildcard-in-topic', statement: 'MQTT-4.7.1-1', at, expected };
}

/** The first flaw of a topic filter, or `undefined`. */
export function topicFilterFlaw(filter: string): TopicFlaw | undefined {
  if (filter === '') return empty('topic filter');
  let at = 0;
  for (const level of filter.split('/')) {
    const last = at + level.length === filter.length;
    const hash = level.indexOf('#');
    if (hash !== -1 && (level !== '#' || !last)) {
      const expected = '# alone on the last level';
      return { code: 'multi-level-wildcard', statement: 'MQTT-4.7.1-2', at: at + hash, expected };
    }
    const plus = level.indexOf('+');
    if (plus !== -1 && level !== '+') {
      const expected = '+ alone on its level';
      return { code: 'single-level-wildcard', statement: 'MQTT-4.7.1-3', at: at + plus, expected };
    }
    at += level.length + 1;
  }
  return undefined;
}

function empty(what: string): TopicFlaw {
  return { code: 'empty-topic', statement: 'MQTT-4.7.3-1', at: 0, expected: `a ${what} of at least one character` };
}

/**
 * Whether a well-formed topic filter matches a topic name: character by character (MQTT-4.7.3-4), `+` one level
 * that may be empty (MQTT311-NN-29), `#` everything below and the level above (MQTT-4.7.1-2, MQTT311-NN-28), no
 * leading wildcard on names that begin with `$` (MQTT-4.7.2-1). Ill-formed filters and names are compared as text
 * where a wildcard is misplaced; whether they are well formed is for the flaw functions to say.
 */
export function filterMatches(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  if (topic.startsWith('$') && (filter.startsWith('#') || filter.startsWith('+'))) return false; // MQTT-4.7.2-1
  let f = 0;
  let t = 0;
  for (;;) {
    if (filter[f] === '#' && f === filter.length - 1) return true;
    const filterEnd = levelEnd(filter, f);
    const topicEnd = levelEnd(topic, t);
    const plus = filterEnd === f + 1 && filter[f] === '+';
    if (!plus && filter.slice(f, filterEnd) !== topic.slice(t, topicEnd)) return false;
    const filterDone = filterEnd === filter.length;
    const topicDone = topicEnd === topic.length;
    if (topicDone) return filterDone || filter.slice(filterEnd) === '/#'; // MQTT311-NN-28
    if (filterDone) return false;
    f = filterEnd + 1;
    t = topicEnd + 1;
  }
}

function levelEnd(text: string, from: number): number {
  const slash = text.indexOf('/', from);
  return slash === -1 ? text.length : slash;
}
