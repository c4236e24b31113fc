// Lines of a terminal: wrapped at words, with what follows indented below what it belongs to.

/** Wraps text to `width` columns; a word that is longer stands on a line of its own. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A label, then text wrapped beside it: every line but the first begins below the text. */
export function labelled(label: string, text: string, width: number): readonly string[] {
  const indent = ' '.repeat(label.length);
  return wrapped(text, Math.max(20, width - label.length)).map((line, index) => (index === 0 ? label : indent) + line);
}
