// Content that the file holds as the text of a `noscript`: it costs nothing until somebody asks for it.
import type { PageDocument, PageElement, PageWindow } from './dom.ts';

/**
 * Puts the content in the place of its `noscript`, as the browser would have read it had it no scripts.
 *
 * Sent to the page as it stands, so that it refers to nothing outside itself.
 */
export function heldOf(page: PageDocument, view: PageWindow): (holder: PageElement) => void {
  return (holder) => {
    const read = new view.DOMParser().parseFromString(holder.textContent, 'text/html');
    const elements = [...read.querySelectorAll('body > *')].map((it) => page.importNode(it, true));
    holder.after(...elements);
    holder.remove();
  };
}
