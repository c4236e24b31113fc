// Starts the real command line as a child process, with folders of its own, and finds out what it left behind.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identify, processesWith, type ProcessIdentity } from '../../src/bench/process-identity.ts';
import { readRecord } from '../../src/bench/run-record.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import { machineClock, pause } from '../../src/net/clock.ts';
import { runVariable } from '../../src/parts/brokers/local-process.ts';

const program = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url));
/** Node keeps what it compiled here: every start of a test costs half a second less. */
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/fieldbench-test', import.meta.url));

/** How a command ended. */
export interface Ended {
  /** Nothing when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  signal(name: NodeJS.Signals): void;
  /** Writes on its stdin, which must be `pipe`. */
  type(text: string): void;
  /** Resolves when stdout and stderr together hold this text; rejects when the command ends before. */
  said(text: string): Promise<void>;
}

/** A temporary folder with its own run registry; ends with everything that still runs in it. */
export class Workplace implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'fieldbench-cli-'));
  readonly state = join(this.folder, 'state');
  readonly #running = new Set<ChildProcess>();

  constructor() {
    mkdirSync(this.state);
  }

  /** A path in the folder. */
  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  /** Starts `fieldbench ARGS` in the folder; `env` is added to the environment, `undefined` takes a variable away. */
  start(
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>> = {},
    stdin: 'ignore' | 'pipe' = 'ignore',
  ): RunningCommand {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: '1', NODE_COMPILE_CACHE: compileCache, FIELDBENCH_STATE: this.state, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    this.#running.add(child);
    const said = { stdout: '', stderr: '' };
    const listeners = new Set<() => void>();
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
        for (const heard of listeners) heard();
      });
    }
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject).once('close', (code, signal) => {
        this.#running.delete(child);
        resolve({ code, signal, ...said });
      });
    });
    return {
      pid: child.pid ?? 0,
      ended,
      signal: (name) => void child.kill(name),
      type: (text) => void child.stdin?.write(text),
      async said(text) {
        const heard = Promise.withResolvers<void>();
        const look = (): void => {
          if (`${said.stdout}${said.stderr}`.includes(text)) heard.resolve();
        };
        listeners.add(look);
        look();
        const over = ended.then(({ stdout, stderr }) => {
          look();
          throw new Error(`it ended without saying "${text}":\n${stdout}${stderr}`);
        });
        await Promise.race([heard.promise, over]).finally(() => listeners.delete(look));
      },
    };
  }

  /** Runs `fieldbench ARGS` to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** Run ids in the registry: runs that are under way, or that nobody has swept yet. */
  registeredRuns(): readonly string[] {
    const runs = join(this.state, 'runs');
    return existsSync(runs) ? readdirSync(runs) : [];
  }

  /** Processes that the registered runs note as theirs. */
  ownedProcesses(): readonly ProcessIdentity[] {
    return this.registeredRuns().flatMap((run) => {
      const owned = readRecord(join(this.state, 'runs', run))?.owned ?? [];
      return owned.filter((it) => it.note === 'process');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const over = [...this.#running].map((child) => new Promise((resolve) => child.once('close', resolve)));
    const owned = this.ownedProcesses();
    for (const child of this.#running) child.kill('SIGKILL');
    await Promise.all(over);
    for (const it of owned) if (identify(it.pid)?.startTime === it.startTime) process.kill(it.pid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The events of a run folder's journal, whole lines only. */
export function journalOf(folder: string): readonly HistoryEvent[] {
  const text = readFileSync(join(folder, 'journal.ndjson'), 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as HistoryEvent);
}

/** What results.json says, as far as these tests look. */
export interface Results {
  readonly verdict: string;
  readonly exitCode: number;
  readonly targets: readonly {
    readonly name: string;
    readonly statements: readonly { readonly id: string; readonly verdict: string }[];
    readonly checks: readonly {
      readonly id: string;
      readonly verdict: string;
      readonly actual: string;
      readonly repeat: string;
    }[];
  }[];
}

export function resultsOf(folder: string): Results {
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Results;
}

/** Processes that carry the mark of the run in this folder: none may be left when its bench is gone. */
export function processesOf(folder: string): readonly ProcessIdentity[] {
  const [first] = journalOf(folder);
  return first?.kind === 'run' ? processesWith(runVariable, first.runId) : [];
}

/** Waits until something holds, at most so long; gives whether it does. For what the operating system does in its own time. */
export async function comesTrue(holds: () => boolean, withinMs = 5_000): Promise<boolean> {
  const clock = machineClock();
  while (!holds() && clock.nowMs() < withinMs) await pause(clock, 10);
  return holds();
}
