// What came from the wire is hostile until it is written down here: one function per place where text can act.

/** Where text is going to be read: each has its own way of doing harm. */
export type Place = 'terminal' | 'html' | 'xml' | 'markdown';

/** Characters that move cursors, reorder lines, hide, or cannot be written as XML. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/**
 * The same text, unable to do anything but be read, on one line. Control characters, escape sequences, bidirectional
 * overrides, zero-width characters and lone surrogates become visible (`\n`, `\x1b`, `\u202e`) everywhere.
 */
export function safeText(text: string, where: Place): string {
  const visible = text.replace(unseen, visibleForm);
  switch (where) {
    case 'terminal':
      return visible;
    case 'html':
    case 'xml':
      return escapeMarkup(visible);
    case 'markdown':
      return escapePunctuation(visible);
  }
}

/** Markup characters as references; text keeps its line breaks, so that our own layout survives. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/g, (it) => `&#${it.charCodeAt(0)};`);
}

/** ASCII punctuation as references, but for marks that mean nothing where they stand: `-` does in front only. */
function escapePunctuation(text: string): string {
  return text.replace(/(?![,;?/%']|(?<=.)-)[!-/:-@[-`{-~]/g, (it) => `&#${it.charCodeAt(0)};`);
}

function visibleForm(it: string): string {
  const named = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` }[it];
  if (named !== undefined) return named;
  const code = it.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return String.raw`\x` + hex.padStart(2, '0');
  return code <= 0xffff ? String.raw`\u` + hex.padStart(4, '0') : `${String.raw`\u`}{${hex}}`;
}

/** At most `length` characters, with a sign where something is missing. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
