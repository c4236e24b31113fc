// A timeline that a link can play: the changes, and the profiles that they name.
import type { LinkProfile } from './link-profile.ts';
import type { LinkTimeline } from './link-timeline.ts';

/** A timeline with the profiles that it names. */
export interface PlayedTimeline {
  readonly timeline: LinkTimeline;
  /** By the word with which the timeline names each. */
  readonly profiles: Readonly<Record<string, LinkProfile>>;
}
