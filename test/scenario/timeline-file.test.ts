// Timelines come from files, with the profiles that they name; what is wrong in either is told with its place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pointAt } from '../../src/faults/link-timeline.ts';
import { planOf } from '../../src/scenario/plan-of.ts';
import { readLinkProfiles } from '../../src/scenario/scenario-links.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { readLinkTimelines, readTimeline } from '../../src/scenario/timeline-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'fieldbench-timeline-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a timeline brings the profiles along that it names', async () => {
  written('mast.yaml', 'title: the mast\nrtt: 180ms\n');
  const path = written('day.csv', 'tS,state,profile\n0,up,./mast.yaml\n10,drop,\n20,up,bgan\n');
  const { timeline, profiles } = await readTimeline(path);
  expect(pointAt(timeline, 12_000).state).toBe('drop');
  expect(profiles['./mast.yaml']?.up.delayMs).toBe(90);
  expect(profiles['bgan']?.up.delayMs).toBe(550);
});

test('what is wrong in it, or in what it names, has its place', async () => {
  const bad = written('bad.csv', 'tS,state\n0,sideways\n');
  await expect(readTimeline(bad)).rejects.toMatchObject({ errors: [{ code: 'FB_TIMELINE', at: { line: 2 } }] });
  const unknown = written('unknown.csv', 'tS,profile\n0,bgann\n');
  await expect(readTimeline(unknown)).rejects.toMatchObject({ errors: [{ code: 'FB_LINK_UNKNOWN', at: { line: 2 } }] });
  await expect(readTimeline(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'FB_TIMELINE' });
});

const scenario = (timeline: string): string => `
name: a-day
question: Does it last?
brokers: { hub: { target: embedded } }
links: { uplink: { profile: 4g, timeline: ${timeline} } }
devices: { display: { kind: subscriber, broker: hub, link: uplink, filters: { 'a/#': 1 } } }
duration: 1s
`;

test('a link of a scenario plays one', async () => {
  written('short.csv', 'tS,rttMs\n0,200\n5,900\n');
  const file = await readScenario(written('day.yaml', scenario('./short.csv')));
  const [link] = planOf(file, {}, await readLinkProfiles(file), new Map(), await readLinkTimelines(file)).links;
  expect(link?.timeline && pointAt(link.timeline.timeline, 6000).delayMs).toBe(450);
});

test('a scenario says where it names one that is not there', async () => {
  const file = await readScenario(written('gone.yaml', scenario('./gone.csv')));
  await expect(readLinkTimelines(file)).rejects.toMatchObject({ errors: [{ code: 'FB_TIMELINE', at: { line: 5 } }] });
});
