// The style sheet of report.html: system fonts, both colour schemes, one column on a phone, plain on paper.
import { conversationStyle } from './style-conversation.ts';
import { matrixStyle } from './style-matrix.ts';
import { seriesStyle } from './style-series.ts';

const colours = `
:root { color-scheme: light dark;
  --page: #fbfbfa; --card: #fff; --ink: #1d2023; --soft: #5c6269; --line: #dfe1e3; --wash: #f1f2f2; --veil: rgb(20 22 24 / .38);
  --fail: #b3261e; --warn: #855300; --pass: #1b6b40; --open: #6a3fa3; --limit: #0b6275; }
@media (prefers-color-scheme: dark) { :root {
  --page: #131517; --card: #1a1d20; --ink: #e3e5e7; --soft: #9aa1a8; --line: #30353a; --wash: #22262a; --veil: rgb(0 0 0 / .6);
  --fail: #ff8f84; --warn: #f2bd62; --pass: #79d3a0; --open: #c6a6f7; --limit: #6fc9dc; } }
.fail { --tone: var(--fail); } .warn { --tone: var(--warn); } .pass { --tone: var(--pass); }
.inconclusive { --tone: var(--open); } .limit { --tone: var(--limit); }
.skipped, .notExercised { --tone: var(--soft); }
`;

const text = `
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; text-size-adjust: 100%;
  -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--ink); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
header, main { max-width: 80rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 1.65rem; line-height: 1.25; font-weight: 650; margin: .3rem 0 .6rem; max-width: 60rem; text-wrap: pretty; }
h2 { font-size: 1.25rem; font-weight: 650; margin: 3rem 0 .75rem; padding-top: .75rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1rem; font-weight: 650; margin: 1.75rem 0 .5rem; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }
p { margin: .5rem 0; max-width: 48rem; }
a { color: inherit; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: 2px; }
code, pre, .bytes, .what, .id, .by, .fields { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .84em; }
code { background: var(--wash); padding: .2em .45em; border-radius: 4px; user-select: all; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
pre { background: var(--wash); padding: .75rem 1rem; border-radius: 6px; white-space: pre-wrap; }
.aside { color: var(--soft); font-weight: 400; font-size: .9em; }
h2 .aside { font-size: 1rem; }
.label { font-size: .75rem; font-weight: 650; letter-spacing: .04em; color: var(--soft); margin-right: .25rem; white-space: nowrap; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: 1.25rem; font-size: .95rem; }
.verdict { color: var(--tone); font-weight: 700; font-size: 1.1rem; margin: 0; display: flex; align-items: center; gap: .45rem; }
.verdict .shape { width: 1.35rem; height: 1.35rem; }
.warnings { list-style: none; padding: 0; margin: 1rem 0; color: var(--warn); font-size: .95rem; }
.limits { margin: 1rem 0 0; font-size: .95rem; } .limits p { margin: 0; }
.limits ul { list-style: none; margin: 0; padding: 0; } .limits li { display: flex; gap: .5rem; align-items: baseline; }
.limits .shape { color: var(--tone); }
`;

const parts = `
.shape { width: .85em; height: .85em; fill: currentColor; flex: none; vertical-align: -.06em; }
.badge { color: var(--tone); font-weight: 600; font-size: .875rem; white-space: nowrap; display: inline-flex; align-items: center; gap: .35em; }
.counts { display: inline-flex; flex-wrap: wrap; gap: 0 .9rem; font-weight: 400; }
.scroll { overflow-x: auto; }
button, select, input, .button { font: inherit; font-size: .875rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 5px; padding: .25rem .6rem; }
button, .button { cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; gap: .35em; }
button:hover, .button:hover { background: var(--wash); }
#filters { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-top: 1.5rem; }
#filters label { display: inline-flex; align-items: center; } #filters input { width: 14rem; } #filters select { max-width: 12rem; }
.toggles { display: flex; flex-wrap: wrap; gap: .35rem; } .toggles .shape { color: var(--tone); }
.toggles [aria-pressed='true'] { border-color: var(--tone); box-shadow: inset 0 0 0 1px var(--tone); font-weight: 600; }
#filters + section h2 { margin-top: 1.5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th { text-align: left; font-size: .75rem; font-weight: 600; letter-spacing: .02em; color: var(--soft); padding: .3rem 1rem .3rem 0; vertical-align: bottom; }
td { padding: .4rem 1rem .4rem 0; border-top: 1px solid var(--line); vertical-align: baseline; }
tbody th { font-size: inherit; letter-spacing: 0; color: inherit; border-top: 1px solid var(--line); vertical-align: baseline; }
th:last-child, td:last-child { padding-right: 0; }
.num { text-align: right; white-space: nowrap; }
table.expectations { table-layout: fixed; } .expectations th:first-child { width: 8.5rem; } .expectations th:nth-child(3) { width: 30%; } .offence > summary { font-size: .875rem; padding: .2rem 0; } .offence .path { margin: .3rem 0 .8rem; padding-left: 1.6rem; font-size: .9rem; } .path .time { color: var(--soft); margin-right: .35rem; }
.expectations td.of-row { border: 0; padding-top: 0; } .checks td:first-child, .checks td:nth-child(2) { width: 8.5rem; }
.chapter { border-top: 1px solid var(--line); } .chapter > summary { padding: .45rem 0; } .chapter table { margin-bottom: .75rem; }
.came { color: var(--soft); font-size: .92em; }
.bound { white-space: nowrap; color: var(--soft); }
.over { color: var(--fail); }
summary { cursor: pointer; }
summary .title { font-weight: 600; }
.problem { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 6px; padding: 0 1.25rem; margin: .6rem 0; }
.problem:not([open]) { content-visibility: auto; contain-intrinsic-size: auto 2.75rem; }
.problem > summary { padding: .6rem 0; }
.problem[open] { padding-bottom: .75rem; }
.problem .badge { margin-right: .4rem; }
.statement { margin-top: 0; }
.versus { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: 6px; overflow: hidden; margin: .75rem 0; }
.versus > div { background: var(--card); padding: .6rem .9rem; }
.versus dt, .expected dt { font-size: .75rem; font-weight: 650; letter-spacing: .04em; color: var(--soft); }
.versus dd, .expected dd { margin: .15rem 0 0; }
.versus .actual dt, .versus .actual dd:nth-of-type(1) { color: var(--tone); }
.versus .actual dd:nth-of-type(1) { font-weight: 600; }
.coverage td:nth-child(3) { min-width: 8rem; width: 30%; } .coverage th { white-space: nowrap; }
.by-section td:nth-child(3) { width: 30%; }
.unjudged { margin: .6rem 0; } .unjudged table { margin: .5rem 0 1rem; }
.bar { display: block; width: 100%; height: .6rem; background: var(--wash); outline: 1px solid var(--line); } svg.bar rect { fill: var(--soft); }
.facts { margin: 0; }
.facts > div { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 1rem; padding: .3rem 0; border-top: 1px solid var(--line); font-size: .9375rem; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; }
main { padding-bottom: 4rem; }
`;

/** A phone gets blocks where a desk gets rows. */
const narrow = `
@media (max-width: 44rem) {
  header, main { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.25rem; }
  h1 { font-size: 1.3rem; }
  .versus { grid-template-columns: minmax(0, 1fr); }
  .problem { padding: 0 .85rem; }
  #filters input { width: 100%; } #filters label { flex: 1 1 100%; } #filters select { flex: 1; max-width: none; }
  .expectations, .expectations tbody { display: block; }
  .packets thead, .expectations thead, .checks thead, .reasons thead, .origins thead { display: none; }
  .packets tr, .expectations tr, .checks tr, .reasons tr, .origins tr { display: block; border-top: 1px solid var(--line); padding: .45rem 0; }
  .packets td, .expectations td, .checks td, .checks td:first-child, .checks td:nth-child(2), .reasons td, .origins td, .origins th, .expectations td:first-child { display: block; border: 0; padding: .05rem 0; width: auto; text-align: left; }
  .packets .bytes { width: auto; }
  .packets td.num, .packets td.way, .packets td.seen { display: inline; font-size: .85em; color: var(--soft); padding-right: .5rem; }
  .packets td:empty { display: none; }
  .packets tr.offending { background: var(--wash); box-shadow: inset 3px 0 var(--tone); padding-left: .6rem; }
  .packets .offending td { background: none; } .packets .offending td:first-child { box-shadow: none; padding: 0; }
  .packets td:first-child { padding-left: 0; }
  .by-section td:nth-child(3), .by-section th:nth-child(3) { display: none; }
  .facts > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
}
`;

const paper = `
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #eee; --fail: #a01810; --warn: #6f4500; --pass: #14532f; --open: #55308a; --limit: #094e5d; }
  html { font-size: 10px; } nav, #filters, .button, .drawer, .more, .scripted { display: none !important; } header, main { max-width: none; padding: 0; }
  .problem:not([open]) { content-visibility: visible; } tr { break-inside: avoid; } h2, h3, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .scroll { overflow: visible; } svg.sequence { max-width: 100%; height: auto; }
  .matrix { font-size: 8px; } .matrix th, .matrix td { position: static !important; }
}
`;

/** All of it. */
export const style = [colours, text, parts, matrixStyle, conversationStyle, seriesStyle, narrow, paper].join('');
