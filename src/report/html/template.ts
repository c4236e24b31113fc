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
  return new Html(parts.reduce((text, part, index) => text + slotText(slots[index - 1]) + part));
}

/** Text of our own source, such as the style sheet, as it is. */
export function trusted(ourText: string): Html {
  return new Html(ourText);
}

function slotText(slot: Slot): string {
  if (slot === undefined) return '';
  if (slot instanceof Html) return slot.toString();
  if (Array.isArray(slot)) return (slot as readonly Slot[]).map(slotText).join('');
  return safeText(String(slot), 'html');
}
