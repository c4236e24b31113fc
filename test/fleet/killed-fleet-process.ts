// A bench to be killed: starts a fleet whose broker is nowhere, in the folder that it is given, and tells the numbers of its processes.
import { planFleet } from '../../src/fleet/fleet-plan.ts';
import { RunningFleet } from '../../src/fleet/supervisor.ts';
import { machineClock } from '../../src/net/clock.ts';
import { meters } from './populations.ts';

const [scratch = ''] = process.argv.slice(2);
const nothing = (): void => undefined;
const context = {
  clock: machineClock(),
  seed: 1,
  history: { record: nothing },
  owns: {
    ownProcess: nothing,
    ownContainer: nothing,
    ownPath: nothing,
    release: nothing,
    labels: {},
    scratch,
  },
  signal: new AbortController().signal,
};
const walls = { openFilesPerProcess: 110, kernelPorts: 28_000, memoryB: 4e9, cores: 2 };
const plan = planFleet([{ population: meters({ host: '127.0.0.1', port: 9 }, { count: 20 }) }], walls);
const fleet = new RunningFleet(plan, { run: 3, reportEveryMs: 50 }, context);
await fleet.online(100);
process.send?.(fleet.pids);
