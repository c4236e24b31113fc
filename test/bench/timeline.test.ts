// Steps of a timeline on a clock that the test moves: which happen, when, and what is said of those that do not.
import { expect, test } from 'vitest';
import { Conditions } from '../../src/bench/condition.ts';
import type { PlannedAction } from '../../src/bench/planned-action.ts';
import type { PlannedCondition, PlannedStep } from '../../src/bench/planned-step.ts';
import { playTimeline } from '../../src/bench/timeline.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { manualClock } from '../parts/links/manual-clock.ts';

const start = (part: string): PlannedAction => ({ do: 'start', part });
const down: PlannedCondition = { kind: 'part', part: 'hub', is: 'down' };

/** Lets everything happen that waits for no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

/** Steps being played; each act is noted with the moment at which it began. */
function playing(
  steps: readonly Omit<PlannedStep, 'line'>[],
  act: (action: PlannedAction) => Promise<string | undefined> = async () => undefined,
) {
  const clock = manualClock();
  const history = memoryHistory(() => clock.nowMs());
  const aborting = new AbortController();
  const conditions = new Conditions(history, clock);
  const acts: string[] = [];
  const over = playTimeline(
    steps.map((it, line) => ({ ...it, line })),
    1000,
    {
      context: { clock, history, signal: aborting.signal },
      conditions,
      act: async (action) => {
        acts.push(`${clock.nowMs()} ${action.do} ${'part' in action ? action.part : ''}`);
        return act(action);
      },
      inWords: (action) => ('part' in action ? `${action.do} ${action.part}` : action.do),
    },
  );
  over.catch(() => {}); // looked at later
  /** In steps, so that what follows from each is under way before the next. */
  const advance = async (durationMs: number): Promise<void> => {
    await settle();
    for (let passedMs = 0; passedMs < durationMs; passedMs += 50) {
      clock.advance(50);
      await settle();
    }
  };
  const leftOut = (): readonly string[] =>
    history.events.flatMap((it) =>
      it.kind === 'mark' && it.name === 'not-done' ? [`${it.data?.['step']}: ${it.data?.['why']}`] : [],
    );
  return { clock, history, acts, over, advance, leftOut, abort: (reason: Error) => aborting.abort(reason) };
}

test('each at its moment, in the order of the file where moments are the same', async () => {
  const { acts, advance, over } = playing([
    { atMs: 200, action: start('b') },
    { atMs: 100, action: start('a') },
    { atMs: 200, action: start('c') },
    { atMs: 1000, action: start('last') },
  ]);
  await advance(1050);
  await over;
  expect(acts).toEqual(['100 start a', '200 start b', '200 start c', '1000 start last']);
});

test('one that takes long holds up no other, and the timeline ends behind it', async () => {
  const slow = Promise.withResolvers<undefined>();
  const { acts, advance, over } = playing(
    [
      { atMs: 100, action: start('slow') },
      { atMs: 200, action: start('b') },
    ],
    (action) => ('part' in action && action.part === 'slow' ? slow.promise : Promise.resolve(undefined)),
  );
  await advance(1000);
  expect(acts).toEqual(['100 start slow', '200 start b']);
  let isOver = false;
  void over.then(() => (isOver = true));
  await advance(50);
  expect(isOver).toBe(false);
  slow.resolve(undefined);
  await over;
});

test('what waits comes when its condition does, and what counts from it later', async () => {
  const { history, acts, advance, over, leftOut } = playing([
    { atMs: 100, when: { condition: down, withinMs: 500 }, action: start('a'), makes: 'gone' },
    { atMs: 150, since: 'gone', action: start('b') },
  ]);
  await advance(300);
  history.record({ kind: 'part', part: 'hub', role: 'broker', state: 'killed' });
  await advance(700);
  await over;
  expect(acts).toEqual(['300 start a', '450 start b']);
  expect(leftOut()).toEqual([]);
});

test('what holds already when it is looked for comes at once', async () => {
  const { history, acts, advance, over } = playing([
    { atMs: 200, when: { condition: down, withinMs: 500 }, action: start('a') },
  ]);
  history.record({ kind: 'part', part: 'hub', role: 'broker', state: 'killed' });
  await advance(1000);
  await over;
  expect(acts).toEqual(['200 start a']);
});

test('what does not come in time is not done, nor what counts from it, and both are said', async () => {
  const { acts, advance, over, leftOut } = playing([
    { atMs: 100, when: { condition: down, withinMs: 500 }, action: start('a'), makes: 'gone' },
    { atMs: 150, since: 'gone', action: start('b') },
    { atMs: 0, when: { condition: down, withinMs: 5000 }, action: start('c') },
  ]);
  await advance(1000);
  await over;
  expect(acts).toEqual([]);
  expect(leftOut()).toEqual([
    'start a: not so within 0.5 s',
    'start b: what it counts from never came',
    'start c: the timeline was over before',
  ]);
});

test('what was begun is undone at the end at the latest', async () => {
  const { history, acts, advance, over, leftOut } = playing([
    { atMs: 0, when: { condition: down, withinMs: 5000 }, action: { do: 'pause', part: 'a' }, makes: 'step 1' },
    { atMs: 400, since: 'step 1', isUndoing: true, action: { do: 'resume', part: 'a' } },
    { atMs: 400, since: 'step 1', action: start('b') },
  ]);
  await advance(800);
  history.record({ kind: 'part', part: 'hub', role: 'broker', state: 'killed' });
  await advance(200);
  await over;
  expect(acts).toEqual(['800 pause a', '1000 resume a']);
  expect(leftOut()).toEqual(['start b: the timeline was over before']);
});

test('what a part cannot do just now is said', async () => {
  const { advance, over, leftOut } = playing([{ atMs: 100, action: start('a') }], () => Promise.resolve('a is paused'));
  await advance(1000);
  await over;
  expect(leftOut()).toEqual(['start a: a is paused']);
});

test('a step that fails ends the timeline at once', async () => {
  const { acts, advance, over } = playing(
    [
      { atMs: 100, action: start('a') },
      { atMs: 200, action: start('b') },
    ],
    () => Promise.reject(new Error('broken')),
  );
  await advance(300);
  await expect(over).rejects.toThrow('broken');
  expect(acts).toEqual(['100 start a']);
});

test('a run that is interrupted ends it too, and no step is said to have been missed', async () => {
  const { advance, over, abort, leftOut } = playing([
    { atMs: 0, when: { condition: down, withinMs: 5000 }, action: start('a') },
    { atMs: 500, action: start('b') },
  ]);
  await advance(100);
  abort(new Error('enough'));
  await expect(over).rejects.toThrow('enough');
  expect(leftOut()).toEqual([]);
});
