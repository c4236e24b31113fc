// One tap in a process of its own, as `fieldbench tap` would have it; says where it listens, and what it cost so far.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainProfile } from '../src/faults/link-profile.ts';
import { openJournal } from '../src/history/journal.ts';
import { liveHistory, type LiveHistory } from '../src/history/live-history.ts';
import { createJudge } from '../src/judge/judge.ts';
import { rules } from '../src/judge/rules.ts';
import { machineClock } from '../src/net/clock.ts';
import { connectionIds } from '../src/net/connection-ids.ts';
import { startEmbeddedLink } from '../src/parts/links/embedded.ts';
import type { PartContext } from '../src/parts/part.ts';
import { paintFor } from '../src/report/paint.ts';
import { LiveFindings } from '../src/report/live-findings.ts';
import { judgeOf } from '../src/run/judge-run.ts';

/** What a tap does beside passing bytes on. */
export interface TapWork {
  readonly taps: boolean;
  readonly journal: boolean;
  readonly rules: boolean;
}

const [portText = '', workText = '{}'] = process.argv.slice(2);
const work = JSON.parse(workText) as TapWork;
const clock = machineClock();
const folder = mkdtempSync(join(tmpdir(), 'fieldbench-benchmark-'));
const nowMs = (): number => clock.nowMs();
const history: LiveHistory = work.journal
  ? openJournal({ file: join(folder, 'journal.ndjson'), nowMs })
  : liveHistory(nowMs, () => {});
if (work.rules) {
  const judge = createJudge({ ...judgeOf({ mode: 'tap', parameters: {} }), rules });
  const findings = new LiveFindings(judge, { paint: paintFor(false), width: 100 });
  history.watch((event) => void findings.note(event));
}
const nobody = (): void => {};
const context: PartContext = {
  clock,
  seed: 1,
  history,
  owns: { ownProcess: nobody, ownContainer: nobody, ownPath: nobody, release: nobody, labels: {}, scratch: folder },
  signal: new AbortController().signal,
};
const link = await startEmbeddedLink(
  {
    name: 'tap',
    upstream: { host: '127.0.0.1', port: Number(portText) },
    client: 'device',
    server: 'broker',
    target: 'broker',
    profile: plainProfile,
    taps: work.taps,
    connectionIds: connectionIds(),
  },
  context,
);
process.send?.({ port: link.endpoint.port });
process.on('message', () => {
  globalThis.gc?.(); // What is live, and not what V8 has not collected yet; only where it was asked for.
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, heapB: process.memoryUsage().heapUsed });
});
process.once('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
