// How the matrix and its drawers look: quiet where all is well, a tint and a shape where somebody must look.

/** Part of the style sheet. */
export const matrixStyle = `
.matrix-box { border: 1px solid var(--line); border-radius: 6px; background: var(--card); width: fit-content; max-width: 100%; max-height: 85vh; overflow: auto; scroll-padding: 3rem 0 0 13rem; }
.matrix { width: auto; border-collapse: separate; border-spacing: 0; font-size: 14px; line-height: 20px; }
.matrix th, .matrix td { padding: 0; border: 0; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: middle; }
.matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--card); padding: .5rem .75rem; color: var(--ink); font-size: .875rem; letter-spacing: 0; vertical-align: bottom; min-width: 8.5rem; max-width: 12rem; white-space: normal; }
.matrix thead th .aside { display: block; font-size: .8125rem; max-height: 3.2em; overflow: hidden; }
.matrix tr > :first-child { position: sticky; left: 0; z-index: 1; background: var(--card); padding: 5px 12px; border-right: 1px solid var(--line); text-align: left; font-weight: 500; min-width: 13rem; max-width: 18rem; white-space: normal; }
.matrix thead tr > :first-child { z-index: 3; color: var(--soft); font-size: .75rem; }
.matrix td.total { padding: 5px 12px; background: var(--wash); } .matrix .totals > th { background: var(--wash); }
.matrix td a { display: flex; align-items: center; gap: .4rem; padding: 5px 12px; color: var(--tone); text-decoration: none; }
.matrix td a:hover { background: var(--wash); text-decoration: underline; }
.matrix td a:focus-visible { outline-offset: -2px; }
.matrix td.fail, .matrix td.warn, .matrix td.inconclusive { background: color-mix(in srgb, var(--tone) 9%, var(--card)); font-weight: 600; }
.matrix td.total.fail { background: var(--wash); }
.matrix td.empty { padding: 5px 12px; } .matrix td.dim { opacity: .35; }
.matrix .of-row > th { font-weight: 400; padding-left: 24px; font-size: 13px; }
.matrix .of-row td a { font-size: 13px; font-weight: 400; }
.matrix tbody tr:last-child > * { border-bottom: 0; } .matrix tbody:nth-of-type(1) tr:last-child > * { border-bottom: 1px solid var(--line); }
.matrix tbody tr > th:has(.more) { padding-right: 2.25rem; }
.matrix .more { position: absolute; right: .35rem; top: 50%; translate: 0 -50%; border: 0; background: none; padding: 0 .4rem; color: var(--soft); line-height: 1.5; }
.matrix .more::before { content: '+'; } .matrix .more[aria-expanded='true']::before { content: '\\2212'; }

.drawer { display: none; position: fixed; inset: 0 0 0 auto; z-index: 10; width: min(60rem, 100%); overflow: auto; overscroll-behavior: contain; background: var(--page); padding: 1rem 1.5rem 3rem; box-shadow: 0 0 0 100vmax var(--veil); outline: none; }
html:not(.js) .drawer:target, .drawer.open { display: block; }
div.bar { position: sticky; top: -1rem; z-index: 2; display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; background: var(--page); margin: -1rem 0 0; padding: 1rem 0 .5rem; border-bottom: 2px solid var(--ink); height: auto; outline: 0; }
.drawer h2 { border: 0; margin: 0; padding: 0; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows li { scroll-margin-top: 4rem; display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .75rem; padding: .4rem 0; border-top: 1px solid var(--line); font-size: .9375rem; align-items: baseline; }
.rows .by { font-size: .78em; }
.pointed { box-shadow: -.75rem 0 var(--page), -.9rem 0 currentColor; }
.check { border-top: 1px solid var(--line); scroll-margin-top: 4rem; }
.check > summary { padding: .45rem 0; display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .75rem; align-items: baseline; font-size: .9375rem; list-style: none; }
.check > summary::-webkit-details-marker { display: none; }
.check > summary .title { font-weight: 500; } .check > summary .title::after { content: ' \\25b8'; color: var(--soft); }
.check[open] > summary .title { font-weight: 650; } .check[open] > summary .title::after { content: ' \\25be'; }
.check[open] { padding-bottom: 1.25rem; }
.check .figures { font-size: .9em; }
@media (max-width: 44rem) {
  .drawer { padding: .75rem 1rem 2rem; }
  .rows li, .check > summary { grid-template-columns: minmax(0, 1fr); gap: .1rem; }
  .matrix tr > :first-child { min-width: 9rem; max-width: 9rem; padding: 5px 8px; font-size: 13px; } .matrix tbody tr > th:has(.more) { padding-right: 1.6rem; } .matrix .more { right: 0; } .matrix-box { scroll-padding-left: 9rem; }
  .matrix thead th { min-width: 7rem; }
}
`;
