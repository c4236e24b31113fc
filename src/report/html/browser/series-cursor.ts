// Reads a moment aloud: the pointer, or the arrow keys, choose a step of the time axis, and its figures stand in words.
import type { PageDocument, PageElement } from './dom.ts';

/** Sent to the page as it stands, so that it refers to nothing outside itself. */
export function seriesCursor(page: PageDocument): void {
  const moment = page.getElementById('moment');
  const plots = page.getElementById('plots');
  if (moment === null || plots === null) return;
  const textsOf = (selector: string, of: PageElement | PageDocument): readonly string[] =>
    [...of.querySelectorAll(selector)].map((it) => it.textContent);
  const names = textsOf('#figures th', page);
  const rows = [...page.querySelectorAll('#figures tbody tr')];
  const cursors = [...plots.querySelectorAll('.cursor')];
  let chosen = 0;

  const say = (text: string): void => {
    moment.textContent = text;
    moment.setAttribute('aria-valuetext', text);
  };
  const choose = (index: number): void => {
    chosen = Math.min(rows.length - 1, Math.max(0, index));
    const row = rows[chosen];
    if (row === undefined) return;
    const x = `${(100 * (chosen + 0.5)) / rows.length}%`;
    for (const it of cursors) {
      it.setAttribute('x1', x);
      it.setAttribute('x2', x);
    }
    moment.setAttribute('aria-valuenow', String(chosen));
    say(
      textsOf('td', row)
        .map((value, nth) => `${names[nth] ?? ''} ${value}`)
        .join(' · '),
    );
  };

  plots.addEventListener('pointermove', (event) => {
    const bar = event.target.closest('.bar-of');
    if (bar !== null) return say(bar.getAttribute('aria-label') ?? '');
    const { left, width } = plots.getBoundingClientRect();
    choose(Math.floor(((event.clientX - left) / width) * rows.length));
  });
  plots.addEventListener('focusin', ({ target }) => say(target.getAttribute('aria-label') ?? ''));
  moment.addEventListener('focus', () => choose(chosen));
  moment.addEventListener('keydown', (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
    const by = (steps as Readonly<Record<string, number | undefined>>)[event.key];
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : by && chosen + by;
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    choose(to);
  });
}
