// The list of all mutants, chapter by chapter.
import type { Mutant } from './mutant.ts';
import { clientIdMutants } from './mutants/client-ids.ts';
import { connectFieldMutants } from './mutants/connect-fields.ts';
import { firstPacketMutants, refusalMutants, validationMutants } from './mutants/connect-order.ts';
import { connackMutants, connectMutants, textMutants, violationMutants } from './mutants/connect.ts';
import { exchangeMutants, interoperationMutants, stateMutants } from './mutants/exchange.ts';
import { reservedFlagMutants } from './mutants/flags.ts';
import { keepAliveMutants } from './mutants/keep-alive.ts';
import { deliveryMutants, flagMutants, packetMutants, qosMutants } from './mutants/publish.ts';
import { retainedMutants } from './mutants/retained.ts';
import { sessionMutants } from './mutants/session.ts';
import { subscribeMutants, unsubscribeMutants } from './mutants/subscribe.ts';
import {
  bomMutants,
  filterMutants,
  matchingMutants,
  severalFiltersMutants,
  topicNameMutants,
} from './mutants/topics.ts';
import { websocketMutants } from './mutants/websocket.ts';
import { willMutants } from './mutants/will.ts';

export const mutants: readonly Mutant[] = [
  ...textMutants,
  ...connectMutants,
  ...firstPacketMutants,
  ...connectFieldMutants,
  ...clientIdMutants,
  ...validationMutants,
  ...refusalMutants,
  ...connackMutants,
  ...willMutants,
  ...sessionMutants,
  ...keepAliveMutants,
  ...packetMutants,
  ...flagMutants,
  ...deliveryMutants,
  ...qosMutants,
  ...retainedMutants,
  ...subscribeMutants,
  ...unsubscribeMutants,
  ...violationMutants,
  ...bomMutants,
  ...topicNameMutants,
  ...filterMutants,
  ...matchingMutants,
  ...severalFiltersMutants,
  ...reservedFlagMutants,
  ...exchangeMutants,
  ...interoperationMutants,
  ...stateMutants,
  ...websocketMutants,
];

/** Mutants that are committed before their checks. */
export const mutantsAhead: readonly Mutant[] = [];
