// The flow of every command: find the verb, run it until it ends or is interrupted, turn what happened into an exit code.
import { packageVersion } from '../bench/package-version.ts';
import { didYouMean, FieldbenchError } from '../error.ts';
import { Interrupted, interruption } from './interruption.ts';
import type { Verb } from './verb.ts';
import { whatWentWrong } from './went-wrong.ts';

interface Known {
  /** One line for the list of commands. */
  readonly summary: string;
  load(): Promise<Verb>;
}

/** Each is read when it is asked for: what a command does not need costs it no time. */
const verbs: Readonly<Record<string, Known>> = {
  run: {
    summary: 'plays scenarios and judges them',
    load: async () => (await import('./verbs/run.ts')).run,
  },
  conform: {
    summary: 'judges brokers against the standard',
    load: async () => (await import('./verbs/conform.ts')).conform,
  },
  tap: {
    summary: 'stands between real devices and a real broker, and judges both',
    load: async () => (await import('./verbs/tap.ts')).tap,
  },
  report: {
    summary: 'judges a recorded run again, or compares two',
    load: async () => (await import('./verbs/report.ts')).report,
  },
  list: {
    summary: 'shows what there is to choose from',
    load: async () => (await import('./verbs/list.ts')).list,
  },
  doctor: {
    summary: 'shows what this machine can do, and what to install for the rest',
    load: async () => (await import('./verbs/doctor.ts')).doctor,
  },
};

/** Exit code for wrong usage, configuration, or surroundings that do not allow the run. */
const usageError = 2;

/** Runs one command. Gives the exit code; whatever goes wrong ends in a sentence, never in a stack trace. */
export async function main(argv: readonly string[]): Promise<number> {
  const [word, ...rest] = argv;
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    process.stdout.write(usage());
    return word === undefined ? usageError : 0;
  }
  if (word === '--version') {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const known = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  using interrupt = interruption();
  try {
    if (known === undefined) throw unknownVerb(word);
    const verb = await known.load();
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(`${verb.usage}\n`);
      return 0;
    }
    const code = await verb.run(rest, interrupt.signal);
    return interrupt.signal.reason instanceof Interrupted ? interrupt.signal.reason.exitCode : code;
  } catch (error) {
    if (interrupt.signal.reason instanceof Interrupted) return interrupt.signal.reason.exitCode;
    process.stderr.write(`${whatWentWrong(error)}\n`);
    return usageError;
  }
}

function unknownVerb(word: string): FieldbenchError {
  return new FieldbenchError({
    code: 'FB_USAGE',
    message: `there is no command "${word}"`,
    hint: didYouMean(word, Object.keys(verbs)),
  });
}

function usage(): string {
  const lines = Object.entries(verbs).map(([name, it]) => `  ${name.padEnd(8)} ${it.summary}`);
  return `fieldbench: a hardware-in-the-loop simulation and conformance bench for MQTT 3.1.1

Usage: fieldbench COMMAND [OPTIONS]

${lines.join('\n')}

fieldbench COMMAND --help tells more. Exit codes: 0 nothing failed, 1 something failed, 2 usage or configuration,
3 inconclusive or nothing judged, 130 and 143 interrupted.
`;
}
