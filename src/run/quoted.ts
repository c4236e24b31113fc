// Commands that repeat a run are made to be pasted: their words are written as a shell takes them.

/** A word of a command that repeats a run, as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
