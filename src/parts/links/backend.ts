// What can apply a link, in one list.
import { didYouMean, FieldbenchError } from '../../error.ts';
import { checkEmbeddedLink, startEmbeddedLink } from './embedded.ts';
import type { LinkBackend } from './link-options.ts';
import { checkToxiproxyLink, startToxiproxyLink } from './toxiproxy.ts';

/** A new backend is one file and one line. */
export const linkBackends: readonly LinkBackend[] = [
  {
    backend: 'embedded',
    capabilities: [
      'packet-faults',
      'release-after-cut',
      'seeded-jitter',
      'jitter-distribution',
      'endings',
      'segments',
      'rate',
      'queue',
      'framing',
      'loss',
      'outages',
      'nat',
      'idle-wake',
      'half-duplex',
      'shared-capacity',
      'failover',
      'connect-delay',
      'timeline',
      'vanish',
    ],
    check: checkEmbeddedLink,
    start: startEmbeddedLink,
  },
  { backend: 'toxiproxy', capabilities: ['rate'], check: checkToxiproxyLink, start: startToxiproxyLink },
];

/**
 * The backend of that name.
 * @throws FieldbenchError `FB_LINK_BACKEND`
 */
export function linkBackend(name: string): LinkBackend {
  const found = linkBackends.find((it) => it.backend === name);
  if (found) return found;
  const known = linkBackends.map((it) => it.backend);
  throw new FieldbenchError({
    code: 'FB_LINK_BACKEND',
    message: `there is no link backend "${name}"`,
    expected: known.join(' or '),
    hint: didYouMean(name, known),
  });
}
