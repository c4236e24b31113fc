// The laboratory on the real kernel: delay and loss reach real TCP, every packet is counted, and nothing of it outlives the bench.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openBed } from '../../../src/bench/calibration/bed.ts';
import { startReceiver, startSender, type Arrival } from '../../../src/bench/calibration/traffic.ts';
import { labDraw } from '../../../src/bench/calibration/lab-draw.ts';
import { labNeeds, startTunLab, type TunLab } from '../../../src/bench/calibration/tun-lab.ts';
import { identify } from '../../../src/bench/process-identity.ts';
import { machineClock, pause } from '../../../src/net/clock.ts';
import type { PartContext } from '../../../src/parts/part.ts';
import { need } from '../../support/needs.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'fieldbench-test-'));
  vi.stubEnv('FIELDBENCH_STATE', state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

const messageB = 100;
const connections = 4;

/** Sends messages from the client's machine to the server's, once `connected` is done; gives them as they came. */
async function messages(
  lab: TunLab,
  perConnection: number,
  context: PartContext,
  connected: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly Arrival[]> {
  const { client, server } = lab;
  await using receiver = await startReceiver(messageB, context, { host: server.address, place: server.place });
  const to = receiver.endpoint;
  await using sender = await startSender({ to, connections, messageB, place: client.place }, context);
  await connected();
  const count = connections * perConnection;
  return (await Promise.all([receiver.messages(count), sender.play({ perConnection, everyMs: 10 })]))[0];
}

/** Of each connection the ordinals, in the order in which they came. */
const ordinals = (arrivals: readonly Arrival[]): readonly (readonly number[])[] =>
  [...Map.groupBy(arrivals, (it) => it.connection).values()].map((its) => its.map((it) => it.n));

const counted = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

async function areGone(pids: readonly number[]): Promise<boolean> {
  const clock = machineClock();
  const live = (): boolean => pids.some((pid) => identify(pid) !== undefined);
  while (live() && clock.nowMs() < 5_000) await pause(clock, 10);
  return !live();
}

describe('a lab', need(...labNeeds), () => {
  test('delays every packet, loses none, and is gone with its devices when it is disposed of', async () => {
    await using bed = await openBed(1, new AbortController().signal);
    const devices: string[] = [];
    {
      await using lab = await startTunLab({ upMs: 30, downMs: 20, lossPct: 0, seed: 1 }, bed.context);
      devices.push(lab.client.device, lab.server.device);
      const arrivals = await messages(lab, 20, bed.context);
      expect(ordinals(arrivals)).toEqual(counted(connections).map(() => counted(20)));
      // Timers count whole milliseconds, and what is due within half of one is due.
      expect(Math.min(...arrivals.map((it) => it.arrivedMs - it.sentMs))).toBeGreaterThan(29);
      const { up, down } = await lab.usage();
      expect([up.lost, down.lost]).toEqual([0, 0]);
      // 52 bytes of headers with time stamps, and the message, unless the kernel joined some.
      expect(up.ipB).toBeGreaterThan(connections * 20 * messageB);
      expect(down.packets).toBeGreaterThan(connections);
    }
    expect(readdirSync('/sys/class/net').filter((it) => devices.includes(it))).toEqual([]);
    expect(readdirSync(join(state, 'runs'))).toHaveLength(1);
  });

  test('loses in the kernel; TCP sends again, and nothing is missing or out of order', async () => {
    await using bed = await openBed(1, new AbortController().signal);
    await using lab = await startTunLab({ upMs: 5, downMs: 5, lossPct: 0, seed: 1 }, bed.context);
    const arrivals = await messages(lab, 60, bed.context, () => lab.loseInKernel(10));
    expect(ordinals(arrivals)).toEqual(counted(connections).map(() => counted(60)));
    expect(await lab.retransmitted()).toBeGreaterThan(0);
  });

  test('loses in the forwarder those packets that its seed names', async () => {
    await using bed = await openBed(1, new AbortController().signal);
    const lossPct = 5;
    await using lab = await startTunLab({ upMs: 5, downMs: 5, lossPct, seed: 3 }, bed.context);
    await messages(lab, 40, bed.context);
    const { up } = await lab.usage();
    const lost = counted(up.packets).filter((i) => 100 * labDraw(3, 'toServer', i + 1) < lossPct);
    expect(lost).not.toEqual([]);
    expect(up.lost).toBe(lost.length);
  });

  test('of a bench killed with -9 ends by itself', async () => {
    const bench = fork(fileURLToPath(new URL('killed-lab-process.ts', import.meta.url)));
    const exited = new AbortController();
    bench.once('exit', (code) => exited.abort(new Error(`the bench ended by itself with ${code}`)));
    const [pids] = (await once(bench, 'message', { signal: exited.signal })) as [number[]];
    // The forwarder, two namespaces and two tunnels.
    expect(pids).toHaveLength(5);
    bench.kill('SIGKILL');
    await once(bench, 'exit');
    expect(await areGone(pids)).toBe(true);
  });
});
