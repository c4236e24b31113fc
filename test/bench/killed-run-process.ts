// A run to be killed: starts a bench with one target, tells what it owns, and waits for its end.
import { openBench } from '../../src/bench/bench.ts';

const [target = '', reportDir = ''] = process.argv.slice(2);
const bench = await openBench({
  reportDir,
  mode: 'scenario',
  seed: 1,
  command: '',
  parameters: {},
  signal: new AbortController().signal,
});
const brokers: number[] = [];
const { owns } = bench.context;
const note = owns.ownProcess.bind(owns);
owns.ownProcess = (pid, what) => {
  brokers.push(pid);
  note(pid, what);
};
await bench.startTarget('b', target);
process.send?.({ runId: bench.runId, brokers });
