// The kinds of broker that can be started, and the words that name them.
import { didYouMean, FieldbenchError } from '../../error.ts';
import type { BrokerDriver } from '../part.ts';
import { aedes } from './aedes.ts';
import { mosquittoContainer } from './mosquitto-container.ts';
import { mosquittoProcess } from './mosquitto.ts';
import { remoteBroker } from './remote.ts';

/** Word on the command line or in a scenario -> how that target is started. A new kind is one file and one line. */
export const brokerTargets: Readonly<Record<string, BrokerDriver>> = {
  embedded: aedes,
  aedes,
  mosquitto: mosquittoProcess,
  'process:mosquitto': mosquittoProcess,
  'container:mosquitto': mosquittoContainer(),
};

/**
 * The driver that a target word or URL names.
 * @throws FieldbenchError `FB_TARGET_UNKNOWN`, `FB_TARGET_URL`
 */
export function brokerTarget(word: string): BrokerDriver {
  if (word.includes('://')) return remoteBroker(word);
  const driver = Object.hasOwn(brokerTargets, word) ? brokerTargets[word] : undefined;
  if (driver) return driver;
  throw unknownTarget(word);
}

function unknownTarget(word: string): FieldbenchError {
  const known = Object.keys(brokerTargets);
  return new FieldbenchError({
    code: 'FB_TARGET_UNKNOWN',
    message: `there is no target "${word}"`,
    expected: `${known.join(', ')}, mqtt://HOST:PORT or ws://HOST:PORT/PATH`,
    hint: didYouMean(word, known),
  });
}
