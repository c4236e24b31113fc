// What can apply a link, in one list.
import { didYouMean, FieldbenchError } from '../../error.ts';
import { startEmbeddedLink } from './embedded.ts';
import type { LinkBackend } from './link-options.ts';
import { startToxiproxyLink } from './toxiproxy.ts';

/** A new backend is one file and one line. */
export const linkBackends: readonly LinkBackend[] = [
  {
    backend: 'embedded',
    capabilities: ['packet-faults', 'release-after-cut', 'seeded-jitter', 'endings', 'segments'],
    start: startEmbeddedLink,
  },
  { backend: 'toxiproxy', capabilities: [], start: startToxiproxyLink },
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
