// A tagged template whose values are escaped unless they are HTML already: forgetting it is not possible.
import { safeText } from '../safe-text.ts';

/** HTML that only {@link html} can make. */
export class Html {
  readonly #text: string;

  /** Called by {@link html} and {@link trusted} only. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text and numbers are escaped, lists are joined, absent things are nothing. */
export type Slot = Html | string | number | undefined | readonly Slot[];

/** Builds HTML; attribute values must stand in double quotes. */
export function html(parts: TemplateStringsArray, ...slots: readonly Slot[]): Html {
  const [first = '', ...rest] = tightOf(parts);
  return new Html(rest.reduce((text, part, index) => text + slotText(slots[index]) + part, first));
}

const tight = new WeakMap<readonly string[], readonly string[]>();

/** The parts of a template without the indentation of our source; line breaks stay, since they may part words. */
function tightOf(parts: readonly string[]): readonly string[] {
  const known = tight.get(parts) ?? parts.map((it) => it.replaceAll(/\s*\n\s*/g, '\n'));
  tight.set(parts, known);
  return known;
}

/** Text of our own source, such as the style sheet, as it is. */
export function trusted(ourText: string): Html {
  return new Html(ourText);
}

function slotText(slot: Slot): string {
  if (slot === undefined) return '';
  if (slot instanceof Html) return slot.toString();
  if (Array.isArray(slot)) return (slot as readonly Slot[]).map(slotText).join('');
  return safeText(readable(String(slot)), 'html');
}

/** Nobody reads more of one text, and a browser takes seconds to break long ones into lines. */
const longest = 4000;

/** The text, or its beginning and how much is missing. */
export function readable(text: string): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}… (${(text.length - longest).toLocaleString('en-US')} characters more)`;
}
