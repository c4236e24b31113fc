// Loss in spells: a link that is good for a while and bad for a while, whatever is sent over it.
import { draw, type DrawName } from './draw.ts';
import { positiveMs } from './figure-checks.ts';
import type { Loss } from './link-profile.ts';
import { exponentialMs, Spells } from './spells.ts';

/** Which direction of which link. */
export type LinkDirection = Pick<DrawName, 'seed' | 'link' | 'direction'>;

/** The spells of one direction of a link, which all of its connections share. */
export interface GilbertElliott {
  /** Whether this moment lies in a bad spell. Any moment may be asked for, in any order; see {@link Spells} for the cost. */
  isBadAt(tMs: number): boolean;
}

/**
 * Two states in continuous time (Gilbert 1960, Elliott 1963), each held for an exponentially distributed time with the
 * mean given. It begins in its stationary distribution: bad with the probability `meanBadS / (meanGoodS + meanBadS)`,
 * so a short run meets as much bad time on average as a long one. How long a spell lasts depends on its number only.
 *
 * @throws FieldbenchError `FB_LINK_FIGURES` when a mean is no time above 0
 */
export function gilbertElliott(
  loss: Pick<Extract<Loss, { model: 'gilbert-elliott' }>, 'meanGoodS' | 'meanBadS'>,
  name: LinkDirection,
): GilbertElliott {
  const meanGoodMs = positiveMs('meanGoodS', loss.meanGoodS);
  const meanBadMs = positiveMs('meanBadS', loss.meanBadS);
  const drawn = (n: number): number => draw({ ...name, connection: 0, purpose: 'loss-state', n });
  // Draw 0 is for the state at the beginning, draw n + 1 for the length of spell n.
  const beginsBad = drawn(0) < meanBadMs / (meanGoodMs + meanBadMs);
  const isBad = (n: number): boolean => (n % 2 === 0) === beginsBad;
  const spells = new Spells((n) => exponentialMs(isBad(n) ? meanBadMs : meanGoodMs, drawn(n + 1)));
  return { isBadAt: (tMs) => isBad(spells.at(tMs).n) };
}
