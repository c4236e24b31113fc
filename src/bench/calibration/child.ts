// A child program of the calibration: started from its file, and asked one thing at a time over its message channel.
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FieldbenchError } from '../../error.ts';
import { launchProcess, type ProcessCommand } from '../../parts/brokers/local-process.ts';
import type { PartContext } from '../../parts/part.ts';

/** Where a command runs: as it is, or wrapped so that it runs inside a namespace. */
export type Place = (command: ProcessCommand) => ProcessCommand;

/** On this machine, as everything else. */
export const here: Place = (command) => command;

/** A running child. Disposing ends it. */
export interface Child extends AsyncDisposable {
  /** Sends an order and gives the child's next message. @throws FieldbenchError `FB_CALIBRATION` when none comes. */
  ask(order: object): Promise<unknown>;
  /** The child's next message. @throws FieldbenchError `FB_CALIBRATION` */
  hear(): Promise<unknown>;
}

/** Starts `NAME-process` of this folder. */
export function startChild(name: string, place: Place, context: PartContext): Child {
  const program = fileURLToPath(new URL(`${name}-process${extname(import.meta.url)}`, import.meta.url));
  const what = `calibration ${name}`;
  const started = launchProcess(place({ command: process.execPath, args: [program], what, ipc: true }), context);
  const over = new AbortController();
  void started.gone.then(() => over.abort());
  const signal = AbortSignal.any([over.signal, context.signal]);
  const hear = async (): Promise<unknown> => {
    try {
      const [message] = (await once(started.child, 'message', { signal })) as [unknown];
      return message;
    } catch (cause) {
      context.signal.throwIfAborted();
      throw new FieldbenchError({
        code: 'FB_CALIBRATION',
        message: `the program that is to measure ended by itself: ${what}`,
        actual: started.lastWords() || (await started.gone),
        cause,
      });
    }
  };
  return {
    hear,
    ask(order) {
      const answer = hear();
      started.child.send(order, () => undefined);
      return answer;
    },
    [Symbol.asyncDispose]: () => started.kill(),
  };
}
