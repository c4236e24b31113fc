// Reads the options of a command, and says in one sentence what is wrong with them.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { didYouMean, FieldbenchError } from '../error.ts';

/** The options of a command with their values, and what stands beside them. */
export type Options<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>
>;

/**
 * Parses the words behind a command.
 * @throws FieldbenchError `FB_USAGE` for an unknown option or a missing value
 */
export function readOptions<const T extends ParseArgsOptionsConfig>(args: readonly string[], options: T): Options<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const unknown = /Unknown option '(--?[^']+)'/.exec(String(error))?.[1];
    throw new FieldbenchError({
      code: 'FB_USAGE',
      message: unknown ? `there is no option ${unknown}` : firstSentence(error),
      hint: unknown
        ? didYouMean(
            unknown,
            Object.keys(options).map((name) => `--${name}`),
          )
        : 'fieldbench COMMAND --help lists the options',
    });
  }
}

/**
 * For commands that take so many words and no more.
 * @throws FieldbenchError `FB_USAGE` when there are more
 */
export function atMostWords(count: number, words: readonly string[]): void {
  if (words.length <= count) return;
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `"${words.slice(count).join(' ')}" is more than this command takes`,
    hint: 'fieldbench COMMAND --help shows what it takes',
  });
}

/**
 * A whole number from an option.
 * @throws FieldbenchError `FB_USAGE`
 */
export function wholeNumber(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `--${name} takes a whole number`,
    actual: `"${text}"`,
    hint: `for instance: --${name} 7`,
  });
}

const unitsMs = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 } as const;

/**
 * A length of time from an option, in milliseconds.
 * @throws FieldbenchError `FB_USAGE`
 */
export function lengthOfTimeMs(name: string, text: string): number {
  const found = /^(?<count>\d{1,9}(?:\.\d{1,3})?)(?<unit>ms|s|min|h)$/.exec(text)?.groups;
  if (found !== undefined) return Number(found['count']) * unitsMs[found['unit'] as keyof typeof unitsMs];
  throw new FieldbenchError({
    code: 'FB_USAGE',
    message: `--${name} takes a length of time`,
    expected: 'such as 300ms, 5s, 2min or 1h',
    actual: `"${text}"`,
    hint: `for instance: --${name} 10min`,
  });
}

function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split(/\. |\n/)[0] ?? text;
}
