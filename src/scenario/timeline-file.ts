// Reads what a link does over time from a file, and the profiles that the file names.
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { FieldbenchError } from '../error.ts';
import { parseTimeline, TimelineErrors, type LinkTimeline } from '../faults/link-timeline.ts';
import type { PlayedTimeline } from '../faults/played-timeline.ts';
import { readLinkProfile } from './link-file.ts';
import type { ScenarioFile } from './read-scenario.ts';
import { FileErrors } from '../bench/files/file-errors.ts';
import { readAllNamed } from '../bench/files/named-files.ts';

/**
 * Reads a timeline; a path in it counts from its own folder.
 * @param beside the file that names it, where there is one
 * @throws FieldbenchError `FB_TIMELINE` when it cannot be read; FileErrors with everything that is wrong in it
 */
export async function readTimeline(path: string, beside?: string): Promise<PlayedTimeline> {
  const file = beside === undefined || isAbsolute(path) ? path : resolve(dirname(beside), path);
  const timeline = parsed(await textOf(file), file);
  const named = [...timeline.profiles].map(([key, at]) => ({ key, at, read: () => readLinkProfile(key, file) }));
  return { timeline, profiles: Object.fromEntries(await readAllNamed(file, named)) };
}

/** Timelines by the names of the links of a scenario. */
export type LinkTimelines = ReadonlyMap<string, PlayedTimeline>;

/**
 * Reads every timeline that a scenario names; a path counts from the scenario's own folder.
 * @throws FileErrors with everything that is wrong in any of them
 */
export async function readLinkTimelines(file: ScenarioFile): Promise<LinkTimelines> {
  const named = Object.entries(file.scenario.links).flatMap(([key, { timeline }]) => {
    if (timeline === undefined) return [];
    const at = file.place(['links', key, 'timeline']);
    return [{ key, at, read: () => readTimeline(timeline, file.file) }];
  });
  return readAllNamed(file.file, named);
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
