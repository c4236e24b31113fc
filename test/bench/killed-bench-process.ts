// A bench to be killed: opens a registry, starts what outlives it, tells what, and waits for its end.
import { mkdirSync } from 'node:fs';
import { openRunRegistry } from '../../src/bench/run-registry.ts';
import { machineClock } from '../../src/net/clock.ts';
import { launchProcess } from '../../src/parts/brokers/local-process.ts';

/** What it tells its parent. */
export interface KilledBench {
  readonly runId: string;
  readonly scratch: string;
  /** A process in the record, and one that is only marked, as if the kill had come before the note. */
  readonly noted: number | undefined;
  readonly unnoted: number | undefined;
  readonly outside: string;
}

const registry = await openRunRegistry();
const outside = `${process.env['FIELDBENCH_STATE']}-outside`;
mkdirSync(outside);
registry.ownPath(outside);

const endless = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], what: 'an endless program' };
const context = {
  clock: machineClock(),
  seed: 1,
  history: { record: () => undefined },
  owns: registry,
  signal: new AbortController().signal,
};
const noted = launchProcess(endless, context).child.pid;
const { labels, scratch } = registry;
const nothing = (): void => undefined;
const forgetful = { labels, scratch, ownProcess: nothing, ownContainer: nothing, ownPath: nothing, release: nothing };
const unnoted = launchProcess(endless, { ...context, owns: forgetful }).child.pid;
process.send?.({
  runId: registry.runId,
  scratch,
  noted,
  unnoted,
  outside,
} satisfies KilledBench);
