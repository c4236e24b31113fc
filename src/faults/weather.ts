// What outages make of a link from moment to moment: stretches of time in which nothing changes.
import type { OutageMode } from './link-profile.ts';

/** A stretch of time in which the link stays as it is. */
export interface Weather {
  readonly fromMs: number;
  /** Infinity when nothing changes any more. */
  readonly untilMs: number;
  readonly state: 'up' | OutageMode;
  /** What is left of the rate, 0 to 1. */
  readonly rateShare: number;
  readonly extraDelayMs: number;
  /** Further loss, each segment for itself. */
  readonly extraLossPct: number;
  /** What it is due to, in words; empty in fair weather. */
  readonly cause: string;
}
