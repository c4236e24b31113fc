// The world of one test: a part context whose history is an array and whose scratch folder goes away with the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventDraft } from '../../../src/history/event.ts';
import { machineClock } from '../../../src/net/clock.ts';
import type { PartContext } from '../../../src/parts/part.ts';

export interface TestWorld extends Disposable {
  readonly context: PartContext;
  readonly events: EventDraft[];
  /** What is owned and was not released. */
  readonly owned: Set<number | string>;
  /** States of one part, in order. */
  states(part: string): readonly string[];
  abort(reason: Error): void;
}

export function testWorld(labels: Readonly<Record<string, string>> = {}): TestWorld {
  const events: EventDraft[] = [];
  const owned = new Set<number | string>();
  const scratch = mkdtempSync(join(tmpdir(), 'fieldbench-test-'));
  const stop = new AbortController();
  return {
    context: {
      clock: machineClock(),
      seed: 1,
      history: { record: (draft) => events.push(draft) },
      owns: {
        ownProcess: (pid) => owned.add(pid),
        ownContainer: (id) => owned.add(id),
        ownPath: (path) => owned.add(path),
        release: (it) => owned.delete(it),
        labels,
        scratch,
      },
      signal: stop.signal,
    },
    events,
    owned,
    states: (part) => events.flatMap((it) => (it.kind === 'part' && it.part === part ? [it.state] : [])),
    abort: (reason) => stop.abort(reason),
    [Symbol.dispose]: () => {
      stop.abort(new Error('the test is over')); // What is still starting gives up.
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
