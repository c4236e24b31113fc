// Names the suite that judges: verdicts of two runs can be held beside each other only where the same things judged.
import { createHash } from 'node:crypto';
import { rules } from '../judge/rules.ts';
import { checks } from './checks.ts';

/** Version of the standard, and a fingerprint of the ids of all checks and rules, e.g. `3.1.1-4f0c2a91`. */
export function suiteVersion(): string {
  const ids = [...checks, ...rules].map((it) => it.id).toSorted();
  return `3.1.1-${createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 8)}`;
}
