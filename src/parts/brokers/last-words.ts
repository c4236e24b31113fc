// The last lines that a program said: what an error about its end has to show.

const linesKept = 50;
const charactersKept = 500;

/** Takes a program's output as it comes and keeps the end of it. Control characters become `?`: a terminal may show it. */
export class LastWords {
  readonly #lines: string[] = [];
  #open = '';

  add(text: string): void {
    const parts = (this.#open + text).split(/\r?\n/);
    this.#open = (parts.pop() ?? '').slice(0, charactersKept);
    for (const line of parts) this.#keep(line);
  }

  /** The lines, oldest first. */
  text(): string {
    return [...this.#lines, ...(this.#open === '' ? [] : [harmless(this.#open)])].join('\n');
  }

  #keep(line: string): void {
    if (line.trim() === '') return;
    this.#lines.push(harmless(line));
    if (this.#lines.length > linesKept) this.#lines.shift();
  }
}

function harmless(line: string): string {
  return line.slice(0, charactersKept).replaceAll(/\p{Cc}/gu, '?');
}
