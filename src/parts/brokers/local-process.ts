// A broker as a process of this machine: leader of its own group, owned by the run from its first moment.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pause } from '../../net/clock.ts';
import type { PartContext } from '../part.ts';
import type { BrokerInstance } from './broker-life.ts';
import { LastWords } from './last-words.ts';
import { endRestOfGroup } from './process-group.ts';

/** Environment variable that marks every process of a run, its own children included; a sweep finds them by it. */
export const runVariable = 'FIELDBENCH_RUN';

/** How long a program may take to end politely before it is killed. */
const usualGraceMs = 5_000;
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
  /** Opens Node's message channel to the child; `advanced` carries bytes as they are. */
  readonly ipc?: boolean | 'advanced';
  /** Default: the run's scratch folder. */
  readonly folder?: string;
  /** Beside the plain environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Its last words are what it says on stdout too. */
  readonly saysOnBoth?: boolean;
  /** Keeps its stdin open, for `say`; it closes when the bench is gone, kill -9 included. */
  readonly hears?: boolean;
  /** Gets each line of its stdout. */
  readonly onLine?: (line: string) => void;
  /** How long it may take to end politely before it is killed; default 5,000. */
  readonly graceMs?: number;
  /** Who runs it; default: who runs the bench. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A started process; `child` is for its message channel only. */
export interface LocalProcess extends Omit<BrokerInstance, 'version'> {
  readonly child: ChildProcess;
  lastWords(): string;
  /** Writes a line to its stdin, where it hears: not on a command line, which everybody can read. */
  say(line: string): void;
}

/**
 * Starts a program with a plain environment (no credential of the bench's own reaches it).
 * A program that cannot be started is `gone` at once, with the reason.
 */
export function launchProcess(it: ProcessCommand, context: PartContext): LocalProcess {
  const { graceMs = usualGraceMs, saysOnBoth = false, onLine } = it;
  const speaks = saysOnBoth || onLine !== undefined;
  const child = spawn(it.command, it.args, {
    cwd: it.folder ?? context.owns.scratch,
    detached: true,
    env: { ...plainEnvironment(), ...it.environment, [runVariable]: context.owns.labels['fieldbench.run'] },
    stdio: [
      it.hears === true ? 'pipe' : 'ignore',
      speaks ? 'pipe' : 'ignore',
      'pipe',
      ...(it.ipc === undefined || it.ipc === false ? [] : (['ipc'] as const)),
    ],
    ...(it.ipc === 'advanced' && { serialization: 'advanced' as const }),
    ...it.user,
  });
  if (child.pid !== undefined) context.owns.ownProcess(child.pid, it.what);
  const words = new LastWords();
  child.stdin?.on('error', () => {}); // It is gone; its end says so.
  if (onLine && child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  for (const output of [saysOnBoth ? child.stdout : null, child.stderr]) {
    output?.setEncoding('utf8').on('data', (text: string) => words.add(text));
  }
  let over = false;
  let asked = false;
  const gone = ended(child, context).then(async (how) => {
    over = true;
    if (child.pid === undefined) return how;
    await endRestOfGroup(child.pid, asked ? graceMs : 0, context.clock);
    context.owns.release(child.pid);
    return how;
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    asked = signal === 'SIGTERM';
    if (!over) signalGroup(child, signal);
    if (signal === 'SIGTERM' && !(await endsWithin(gone, graceMs, context))) signalGroup(child, 'SIGKILL');
    await gone;
  };
  return {
    child,
    gone,
    lastWords: () => words.text(),
    say: (line) => void child.stdin?.write(`${line}\n`),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    pause: async () => signalGroup(child, 'SIGSTOP'),
    resume: async () => signalGroup(child, 'SIGCONT'),
  };
}

/** What a program of the bench's gets to see of the bench's own environment. */
export function plainEnvironment(): NodeJS.ProcessEnv {
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
