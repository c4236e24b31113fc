// Runs a program of a target file to its end: within a time, and no longer than the run that it belongs to.
import { execFile } from 'node:child_process';
import type { User } from './instance-folder.ts';
import { plainEnvironment, runVariable } from './local-process.ts';

/** In which surroundings a program is run. */
export interface Surroundings {
  readonly folder: string;
  /** Beside the plain environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: who runs the bench. */
  readonly user?: User | undefined;
  /** The run whose sweep may find it; absent where it belongs to none. */
  readonly run?: string | undefined;
  /** Ends it when aborted. */
  readonly signal: AbortSignal;
}

/** What it said, and whether it ended with exit code 0. */
interface ProgramEnd {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs it, and kills it when it takes longer than `withinMs`, or when the signal is aborted.
 * @throws the signal's reason when that is aborted already
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  withinMs: number,
  { folder, environment, user, run, signal }: Surroundings,
): Promise<ProgramEnd> {
  signal.throwIfAborted();
  const env = { ...plainEnvironment(), ...environment, [runVariable]: run };
  const options = { cwd: folder, env, timeout: withinMs, killSignal: 'SIGKILL', ...user } as const;
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  const child = execFile(program, args, options, (error, stdout, stderr) =>
    resolve({ succeeded: error === null, stdout, stderr }),
  );
  // Not by execFile's own signal: that asks politely whatever `killSignal` says.
  const kill = (): void => {
    child.kill('SIGKILL');
    // What it started itself may hold them open.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  signal.addEventListener('abort', kill, { once: true });
  const ended = await promise;
  signal.removeEventListener('abort', kill);
  return ended;
}
