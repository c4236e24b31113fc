// The drawer: opens beside the page, holds the keyboard while it is open, and gives it back to where it came from.
import type { PageDocument, PageElement } from './dom.ts';

/** Opens and closes drawers. */
export interface Drawers {
  /**
   * @param anchor of the drawer
   * @param item check to open or statement to point at
   * @returns whether there is such a drawer
   */
  open(anchor: string, item: string): boolean;
  close(): void;
  current(): PageElement | undefined;
}

/** Sent to the page as it stands, so that it refers to nothing outside itself. */
export function drawersOf(
  page: PageDocument,
  reveal: (holder: PageElement) => void,
  fill: (place: PageElement, key: string, check: string) => void,
): Drawers {
  let opened: PageElement | undefined;
  let cameFrom: PageElement | undefined;
  const around = [...page.querySelectorAll('body > header, body > main')];

  /** The file holds each of them as text until it is asked for. */
  const found = (anchor: string): PageElement | undefined => {
    const held = [...page.querySelectorAll('noscript[data-drawer]')].find((it) => it.dataset['drawer'] === anchor);
    if (held !== undefined) reveal(held);
    const drawer = page.getElementById(anchor);
    return drawer?.classList.contains('drawer') ? drawer : undefined;
  };

  const fillCheck = (it: PageElement): void => {
    const check = it.dataset['check'];
    const target = it.closest('.drawer')?.dataset['target'];
    if (!it.open || check === undefined || target === undefined || it.dataset['filled'] !== undefined) return;
    it.dataset['filled'] = '';
    fill(it, `${target}/${check}`, check);
  };
  page.addEventListener('toggle', ({ target }) => fillCheck(target), { capture: true });

  const pointAt = (drawer: PageElement, item: string): void => {
    for (const it of drawer.querySelectorAll('[data-check], [data-statement]')) {
      const isIt = item !== '' && (it.dataset['check'] === item || it.dataset['statement'] === item);
      it.classList.toggle('pointed', isIt);
      if (!isIt) continue;
      if (it.dataset['check'] !== undefined) {
        it.open = true;
        fillCheck(it);
      }
      it.scrollIntoView({ block: 'start' });
    }
  };

  return {
    open(anchor, item) {
      const drawer = found(anchor);
      if (drawer === undefined) return false;
      if (opened !== drawer) {
        if (opened === undefined) cameFrom = page.activeElement ?? undefined;
        opened?.classList.toggle('open', false);
        opened = drawer;
        drawer.classList.toggle('open', true);
        for (const it of around) it.inert = true;
        drawer.focus({ preventScroll: true });
      }
      pointAt(drawer, item);
      return true;
    },
    close() {
      if (opened === undefined) return;
      opened.classList.toggle('open', false);
      opened = undefined;
      for (const it of around) it.inert = false;
      cameFrom?.focus({ preventScroll: true });
    },
    current: () => opened,
  };
}
