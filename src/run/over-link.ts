// What a link changes in a conformance run: who waits how long, what is written down of it, and what each connection gets.
import type { Bench } from '../bench/bench.ts';
import { readLinkProfile } from '../scenario/link-file.ts';
import { linksOf } from '../bench/linked-connection.ts';
import { plainBounds, type DriveOptions } from '../conformance/drive-checks.ts';
import { patienceFor } from '../conformance/link-patience.ts';
import { FieldbenchError } from '../error.ts';
import type { LinkProfile } from '../faults/link-profile.ts';
import type { RunLink } from '../history/event.ts';
import type { RuleParameters } from '../judge/rule.ts';

/** A link for a whole run, and the word that names it on the command line. */
export interface NamedLink {
  readonly word: string;
  readonly profile: LinkProfile;
}

/**
 * The link that a user names.
 * @throws FieldbenchError `FB_LINK_UNKNOWN`, `FB_LINK_FILE`; FileErrors for what is wrong in its file
 */
export async function readRunLink(word: string): Promise<NamedLink> {
  return { word, profile: await readLinkProfile(word) };
}

/** A run as its link wants it, or as it is without one. */
export interface LinkDriven {
  /** Tolerances of the rules. */
  readonly judged: RuleParameters;
  /** For the journal. */
  readonly link?: RunLink;
  /** How the checks are driven. */
  driving(bench: Bench): Pick<DriveOptions, 'parameters' | 'pace' | 'linkBefore' | 'checkTimeoutMs' | 'timeLimitMs'>;
}

/** @throws FieldbenchError `FB_LINK_CAPABILITY` when the link carries no connections */
export function linkDriven(link: NamedLink | undefined, base: RuleParameters): LinkDriven {
  if (link === undefined) return { judged: base, driving: () => ({ parameters: base }) };
  const { word, profile } = link;
  if (profile.carries === 'messages') throw carriesNoStreams(profile);
  const { played, judged, waits, pace, slackMs, words } = patienceFor(profile, base);
  return {
    judged,
    link: { word, title: profile.title, patience: words },
    driving: (bench) => ({
      parameters: waits,
      pace,
      linkBefore: linksOf(played, bench.context),
      checkTimeoutMs: plainBounds.checkTimeoutMs + slackMs,
      timeLimitMs: plainBounds.timeLimitMs + slackMs,
    }),
  };
}

function carriesNoStreams({ name, title, caution }: LinkProfile): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_LINK_CAPABILITY',
    message: `link "${name}" (${title}) carries messages, and MQTT 3.1.1 needs a connection`,
    expected: 'a link that carries streams',
    actual: caution ?? 'a store-and-forward service for datagrams, over which no TCP connection can be had',
    hint: 'fieldbench list links shows what each of them carries',
  });
}
