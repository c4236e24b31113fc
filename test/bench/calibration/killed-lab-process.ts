// A bench to be killed while a lab of its stands: tells which processes hold the lab up, and waits for its end.
import { openBed } from '../../../src/bench/calibration/bed.ts';
import { startTunLab } from '../../../src/bench/calibration/tun-lab.ts';

const { context } = await openBed(1, new AbortController().signal);
const pids: number[] = [];
const { owns } = context;
const note = owns.ownProcess.bind(owns);
owns.ownProcess = (pid, what) => {
  pids.push(pid);
  note(pid, what);
};
await startTunLab({ upMs: 0, downMs: 0, lossPct: 0, seed: 1 }, context);
process.send?.(pids);
