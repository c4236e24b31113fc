// Starts the page: reads its data, and lets its address say what is open and what is shown.
import type { Index, Island } from '../island.ts';
import type { packetList } from './packet-list.ts';
import type { sequenceTree } from './sequence.ts';
import type { conversationView } from './conversation-view.ts';
import type { PageDocument, PageElement, PageEvent, PageWindow } from './dom.ts';
import type { drawersOf } from './drawer.ts';
import type { elements } from './elements.ts';
import type { filtersOf } from './filters.ts';
import type { heldOf } from './held.ts';
import type { matrixKeys } from './matrix-keys.ts';
import type { Place, placeText } from './place.ts';
import type { seriesCursor } from './series-cursor.ts';
import type { unpack } from './unpack.ts';

/** The functions that stand beside this one in the page. */
export interface Parts {
  readonly conversationView: typeof conversationView;
  readonly drawersOf: typeof drawersOf;
  readonly elements: typeof elements;
  readonly filtersOf: typeof filtersOf;
  readonly heldOf: typeof heldOf;
  readonly matrixKeys: typeof matrixKeys;
  readonly packetList: typeof packetList;
  readonly placeText: typeof placeText;
  readonly sequenceTree: typeof sequenceTree;
  readonly seriesCursor: typeof seriesCursor;
  readonly unpack: typeof unpack;
}

/** Sent to the page as it stands, so that it refers to nothing outside itself but its arguments. */
export function boot(page: PageDocument, view: PageWindow, parts: Parts): void {
  const json = (id: string): unknown => JSON.parse(page.getElementById(id)?.textContent ?? 'null');
  const index = json('index') as Index;
  let island: Island | undefined;
  const wholeIsland = (): Island => (island ??= json('island') as Island);

  page.documentElement.classList.toggle('js', true);
  for (const it of page.querySelectorAll('.scripted')) it.hidden = false;
  const build = parts.elements(page);
  const reveal = parts.heldOf(page, view);
  const hash = parts.placeText();
  const here = (): Place => hash.read(view.location.hash);
  const drawers = parts.drawersOf(page, reveal, parts.conversationView(wholeIsland, { ...parts, build }));
  const replace = (place: Place): void => {
    view.history.replaceState(null, '', hash.write(place));
    apply();
  };
  const filter = parts.filtersOf(page, index, (filters) => replace({ ...here(), ...filters }));

  const apply = (): void => {
    const place = here();
    filter(place);
    if (place.at === '' || !drawers.open(place.at, place.item)) drawers.close();
  };
  const isPlain = (event: PageEvent): boolean => !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);

  page.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link === null || !isPlain(event)) {
      if (event.target === page.documentElement || event.target === page.body) close();
      return;
    }
    event.preventDefault();
    if (link.classList.contains('close')) close();
    else go(link);
  });
  const go = (link: PageElement): void => {
    const at = link.getAttribute('href')?.slice(1) ?? '';
    const place = { ...here(), at, item: link.dataset['item'] ?? '' };
    const address = hash.write(place);
    if (view.location.hash === address) apply();
    else view.location.hash = address;
    const found = page.getElementById(at);
    if (found !== null && !found.classList.contains('drawer')) found.scrollIntoView({ block: 'start' });
  };
  const close = (): void => {
    if (drawers.current() !== undefined) replace({ ...here(), at: '', item: '' });
  };
  page.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });
  page.addEventListener(
    'toggle',
    ({ target }) => {
      const holder = target.open ? target.querySelector('noscript') : null;
      if (holder !== null) reveal(holder);
    },
    { capture: true },
  );
  view.addEventListener('beforeprint', () => {
    for (const holder of page.querySelectorAll('main noscript')) reveal(holder);
  });
  view.addEventListener('hashchange', apply);
  // The conversations and the drawers stand behind the script: the page is of use before they are read.
  page.addEventListener('DOMContentLoaded', apply);
  parts.seriesCursor(page);
  parts.matrixKeys(page, index, build, () => filter(here()));
  apply();
}
