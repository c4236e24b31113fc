// A tap under test: stands in a folder of its own until the test has seen enough, judges live, and is read afterwards.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEvent } from '../../src/history/event.ts';
import type { StandingTap } from '../../src/bench/tap.ts';
import type { Finding } from '../../src/judge/finding.ts';
import { createJudge } from '../../src/judge/judge.ts';
import { rules } from '../../src/judge/rules.ts';
import { completeRun, type CompletedRun } from '../../src/run/complete-run.ts';
import { judgeOf } from '../../src/run/judge-run.ts';
import { prepareTap, type TapOptions } from '../../src/run/tap-run.ts';
import { happenings } from '../parts/links/ends.ts';

/** A tap that stands. Disposing ends it and removes its folder. */
export interface TapBed extends AsyncDisposable {
  readonly tap: StandingTap;
  readonly folder: string;
  /** Found while it stood. */
  readonly live: readonly Finding[];
  readonly events: readonly HistoryEvent[];
  /** Resolves when the condition holds, looked at with every event. */
  readonly until: (condition: () => boolean) => Promise<void>;
  /** Somebody has seen enough. */
  finish(): Promise<CompletedRun>;
}

/** Starts a tap before a broker, on any free port. */
export async function standingTap(options: Partial<TapOptions> & { readonly upstream: string }): Promise<TapBed> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldbench-tap-'));
  const leave = new AbortController();
  const stands = Promise.withResolvers<StandingTap>();
  const judge = createJudge({ ...judgeOf({ mode: 'tap', parameters: {} }), rules });
  const live: Finding[] = [];
  const events: HistoryEvent[] = [];
  const { happened, until } = happenings();
  const prepared = prepareTap(
    { listenOn: { host: '127.0.0.1', port: 0 }, ...options },
    { leave: leave.signal, onStanding: stands.resolve },
  );
  const over = completeRun(
    { ...prepared, bench: { ...prepared.bench, stateFolder: join(folder, 'state') } },
    {
      reportDir: join(folder, 'run'),
      signal: new AbortController().signal,
      watch(event) {
        events.push(event);
        live.push(...judge.step(event));
        happened();
      },
    },
  );
  const failed = over.then(({ failure }) => {
    throw failure ?? new Error('the tap ended before it stood');
  });
  const tap = await Promise.race([stands.promise, failed]);
  failed.catch(() => {});
  const finish = (): Promise<CompletedRun> => {
    leave.abort(new Error('seen enough'));
    return over;
  };
  return {
    tap,
    folder,
    live,
    events,
    until,
    finish,
    async [Symbol.asyncDispose]() {
      await finish();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What a program printed; rejects with what it said when it ends otherwise than with 0. */
export function runProgram(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command}: ${error.message}\n${stdout}${stderr}`));
      else resolve(stdout);
    });
  });
}
