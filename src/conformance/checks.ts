// The list of all checks, chapter by chapter: a new one is a line in its chapter's file.
import type { Check } from './check.ts';
import { aclChecks } from './checks/acl.ts';
import { cleanSessionChecks } from './checks/clean-session.ts';
import { clientIdChecks } from './checks/client-ids.ts';
import { connectConductChecks } from './checks/connect-conduct.ts';
import { connectFieldChecks } from './checks/connect-fields.ts';
import { connectChecks } from './checks/connect.ts';
import { enduranceChecks } from './checks/endurance.ts';
import { exchangeChecks } from './checks/exchange.ts';
import { fixedHeaderChecks } from './checks/fixed-header.ts';
import { dollarTopicChecks } from './checks/dollar-topics.ts';
import { filterChecks } from './checks/filters.ts';
import { keepAliveChecks } from './checks/keep-alive.ts';
import { largePayloadChecks } from './checks/large-payload.ts';
import { manyFilterChecks } from './checks/many-filters.ts';
import { publishChecks } from './checks/publish.ts';
import { restartChecks } from './checks/restart.ts';
import { retainedChecks } from './checks/retained.ts';
import { sessionChecks } from './checks/session.ts';
import { subscribeChecks } from './checks/subscribe.ts';
import { topicWildcardChecks } from './checks/topic-wildcards.ts';
import { topicChecks } from './checks/topics.ts';
import { violationChecks } from './checks/violation.ts';
import { webSocketChecks } from './checks/websocket.ts';
import { willEndedByServerChecks } from './checks/will-ended-by-server.ts';
import { willChecks } from './checks/will.ts';

/** Every check of MQTT 3.1.1 for the server role. */
export const checks: readonly Check[] = [
  ...connectChecks,
  ...willEndedByServerChecks,
  ...connectConductChecks,
  ...connectFieldChecks,
  ...clientIdChecks,
  ...cleanSessionChecks,
  ...publishChecks,
  ...retainedChecks,
  ...willChecks,
  ...topicChecks,
  ...topicWildcardChecks,
  ...dollarTopicChecks,
  ...subscribeChecks,
  ...filterChecks,
  ...sessionChecks,
  ...keepAliveChecks,
  ...violationChecks,
  ...fixedHeaderChecks,
  ...manyFilterChecks,
  ...exchangeChecks,
  ...enduranceChecks,
  ...largePayloadChecks,
  ...restartChecks,
  ...webSocketChecks,
  ...aclChecks,
];

/**
 * The checks that a selection names: by id, by statement (with or without `MQTT-`), by section or chapter (`3.3` takes
 * 3.3.1 too), or by glob (`will/*`, `MQTT-3.3.1-*`).
 * Several words, separated by commas, add up. What is {@link Check.optIn} is named by its whole id, and not by default.
 */
export function selectChecks(selection = '*'): readonly Check[] {
  const words = selection.split(',').map((word) => word.trim());
  const patterns = words.map((word) => patternOf(word));
  return checks.filter((check) =>
    check.optIn === undefined
      ? patterns.some((pattern) => namesOf(check).some((name) => pattern.test(name)))
      : words.includes(check.id),
  );
}

function namesOf(check: Check): readonly string[] {
  const levels = check.section.split('.');
  return [
    check.id,
    ...levels.map((_, at) => levels.slice(0, at + 1).join('.')),
    ...check.statements.flatMap((id) => [id, id.replace('MQTT-', '')]),
  ];
}

function patternOf(word: string): RegExp {
  const escaped = word
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 'i');
}
