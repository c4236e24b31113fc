// Which checks a selection names: by id, statement, section, chapter or glob.
import { didYouMean, FieldbenchError } from '../error.ts';
import { namePattern } from '../judge/name-pattern.ts';
import type { Check } from './check.ts';
import { checks } from './checks.ts';

/**
 * The checks that a selection names: by id, by statement (with or without `MQTT-`), by section or chapter (`3.3` takes
 * 3.3.1 too, `4` takes every section of chapter 4), or by glob (`will/*`, `MQTT-3.3.1-*`).
 * Several words, separated by commas, add up. What is {@link Check.optIn} is named by its whole id, and not by default.
 *
 * @throws FieldbenchError `FB_USAGE` when a word names no check: half of a selection is not what was asked for
 */
export function selectChecks(selection = '*'): readonly Check[] {
  const words = selection
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) throw unknownSelection(selection, 'fieldbench list checks shows them');
  const named = words.map((word) => ({ word, checks: checksNamed(word) }));
  const nothing = named.find((it) => it.checks.length === 0);
  if (nothing !== undefined) throw unknownSelection(nothing.word, hintFor(nothing.word));
  return checks.filter((check) => named.some((it) => it.checks.includes(check)));
}

function checksNamed(word: string): readonly Check[] {
  const pattern = namePattern(word);
  return checks.filter((check) =>
    check.optIn === undefined ? namesOf(check).some((name) => pattern.test(name)) : check.id === word,
  );
}

/** Everything that a check can be selected by. */
function namesOf(check: Check): readonly string[] {
  const levels = check.section.split('.');
  return [
    check.id,
    ...levels.map((_, at) => levels.slice(0, at + 1).join('.')),
    ...check.statements.flatMap((id) => [id, id.replace('MQTT-', '')]),
  ];
}

/** What may have been meant; a list of every name would bury it. */
function hintFor(word: string): string {
  const pattern = namePattern(word);
  const optIn = checks.find((check) => check.optIn !== undefined && namesOf(check).some((name) => pattern.test(name)));
  if (optIn !== undefined) return `${optIn.id} ${optIn.optIn}: it is named by its whole id only`;
  const names = new Set(checks.flatMap(namesOf));
  if (names.values().some((name) => name.startsWith(`${word}/`))) return `did you mean "${word}/*"?`;
  const hint = didYouMean(word, [...names]);
  return hint.startsWith('did') ? hint : 'fieldbench list checks and fieldbench list statements show what there is';
}

function unknownSelection(word: string, hint: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_USAGE',
    message: `no check fits the selection "${word}"`,
    expected: 'an id, a statement, a section, a chapter or a glob, several with commas',
    hint,
  });
}
