// How figures over time look: plots that stretch with the page, faults hatched or dotted behind them.

/** Part of the style sheet. */
export const seriesStyle = `
.plot { margin: .9rem 0 0; break-inside: avoid; } .plot figcaption { font-size: .875rem; margin-bottom: .2rem; display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; }
.plot > svg, .ticks { display: block; overflow: hidden; } .plot > svg { background: var(--card); border: solid var(--line); border-width: 1px 0; touch-action: pan-y; }
.ticks { border: 0; } .ticks text, .strip text, .plot .scale { font-size: 11px; fill: var(--soft); }
.plot .scale, .strip text { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; } .strip text { font-weight: 650; }
.plot .grid, .ticks .grid { stroke: var(--line); stroke-width: 1; }
.line { fill: none; stroke: var(--limit); stroke-width: 1.75; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.line.area { fill: color-mix(in srgb, var(--limit) 22%, transparent); stroke-width: 1.25; } .line.dashed { stroke: var(--ink); stroke-dasharray: 6 3; } .line.dotted { stroke: var(--ink); stroke-dasharray: 1.5 2.5; }
.key { display: inline-flex; flex-wrap: wrap; gap: 0 .9rem; } .key span { display: inline-flex; gap: .35rem; align-items: center; }
.shade.link { fill: url(#is-link-down); } .shade.part { fill: url(#is-part-down); } .shade.phase { fill: none; stroke: var(--soft); stroke-dasharray: 4 3; }
line.phase { stroke: var(--soft); stroke-width: 1.25; stroke-dasharray: 4 3; }
.sheet { position: absolute; } .sheet .ground { fill: color-mix(in srgb, var(--warn) 14%, transparent); } .sheet .mark { stroke: color-mix(in srgb, var(--warn) 60%, transparent); stroke-width: 2; } .sheet .dot { fill: color-mix(in srgb, var(--fail) 75%, transparent); }
.bar-of rect { stroke: var(--soft); stroke-width: 1; } .bar-of:focus-visible { outline: none; } .bar-of:focus-visible rect, .bar-of:hover rect { stroke: var(--ink); stroke-width: 2.5; }
.cursor { stroke: var(--ink); stroke-width: 1.25; }
#moment { position: sticky; bottom: 0; background: var(--page); border-top: 1px solid var(--line); padding: .4rem 0; max-width: none; font-size: .9rem; min-height: 2.6rem; }
.windows { padding-left: 1.6rem; font-size: .9375rem; columns: 24rem auto; } .windows li { break-inside: avoid; } .windows svg { vertical-align: -.05em; margin-right: .35rem; }
.link-bytes { margin: 1rem 0; } .link-bytes th.num { white-space: normal; } .link-bytes tbody th { overflow-wrap: normal; white-space: nowrap; } .figures-of > summary { padding: .3rem 0; font-size: .9375rem; } #figures { font-size: .8125rem; } #figures th { white-space: nowrap; }
.topology { display: block; font-size: 12px; } .topology text { fill: var(--soft); text-anchor: middle; } .topology .name { fill: var(--ink); font-size: 13px; font-weight: 600; }
.topology rect { fill: var(--card); stroke: var(--soft); stroke-width: 1.25; } .topology .broker rect { stroke: var(--ink); stroke-width: 2; }
.topology path { fill: none; stroke: var(--soft); stroke-width: 1.5; } .topology .edge text { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; fill: var(--ink); } .topology .edge .load { fill: var(--soft); }
.topology .broken path { stroke: var(--fail); stroke-width: 2; stroke-dasharray: 7 5; } .topology .broken text:not(.load) { fill: var(--fail); font-weight: 650; }
@media print { .topology { max-width: 100%; height: auto; } #moment { display: none; } .figures-of:not([open])::details-content { content-visibility: hidden; } }
`;
