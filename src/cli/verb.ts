// What a command of the command line is.

/** One command. */
export interface Verb {
  /** What `--help` prints. */
  readonly usage: string;
  /**
   * Runs it.
   * @returns the exit code
   * @throws FieldbenchError for wrong usage or surroundings
   */
  run(args: readonly string[], signal: AbortSignal): Promise<number>;
}
