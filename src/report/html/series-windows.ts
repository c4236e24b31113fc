// The faults of a run on its time axis: numbered bars, each with its words, and a list that says the same.
import { windowText } from '../series/series-words.ts';
import type { TimeAxis } from '../series/time-axis.ts';
import { stepFor } from '../series/time-axis.ts';
import type { FaultWindow, FaultWindows } from '../series/windows.ts';
import { placeOf } from './series-plot.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

const rowHeight = 22;
/** Windows that overlap get a row of their own, up to here. */
const mostRows = 5;
/** Figures on the time axis; more would run into each other on a phone. */
const mostTicks = 7;

/** Patterns that tell the kinds of windows apart without colour; once per page. */
export function patternSheet(): Html {
  return html`<svg width="0" height="0" aria-hidden="true" class="sheet">
    <pattern id="is-link-down" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="ground" width="7" height="7" />
      <path class="mark" d="M0 0V7" />
    </pattern>
    <pattern id="is-part-down" width="6" height="6" patternUnits="userSpaceOnUse">
      <rect class="ground" width="6" height="6" />
      <circle class="dot" cx="3" cy="3" r="1.1" />
    </pattern>
  </svg>`;
}

/** The strip of bars; nothing where nothing stood in the way. */
export function windowStrip({ shown }: FaultWindows, axis: TimeAxis): Html | undefined {
  if (shown.length === 0) return undefined;
  const rows = rowsOf(shown);
  const height = rowHeight * (Math.max(...rows) + 1);
  return html`<figure class="plot strip">
    <figcaption><b>Faults and phases</b> <span class="aside">numbered as in the list below</span></figcaption>
    <svg width="100%" height="${height}" role="group" aria-label="Faults and phases on the time axis">
      ${shown.map((it, index) => bar(it, index, rows[index] ?? 0, axis))}
      <line class="cursor" x1="-1" x2="-1" y1="0" y2="100%" />
    </svg>
  </figure>`;
}

/** The time axis below the plots. */
export function timeScale({ stepMs, count }: TimeAxis): Html {
  const extentMs = stepMs * count;
  const tickMs = stepFor(extentMs, mostTicks);
  const ticks = Array.from({ length: Math.ceil(extentMs / tickMs) }, (_, nth) => nth * tickMs);
  return html`<svg class="ticks" width="100%" height="26" aria-hidden="true">
    ${ticks.map((it) => {
      const x = `${((100 * it) / extentMs).toFixed(3)}%`;
      return html`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="6" /><text x="${x}" y="20" dx="2"
          >${tickText(it, tickMs)}</text
        >`;
    })}
  </svg>`;
}

/** What the bars are, in words. */
export function windowList({ shown, left }: FaultWindows): Html | undefined {
  if (shown.length === 0) return undefined;
  return html`<ol class="windows">
      ${shown.map(
        (it) =>
          html`<li>
            <svg width="26" height="12" aria-hidden="true">
              <rect class="shade ${it.kind}" width="26" height="12" />
            </svg>
            ${windowText(it)}
          </li>`,
      )}
    </ol>
    ${left === 0 ? undefined : html`<p class="aside">${left} shorter ones are in journal.ndjson.</p>`}`;
}

function bar(it: FaultWindow, index: number, row: number, axis: TimeAxis): Html {
  const { x, width } = placeOf(it, axis);
  const y = row * rowHeight;
  const says = `${index + 1}: ${windowText(it)}`;
  return html`<g class="bar-of" tabindex="0" role="img" aria-label="${says}">
    <title>${says}</title>
    <rect class="shade ${it.kind}" x="${x}%" width="${width}%" y="${y + 2}" height="${rowHeight - 4}" />
    <text x="${x}%" y="${y + 16}" dx="4">${index + 1}</text>
  </g>`;
}

/** The first row that is free again; beyond the last, windows lie upon each other. */
function rowsOf(windows: readonly FaultWindow[]): readonly number[] {
  const freeMs: number[] = [];
  return windows.map(({ fromMs, toMs }) => {
    const free = freeMs.findIndex((it) => it <= fromMs);
    const row = free >= 0 ? free : Math.min(freeMs.length, mostRows - 1);
    freeMs[row] = Math.max(toMs, freeMs[row] ?? 0);
    return row;
  });
}

function tickText(tMs: number, tickMs: number): string {
  if (tickMs < 60_000) return `${tMs / 1000} s`;
  return tickMs < 3_600_000 ? `${tMs / 60_000} min` : `${tMs / 3_600_000} h`;
}
