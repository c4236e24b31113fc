// A program that does not end before the test, nor when it is asked to; the test hears when it runs and when it is gone.
import { listen } from '../../../src/net/listen.ts';

export interface WaitingProgram extends AsyncDisposable {
  /** The program with its arguments. */
  readonly command: readonly string[];
  /** Resolves when it runs, with the run that its environment names. */
  readonly runs: Promise<string>;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
}

export async function waitingProgram(): Promise<WaitingProgram> {
  const runs = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<void>();
  const listener = await listen({
    onWire: (wire) => {
      wire.onBytes((bytes) => runs.resolve(Buffer.from(bytes).toString()));
      wire.onPeerEnd(() => gone.resolve());
    },
  });
  const script = `
    process.on('SIGTERM', () => {});
    const socket = require('node:net').connect(${listener.endpoint.port}, '127.0.0.1');
    socket.on('close', () => process.exit()).write('run ' + process.env.FIELDBENCH_RUN);`;
  return {
    command: [process.execPath, '-e', script],
    runs: runs.promise,
    gone: gone.promise,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}
