// The kinds of broker that can be started, and the words that name them.
import { didYouMean, FieldbenchError } from '../../error.ts';
import type { BrokerDriver } from '../part.ts';
import { aedes } from './aedes.ts';

/** Word on the command line or in a scenario -> how that target is started. A new kind is one file and one line. */
export const brokerTargets: Readonly<Record<string, BrokerDriver>> = {
  embedded: aedes,
  aedes,
};

/**
 * The driver that a target word names.
 * @throws FieldbenchError `FB_TARGET_UNKNOWN`
 */
export function brokerTarget(word: string): BrokerDriver {
  const driver = Object.hasOwn(brokerTargets, word) ? brokerTargets[word] : undefined;
  if (driver) return driver;
  throw unknownTarget(word);
}

function unknownTarget(word: string): FieldbenchError {
  const known = Object.keys(brokerTargets);
  return new FieldbenchError({
    code: 'FB_TARGET_UNKNOWN',
    message: `there is no target "${word}"`,
    expected: `${known.join(', ')} or mqtt://HOST:PORT`,
    hint: didYouMean(word, known),
  });
}
