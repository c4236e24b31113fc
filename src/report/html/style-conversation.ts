// How conversations look: the table of packets with its fields and bytes, and the lanes and arrows of the diagram.

/** Part of the style sheet. */
export const conversationStyle = `
.packets { font-size: .875rem; margin: .5rem 0; }
.packets thead th { font-size: .75rem; color: var(--soft); border: 0; }
.packets .way, .packets .seen { white-space: nowrap; }
.packets .seen, .packets .quiet td { color: var(--soft); }
.packets .bytes { color: var(--soft); width: 34%; }
.packets .offending td { background: var(--wash); color: var(--ink); }
.packets .offending td:first-child { box-shadow: inset 3px 0 var(--fail); }
.packets td:first-child, .packets th:first-child { padding-left: .6rem; }
.fields { margin: .25rem 0 .25rem 1rem; display: grid; gap: 0 1rem; color: var(--soft); font-size: .95em; }
.fields > div { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .5rem; } .fields dt { margin: 0; } .fields dd { margin: 0; color: var(--ink); }
.here { color: var(--fail); white-space: nowrap; font-family: system-ui, sans-serif; }
mark { background: none; color: var(--fail); font-weight: 700; border-bottom: 2px solid; }
.expected { margin: .5rem 0; font-size: .9375rem; }
.diagram > summary { font-size: .875rem; color: var(--soft); padding: .2rem 0; }
svg.sequence { display: block; margin: .5rem 0; font-size: 12px; font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.sequence text { fill: var(--ink); paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
.problem .sequence text { stroke: var(--card); }
.sequence .time { fill: var(--soft); }
.sequence rect { fill: var(--wash); stroke: var(--line); } .sequence .lane text { stroke: none; font-weight: 600; }
.sequence .life { stroke: var(--line); stroke-width: 1.5; } .sequence .link .life { stroke-dasharray: 4 4; stroke: var(--soft); }
.sequence .way { stroke: var(--soft); stroke-width: 1.3; } .sequence .head { fill: var(--soft); }
.sequence .note text { fill: var(--soft); font-style: italic; } .sequence circle { fill: var(--page); stroke: var(--soft); stroke-width: 1.5; }
.sequence .here .way { stroke: var(--fail); stroke-width: 2; } .sequence .here .head { fill: var(--fail); } .sequence .here text { fill: var(--fail); font-weight: 700; } .sequence .here circle { stroke: var(--fail); fill: var(--fail); }
`;
