// The flow of every command: find the verb, run it until it ends or is interrupted, turn what happened into an exit code.
import { packageVersion } from '../bench/provenance.ts';
import { didYouMean, FieldbenchError } from '../error.ts';
import { conform } from './verbs/conform.ts';
import { doctor } from './verbs/doctor.ts';
import { list } from './verbs/list.ts';
import { report } from './verbs/report.ts';
import { run } from './verbs/run.ts';
import { tap } from './verbs/tap.ts';
import { Interrupted, interruption } from './interruption.ts';
import type { Verb } from './verb.ts';
import { whatWentWrong } from './went-wrong.ts';

const verbs: Readonly<Record<string, Verb>> = { run, conform, tap, report, list, doctor };

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
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  using interrupt = interruption();
  try {
    if (verb === undefined) throw unknownVerb(word);
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
