// The matrix by keyboard: one stop for the tab key, arrows within it, and rows that open to their statements.
import type { Index } from '../island.ts';
import type { Tree } from '../tree.ts';
import type { PageDocument, PageElement } from './dom.ts';

/** Sent to the page as it stands, so that it refers to nothing outside itself. */
export function matrixKeys(
  page: PageDocument,
  { statements, words }: Index,
  build: (tree: Tree) => PageElement | string,
  refresh: () => void,
): void {
  const cells = page.getElementById('cells');
  if (cells === null) return;
  const table = cells;

  const statementRow = (row: number, [id, title, verdicts]: Index['statements'][number][number]): PageElement => {
    const badge = (verdict: keyof Index['words']): readonly Tree[] => [
      [
        'svg',
        { xmlns: 'http://www.w3.org/2000/svg', class: 'shape', 'aria-hidden': 'true' },
        ['use', { href: `#is-${verdict}` }],
      ],
      words[verdict],
    ];
    const cell = (verdict: keyof Index['words'] | '', target: number): Tree => {
      if (verdict === '')
        return ['td', { class: 'empty', 'data-target': String(target) }, ['span', { class: 'aside' }, 'not judged']];
      const link = { href: `#cell-${row}-${target}`, 'data-item': id };
      return ['td', { class: verdict, 'data-target': String(target) }, ['a', link, ...badge(verdict)]];
    };
    return build([
      'tr',
      { class: 'of-row', 'data-of': String(row) },
      ['th', { scope: 'row' }, ['span', { class: 'id' }, id], ` ${title}`],
      ...verdicts.map(cell),
    ]) as PageElement;
  };

  const expandable = (row: PageElement): void => {
    const number = Number(row.dataset['row']);
    const own = statements[number] ?? [];
    const head = row.querySelector('th');
    if (own.length === 0 || head === null) return;
    const attributes = {
      type: 'button',
      class: 'more',
      'aria-expanded': 'false',
      'aria-label': `Statements of ${head.textContent}`,
    };
    const button = build(['button', attributes]) as PageElement;
    button.addEventListener('click', () => {
      const isOpen = button.getAttribute('aria-expanded') === 'true';
      button.setAttribute('aria-expanded', String(!isOpen));
      if (isOpen) for (const it of table.querySelectorAll(`[data-of="${number}"]`)) it.remove();
      else row.after(...own.map((it) => statementRow(number, it)));
      refresh();
      settle(button);
    });
    head.append(button);
  };

  const stops = (): readonly (readonly (PageElement | undefined)[])[] =>
    [...table.querySelectorAll('tr')]
      .filter((row) => !row.hidden)
      .map((row) =>
        [...row.querySelectorAll('th, td')]
          .filter((it) => !it.hidden)
          .map((it) => it.querySelector('a, button') ?? undefined),
      );
  /** Exactly one of them can be reached by tab. */
  const settle = (chosen: PageElement): void => {
    for (const it of table.querySelectorAll('a, button')) it.tabIndex = -1;
    chosen.tabIndex = 0;
  };
  const firstStop = (): void => {
    const first = table.querySelector('td a');
    if (first !== null) settle(first);
  };

  const steps: Readonly<Record<string, readonly [down: number, right: number]>> = {
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
    Home: [0, -Infinity],
    End: [0, Infinity],
  };
  table.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    const here = event.target.closest('a, button');
    if (step === undefined || here === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const all = stops();
    const row = all.findIndex((it) => it.includes(here));
    const column = all[row]?.indexOf(here) ?? 0;
    const [down, right] = step;
    const line = all[row] ?? [];
    const candidates =
      down === 0
        ? right > 0
          ? line.slice(column + 1)
          : line.slice(0, column).toReversed()
        : (down > 0 ? all.slice(row + 1) : all.slice(0, row).toReversed()).map((it) => it[column]);
    const found = candidates.filter((it) => it !== undefined);
    const next = Number.isFinite(right) ? found[0] : found.at(-1);
    if (next === undefined) return;
    settle(next);
    next.focus();
  });

  for (const row of table.querySelectorAll('tr')) expandable(row);
  firstStop();
}
