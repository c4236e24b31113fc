// A device that is somebody else's program: started as a process or container of the run, watched by its tap, told on stdin.
import { FieldbenchError } from '../../error.ts';
import type { PartChanged } from '../../history/event.ts';
import type { LiveHistory } from '../../history/live-history.ts';
import { payloadHash } from '../../history/payload-hash.ts';
import { launchProcess, type LocalProcess, type ProcessCommand } from '../brokers/local-process.ts';
import type { StartedDevice } from '../devices/device.ts';
import { Milestone } from '../devices/milestone.ts';
import { notGranted, stoppedBefore } from '../devices/not-online.ts';
import type { PartContext } from '../part.ts';
import { restLine, toldIntent } from './spoken.ts';
import { watchPresence } from './tap-presence.ts';

/** A program that was started, wherever it runs. */
export type LaunchedProgram = Pick<LocalProcess, 'gone' | 'lastWords' | 'say' | 'stop' | 'kill' | 'pause' | 'resume'>;

/** Who starts a program, and hears it. */
export interface Hearing {
  /** What it is, in the words of the run registry. */
  readonly what: string;
  /** Gets each line of its stdout. */
  readonly onLine: (line: string) => void;
}

/** Starts it at once; where it cannot be started, it is `gone`. */
export type Launch = (hearing: Hearing, context: PartContext) => LaunchedProgram;

/** As a process of this machine. */
export function asProcess(
  command: Pick<ProcessCommand, 'command' | 'args' | 'folder' | 'environment' | 'graceMs'>,
): Launch {
  return (hearing, context) => launchProcess({ ...command, ...hearing, hears: true }, context);
}

/** Which program, and how it shows that it is online. */
export interface ForeignProgramOptions {
  readonly name: string;
  readonly role: 'device' | 'gateway';
  readonly launch: Launch;
  /** In words, for the run registry and errors. */
  readonly what: string;
  /** The first line on its stdin; here stands what must not stand on a command line. */
  readonly orders?: unknown;
  /** The run's own history, with the taps of its connections in it. */
  readonly history: LiveHistory;
  /** How many topic filters it subscribes to. */
  readonly filters: number;
  /** Messages so far by topic, counted over its lives. */
  readonly ordinals?: Map<string, number>;
  /** Removes what outlives the program. */
  readonly clear?: () => void;
}

/** Starts the program at once; it is online when its tap has seen that. */
export function startForeignProgram(options: ForeignProgramOptions, context: PartContext): StartedDevice {
  return new ForeignProgram(options, context);
}

class ForeignProgram implements StartedDevice {
  readonly #options: ForeignProgramOptions;
  readonly #context: PartContext;
  readonly #program: LaunchedProgram;
  readonly #online = new Milestone();
  readonly #presence: Disposable;
  readonly #ordinals: Map<string, number>;
  /** The bench ends it, or has. */
  #ending: Promise<void> | undefined;

  constructor(options: ForeignProgramOptions, context: PartContext) {
    this.#options = options;
    this.#context = context;
    this.#ordinals = options.ordinals ?? new Map<string, number>();
    this.#note('starting', options.what);
    this.#presence = watchPresence(options.history, options.name, options.filters, {
      online: () => this.#online.reach() && this.#note('ready'),
      notGranted: (codes) => this.#online.fail(notGranted(`"${options.name}"`, codes)),
    });
    const what = `${options.role} ${options.name} (${options.what})`;
    this.#program = options.launch({ what, onLine: (line) => this.#heed(line) }, context);
    if (options.orders !== undefined) this.#program.say(JSON.stringify(options.orders));
    void this.#program.gone.then((how) => this.#exited(how));
    context.signal.addEventListener('abort', this.#abort, { once: true });
  }

  get name(): string {
    return this.#options.name;
  }

  get online(): Promise<void> {
    return this.#online.promise;
  }

  rest(): void {
    this.#program.say(restLine);
  }

  stop(): Promise<void> {
    return (this.#ending ??= this.#end('stop'));
  }

  kill(): Promise<void> {
    return (this.#ending ??= this.#end('kill'));
  }

  pause(): Promise<void> {
    return this.#program.pause();
  }

  resume(): Promise<void> {
    return this.#program.resume();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  readonly #abort = (): void => {
    void this.kill();
  };

  /** Killed, the caller notes it: there it is one cut of power with what its connections meet. */
  async #end(how: 'stop' | 'kill'): Promise<void> {
    if (how === 'stop') this.#note('stopping');
    await (how === 'stop' ? this.#program.stop() : this.#program.kill());
    this.#over();
    this.#online.fail(stoppedBefore(this.name));
    if (how === 'stop') this.#note('stopped');
  }

  #exited(how: string): void {
    if (this.#ending) return;
    this.#ending = Promise.resolve();
    this.#over();
    const words = this.#program.lastWords();
    this.#note('exited', words === '' ? how : `${how}; it said last:\n${words}`);
    this.#online.fail(ended(this.name, this.#options.what, how, words));
  }

  #over(): void {
    this.#context.signal.removeEventListener('abort', this.#abort);
    this.#presence[Symbol.dispose]();
    this.#options.clear?.();
  }

  #heed(line: string): void {
    const told = toldIntent(line);
    if (!told) return;
    const { topic, qos, retain, payload } = told.message;
    const ordinal = (this.#ordinals.get(topic) ?? 0) + 1;
    this.#ordinals.set(topic, ordinal);
    const identity = { part: this.name, topic, qos, retain, ordinal, payloadHash: payloadHash(payload) };
    const tMs = Math.max(0, this.#context.clock.nowMs() - told.agoMs);
    this.#context.history.record({ kind: 'intent', tMs, ...identity });
  }

  #note(state: PartChanged['state'], detail?: string): void {
    const { name, role } = this.#options;
    this.#context.history.record({ kind: 'part', part: name, role, state, ...(detail !== undefined && { detail }) });
  }
}

function ended(name: string, what: string, how: string, words: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_DEVICE_PROGRAM',
    message: `the program of "${name}" ended before it was online`,
    expected: `${what} to run until the bench ends it`,
    actual: words === '' ? how : `${how}; it said last:\n${words}`,
    hint: 'the journal shows what it met: its connections stand under its name',
  });
}
