// The bench's own lateness is measured, not assumed: a blocked event loop shows in the figures.
import { expect, test } from 'vitest';
import { sampleLoopLag } from '../../src/bench/loop-lag.ts';
import { memoryHistory } from '../../src/history/memory-history.ts';
import { machineClock, pause } from '../../src/net/clock.ts';

test('a loop that was blocked for 100 ms was late by about as much', async () => {
  const clock = machineClock();
  const history = memoryHistory();
  const lag = sampleLoopLag();
  await pause(clock, 50);
  const endMs = clock.nowMs() + 100;
  while (clock.nowMs() < endMs);
  await pause(clock, 50);
  lag.noteIn(history);
  const [mark] = history.events;
  expect(mark).toMatchObject({ kind: 'mark', name: 'event-loop-lag' });
  expect(mark?.kind === 'mark' && mark.data?.['maxMs']).toBeGreaterThan(80);
});
