// The target of a broker of a plan, named by a word or written out.
import type { PlannedBroker } from './plan.ts';
import { targetOf, targetWritten, type Target } from './target/target.ts';

/**
 * What a plan names as the target of a broker.
 * @throws FieldbenchError those of {@link targetOf}
 */
export function targetOfBroker({ name, target, file }: PlannedBroker): Target {
  return typeof target === 'string' ? targetOf(target, file) : targetWritten(name, target, file);
}
