// What is shown: by verdict, by target, by a text; the same for the failures, the matrix and what belongs to a target.
import type { PageDocument, PageElement } from './dom.ts';
import type { Index } from '../island.ts';
import type { Place } from './place.ts';

/** The controls and what they hide; sent to the page as it stands, so that it refers to nothing outside itself. */
export function filtersOf(
  page: PageDocument,
  { targets, statements }: Index,
  change: (filters: Partial<Place>) => void,
): (place: Place) => void {
  const bar = page.getElementById('filters');
  const buttons = [...(bar?.querySelectorAll('button[data-show]') ?? [])];
  const select = bar?.querySelector('select') ?? undefined;
  const search = bar?.querySelector('input') ?? undefined;
  const count = bar?.querySelector('[role=status]') ?? undefined;
  const clear = bar?.querySelector('button[data-clear]') ?? undefined;
  const pressed = (): readonly string[] =>
    buttons.filter((it) => it.getAttribute('aria-pressed') === 'true').map((it) => it.dataset['show'] ?? '');

  for (const it of buttons) {
    it.addEventListener('click', () => {
      it.setAttribute('aria-pressed', String(it.getAttribute('aria-pressed') !== 'true'));
      change({ show: pressed() });
    });
  }
  select?.addEventListener('change', () => {
    change({ target: select.value === '' ? '' : (targets[Number(select.value)] ?? '') });
  });
  search?.addEventListener('input', () => change({ find: search.value }));
  clear?.addEventListener('click', () => change({ show: [], target: '', find: '' }));

  const problems = [...page.querySelectorAll('.problem')];
  const texts = new Map<PageElement, string>();
  const textOf = (it: PageElement): string => {
    const text = texts.get(it) ?? it.textContent.replaceAll(/<[^>]*>/g, ' ').toLowerCase();
    texts.set(it, text);
    return text;
  };

  const matchRow = (row: PageElement, show: readonly string[], find: string): boolean => {
    const cells = [...row.querySelectorAll('td')].filter((it) => !it.hidden);
    const has = (it: PageElement): boolean => show.some((verdict) => it.classList.contains(verdict));
    for (const it of cells) it.classList.toggle('dim', show.length > 0 && !has(it));
    const own = statements[Number(row.dataset['row'] ?? -1)] ?? [];
    const words = `${row.textContent} ${own.map(([id, title]) => `${id} ${title}`).join(' ')}`.toLowerCase();
    return (show.length === 0 || cells.some(has)) && words.includes(find);
  };

  return ({ show, target, find }) => {
    const wanted = find.toLowerCase();
    const chosen = target === '' ? -1 : targets.indexOf(target);
    for (const it of buttons) it.setAttribute('aria-pressed', String(show.includes(it.dataset['show'] ?? '')));
    if (select !== undefined) select.value = chosen < 0 ? '' : String(chosen);
    if (search !== undefined && search.value !== find) search.value = find;
    if (clear !== undefined) clear.hidden = show.length === 0 && chosen < 0 && find === '';
    for (const it of page.querySelectorAll('main [data-target]')) {
      it.hidden = chosen >= 0 && it.dataset['target'] !== String(chosen);
    }
    for (const row of page.querySelectorAll('#cells tr')) row.hidden = !matchRow(row, show, wanted);
    for (const it of problems) {
      const fits = show.length === 0 || show.some((verdict) => it.classList.contains(verdict));
      it.hidden ||= !fits || !(wanted === '' || textOf(it).includes(wanted));
    }
    if (count === undefined) return;
    const shown = problems.filter((it) => !it.hidden).length;
    count.textContent = problems.length === 0 ? '' : `${shown} of ${problems.length} problems shown`;
  };
}
