// A broker as a process of this machine: leader of its own group, owned by the run from its first moment.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { pause } from '../../net/clock.ts';
import type { PartContext } from '../part.ts';
import type { BrokerInstance } from './broker-life.ts';
import { LastWords } from './last-words.ts';

/** Environment variable that marks every process of a run, its own children included; a sweep finds them by it. */
export const runVariable = 'FIELDBENCH_RUN';

/** How long a program may take to end politely before it is killed. */
const graceMs = 5_000;
/** How long after a program's end its last output may still come. */
const drainMs = 200;
/** How long a child may take to its first message: far longer than a busy machine needs to start Node. */
const messageMs = 30_000;

/** What to run. */
export interface ProcessCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** What it is, in the words of the run registry. */
  readonly what: string;
  /** Opens Node's message channel to the child. */
  readonly ipc?: boolean;
}

/** A started process; `child` is for its message channel only. */
export interface LocalProcess extends Omit<BrokerInstance, 'version'> {
  readonly child: ChildProcess;
  lastWords(): string;
}

/**
 * Starts a program with a plain environment (no credential of the bench's own reaches it).
 * A program that cannot be started is `gone` at once, with the reason.
 */
export function launchProcess(
  { command, args, what, ipc = false }: ProcessCommand,
  context: PartContext,
): LocalProcess {
  const child = spawn(command, args, {
    cwd: context.owns.scratch,
    detached: true,
    env: { ...plainEnvironment(), [runVariable]: context.owns.labels['fieldbench.run'] },
    stdio: ['ignore', 'ignore', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  if (child.pid !== undefined) context.owns.ownProcess(child.pid, what);
  const words = new LastWords();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => words.add(text));
  let over = false;
  const gone = ended(child, context).then((how) => {
    over = true;
    if (child.pid !== undefined) context.owns.release(child.pid);
    return how;
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (!over) signalGroup(child, signal);
    if (signal === 'SIGTERM' && !(await endsWithin(gone, graceMs, context))) signalGroup(child, 'SIGKILL');
    await gone;
  };
  return { child, gone, lastWords: () => words.text(), stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'SystemRoot'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

function ended(child: ChildProcess, context: PartContext): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(`it could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      // A grandchild may hold stderr open for ever, so its end is awaited only briefly.
      const cancel = context.clock.after(drainMs, () => resolve(how));
      child.once('close', () => {
        cancel();
        resolve(how);
      });
    });
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone in between: just what was wanted.
  }
}

async function endsWithin(gone: Promise<string>, durationMs: number, { clock }: PartContext): Promise<boolean> {
  const enough = new AbortController();
  const first = await Promise.race([
    gone.then(() => true),
    pause(clock, durationMs, enough.signal).then(
      () => false,
      () => false,
    ),
  ]);
  enough.abort();
  return first;
}

/** The child's first message; nothing when it ends, the run is aborted, or none comes in time. */
export async function firstMessage({ child, gone }: LocalProcess, { clock, signal }: PartContext): Promise<unknown> {
  const stop = new AbortController();
  void gone.then(() => stop.abort());
  const cancel = clock.after(messageMs, () => stop.abort());
  try {
    const [message] = (await once(child, 'message', { signal: AbortSignal.any([stop.signal, signal]) })) as [unknown];
    return message;
  } catch {
    return undefined;
  } finally {
    cancel();
  }
}
