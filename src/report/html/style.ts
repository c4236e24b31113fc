// The style sheet of report.html: system fonts, both colour schemes, one column on a phone, plain on paper.

const colours = `
:root { color-scheme: light dark;
  --page: #fbfbfa; --card: #fff; --ink: #1d2023; --soft: #5c6269; --line: #dfe1e3; --wash: #f1f2f2;
  --fail: #b3261e; --warn: #855300; --pass: #1b6b40; --open: #6a3fa3; --limit: #0b6275; }
@media (prefers-color-scheme: dark) { :root {
  --page: #131517; --card: #1a1d20; --ink: #e3e5e7; --soft: #9aa1a8; --line: #30353a; --wash: #22262a;
  --fail: #ff8f84; --warn: #f2bd62; --pass: #79d3a0; --open: #c6a6f7; --limit: #6fc9dc; } }
.fail { --tone: var(--fail); } .warn { --tone: var(--warn); } .pass { --tone: var(--pass); }
.inconclusive { --tone: var(--open); } .limit { --tone: var(--limit); }
.skipped, .notExercised { --tone: var(--soft); }
`;

const text = `
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; text-size-adjust: 100%;
  -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--ink); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 1.65rem; line-height: 1.25; font-weight: 650; margin: .3rem 0 .6rem; max-width: 60rem; text-wrap: pretty; }
h2 { font-size: 1.25rem; font-weight: 650; margin: 3rem 0 .75rem; padding-top: .75rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1rem; font-weight: 650; margin: 1.75rem 0 .5rem; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }
p { margin: .5rem 0; max-width: 48rem; }
a { color: inherit; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: 2px; }
code, pre, .bytes, .what, .id, .by { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .84em; }
code { background: var(--wash); padding: .2em .45em; border-radius: 4px; user-select: all; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
pre { background: var(--wash); padding: .75rem 1rem; border-radius: 6px; white-space: pre-wrap; }
.aside { color: var(--soft); font-weight: 400; font-size: .9em; }
h2 .aside { font-size: 1rem; }
.label { font-size: .75rem; font-weight: 650; letter-spacing: .04em; color: var(--soft); margin-right: .25rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: 1.25rem; font-size: .95rem; }
.verdict { color: var(--tone); font-weight: 700; font-size: 1.1rem; margin: 0; display: flex; align-items: center; gap: .45rem; }
.verdict .shape { width: 1.35rem; height: 1.35rem; }
.warnings { list-style: none; padding: 0; margin: 1rem 0 0; color: var(--warn); font-size: .95rem; }
`;

const parts = `
.shape { width: .85em; height: .85em; fill: currentColor; flex: none; vertical-align: -.06em; }
.badge { color: var(--tone); font-weight: 600; font-size: .875rem; white-space: nowrap; display: inline-flex; align-items: center; gap: .35em; }
.counts { display: inline-flex; flex-wrap: wrap; gap: 0 .9rem; font-weight: 400; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th { text-align: left; font-size: .75rem; font-weight: 600; letter-spacing: .02em; color: var(--soft); padding: .3rem 1rem .3rem 0; vertical-align: bottom; }
td { padding: .4rem 1rem .4rem 0; border-top: 1px solid var(--line); vertical-align: baseline; }
th:last-child, td:last-child { padding-right: 0; }
.num { text-align: right; white-space: nowrap; }
.figures { white-space: nowrap; }
.checks td:first-child, .statements td:first-child { width: 8.5rem; }
.checks .id { width: 22%; }
.statements { table-layout: fixed; } .statements th:nth-child(2) { width: 40%; } .statements th:nth-child(3) { width: 30%; }
.statements th:first-child { width: 8.5rem; } .statements .figures { white-space: normal; }
.came { color: var(--soft); font-size: .92em; }
.bound { white-space: nowrap; color: var(--soft); }
.over { color: var(--fail); }
.by { font-size: .78em; max-width: 24rem; }
summary { cursor: pointer; }
summary .title { font-weight: 600; }
.problem { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 6px; padding: 0 1.25rem; margin: .75rem 0; }
.problem > summary { padding: .7rem 0; }
.problem[open] { padding-bottom: .75rem; }
.problem .badge { margin-right: .4rem; }
.statement { margin-top: 0; }
.versus { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: 6px; overflow: hidden; margin: .75rem 0; }
.versus > div { background: var(--card); padding: .6rem .9rem; }
.versus dt { font-size: .75rem; font-weight: 650; letter-spacing: .04em; color: var(--soft); }
.versus dd { margin: .15rem 0 0; }
.versus .actual dt, .versus .actual dd:nth-of-type(1) { color: var(--tone); }
.versus .actual dd:nth-of-type(1) { font-weight: 600; }
.packets { font-size: .875rem; margin: .5rem 0; }
.packets .way, .packets .seen { white-space: nowrap; }
.packets .seen, .packets .quiet td { color: var(--soft); }
.packets .bytes { color: var(--soft); width: 34%; }
.packets .offending td { background: var(--wash); color: var(--ink); }
.packets .offending td:first-child { box-shadow: inset 3px 0 var(--tone); }
.packets td:first-child, .packets th:first-child { padding-left: .6rem; }
.here { color: var(--tone); white-space: nowrap; font-family: system-ui, sans-serif; }
mark { background: none; color: var(--fail); font-weight: 700; border-bottom: 2px solid; }
.chapter { border-top: 1px solid var(--line); }
.chapter > summary { padding: .45rem 0; }
.chapter .title { display: inline-block; min-width: 15rem; }
.chapter table { margin: 0 0 .75rem 1.1rem; width: calc(100% - 1.1rem); }
.coverage td:nth-child(3) { width: 30%; }
.unjudged { margin: 1rem 0; }
.figure { font-size: 1.1em; }
meter { width: 100%; height: .7rem; vertical-align: middle; appearance: none; -webkit-appearance: none; background: var(--wash); border: 1px solid var(--soft); border-radius: 0; }
meter::-webkit-meter-inner-element { display: block; height: 100%; }
meter::-webkit-meter-bar { background: none; border: 0; border-radius: 0; height: 100%; }
meter::-webkit-meter-optimum-value { background: var(--soft); border-radius: 0; }
meter::-moz-meter-bar { background: var(--soft); }
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
  .checks .id { width: auto; }
  .problem { padding: 0 .85rem; }
  .packets thead, .checks thead, .statements thead, .unjudged thead { display: none; }
  .packets tr, .checks tr, .statements tr, .unjudged tr { display: block; border-top: 1px solid var(--line); padding: .45rem 0; }
  .packets td, .checks td, .statements td, .unjudged td, .checks td:first-child, .statements td:first-child { display: block; border: 0; padding: .05rem 0; width: auto; text-align: left; }
  .packets .bytes { width: auto; }
  .packets td.num, .packets td.way, .packets td.seen { display: inline; font-size: .85em; color: var(--soft); }
  .packets td:empty { display: none; }
  .packets tr.offending { background: var(--wash); box-shadow: inset 3px 0 var(--tone); padding-left: .6rem; }
  .packets .offending td { background: none; } .packets .offending td:first-child { box-shadow: none; padding: 0; }
  .packets td:first-child { padding-left: 0; }
  .figures:empty { display: none; }
  .chapter table { margin-left: 0; width: 100%; } .chapter .title { min-width: 0; margin-right: .5rem; }
  .coverage td:nth-child(3), .coverage th:nth-child(3) { display: none; }
  .facts > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
}
`;

const paper = `
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #eee; }
  html { font-size: 11px; } nav { display: none; } header, main { max-width: none; padding: 0; }
  .problem, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;

/** All of it. */
export const style = [colours, text, parts, narrow, paper].join('');
