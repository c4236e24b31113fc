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
import { outOfTurnChecks } from './checks/out-of-turn.ts';
import { publishChecks } from './checks/publish.ts';
import { restartChecks } from './checks/restart.ts';
import { retainedChecks } from './checks/retained.ts';
import { securityAclChecks } from './checks/security-acl.ts';
import { securityLoginChecks } from './checks/security-login.ts';
import { securityRefusedSessionChecks } from './checks/security-refused-session.ts';
import { securityRefusedChecks } from './checks/security-refused.ts';
import { securityTlsChecks } from './checks/security-tls.ts';
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
  ...outOfTurnChecks,
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
  ...securityLoginChecks,
  ...securityRefusedChecks,
  ...securityRefusedSessionChecks,
  ...securityTlsChecks,
  ...securityAclChecks,
];
