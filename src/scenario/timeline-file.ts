// Reads what a link does over time from a file, and the profiles that the file names.
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { FieldbenchError, placedAt } from '../error.ts';
import type { LinkProfile } from '../faults/link-profile.ts';
import { parseTimeline, TimelineErrors, type LinkTimeline } from '../faults/link-timeline.ts';
import type { PlayedTimeline } from '../faults/played-timeline.ts';
import { readLinkProfile } from './link-file.ts';
import type { ScenarioFile } from './read-scenario.ts';
import { FileErrors } from '../bench/files/file-errors.ts';

/**
 * Reads a timeline; a path in it counts from its own folder.
 * @param beside the file that names it, where there is one
 * @throws FieldbenchError `FB_TIMELINE` when it cannot be read; FileErrors with everything that is wrong in it
 */
export async function readTimeline(path: string, beside?: string): Promise<PlayedTimeline> {
  const file = beside === undefined || isAbsolute(path) ? path : resolve(dirname(beside), path);
  const timeline = parsed(await textOf(file), file);
  const profiles: Record<string, LinkProfile> = {};
  const errors: FieldbenchError[] = [];
  for (const [word, at] of timeline.profiles) {
    try {
      profiles[word] = await readLinkProfile(word, file);
    } catch (error) {
      if (error instanceof FileErrors) errors.push(...error.errors);
      else if (error instanceof FieldbenchError) errors.push(placedAt(error, at));
      else throw error;
    }
  }
  if (errors.length > 0) throw new FileErrors(file, errors);
  return { timeline, profiles };
}

/** Timelines by the names of the links of a scenario. */
export type LinkTimelines = ReadonlyMap<string, PlayedTimeline>;

/**
 * Reads every timeline that a scenario names; a path counts from the scenario's own folder.
 * @throws FileErrors with everything that is wrong in any of them
 */
export async function readLinkTimelines(file: ScenarioFile): Promise<LinkTimelines> {
  const read = new Map<string, PlayedTimeline>();
  const errors: FieldbenchError[] = [];
  for (const [name, { timeline }] of Object.entries(file.scenario.links)) {
    if (timeline === undefined) continue;
    try {
      read.set(name, await readTimeline(timeline, file.file));
    } catch (error) {
      if (error instanceof FileErrors) errors.push(...error.errors);
      else if (error instanceof FieldbenchError) errors.push(placedAt(error, file.place(['links', name, 'timeline'])));
      else throw error;
    }
  }
  if (errors.length > 0) throw new FileErrors(file.file, errors);
  return read;
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FieldbenchError({
      code: 'FB_TIMELINE',
      message: `cannot read the timeline ${file}`,
      actual: cause instanceof Error ? cause.message : String(cause),
      hint: 'docs/links.md shows what such a file holds',
      cause,
    });
  });
}

function parsed(text: string, file: string): LinkTimeline {
  try {
    return parseTimeline(text, file);
  } catch (error) {
    throw error instanceof TimelineErrors ? new FileErrors(file, error.errors) : error;
  }
}
