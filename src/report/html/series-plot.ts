// One small multiple: a figure over time as an SVG that stretches with the page while its words keep their size.
import { numberText } from '../figures.ts';
import type { TimeAxis } from '../series/time-axis.ts';
import type { FaultWindow } from '../series/windows.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** How a line is drawn: told apart by its stroke, colour only repeats it. */
export type Stroke = 'area' | 'solid' | 'dashed' | 'dotted';

/** One line; `undefined` where there is no figure. */
export interface Line {
  readonly name: string;
  readonly stroke: Stroke;
  readonly values: readonly (number | undefined)[];
}

/** One small multiple. */
export interface Plot {
  readonly title: string;
  /** What the axis counts, with its total or limit. */
  readonly aside: string;
  readonly lines: readonly Line[];
  /** Figure of the axis in words; default: the number. */
  readonly inWords?: (value: number) => string;
}

/** Room above and below the figures, in hundredths of the plot's height. */
const margin = 9;
const whole = 100 + 2 * margin;

/** The plot, with windows shaded behind its lines. */
export function plotFigure(plot: Plot, axis: TimeAxis, windows: readonly FaultWindow[]): Html {
  const { title, aside, lines, inWords = numberText } = plot;
  const most = niceMost(Math.max(0, ...lines.flatMap(({ values }) => values.map((it) => it ?? 0))));
  return html`<figure class="plot">
    <figcaption>
      <b>${title}</b> <span class="aside">${aside}</span>
      ${lines.length > 1 ? html`<span class="key">${lines.map(keyOf)}</span>` : undefined}
    </figcaption>
    <svg
      width="100%"
      height="84"
      role="img"
      aria-label="${title}, ${aside}; the table of figures says the same in words"
    >
      ${windows.map((it) => shade(it, axis))} ${[most, most / 2, 0].map((value) => gridLine(value, most))}
      <svg viewBox="0 0 ${axis.count} ${whole}" preserveAspectRatio="none" width="100%" height="100%">
        ${lines.map((it) => html`<path class="line ${it.stroke}" d="${pathOf(it, most)}" />`)}
      </svg>
      <text class="scale" x="2" y="${yOf(most, most, 100)}%" dy="11">${inWords(most)}</text>
      <text class="scale" x="2" y="${yOf(0, most, 100)}%" dy="-3">${inWords(0)}</text>
      <line class="cursor" x1="-1" x2="-1" y1="0" y2="100%" />
    </svg>
  </figure>`;
}

/** The window on a time axis: position and width in hundredths of its length. */
export function placeOf(it: FaultWindow, { stepMs, count }: TimeAxis): { readonly x: string; readonly width: string } {
  const extentMs = stepMs * count;
  const share = (ms: number): string => ((100 * ms) / extentMs).toFixed(3);
  return { x: share(it.fromMs), width: share(Math.max(it.toMs - it.fromMs, extentMs / 500)) };
}

function shade(it: FaultWindow, axis: TimeAxis): Html {
  const { x, width } = placeOf(it, axis);
  if (it.kind === 'phase') return html`<line class="phase" x1="${x}%" x2="${x}%" y1="0" y2="100%" />`;
  return html`<rect class="shade ${it.kind}" x="${x}%" width="${width}%" y="0" height="100%" />`;
}

function keyOf({ name, stroke }: Line): Html {
  const path = stroke === 'area' ? 'M0 10V4H22V10' : 'M0 6H22';
  return html`<span
    ><svg width="22" height="10" aria-hidden="true"><path class="line ${stroke}" d="${path}" /></svg>${name}</span
  > `;
}

function gridLine(value: number, most: number): Html {
  const y = `${yOf(value, most, 100)}%`;
  return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}" />`;
}

/** From the top, of so much height. */
function yOf(value: number, most: number, height: number): string {
  return ((height * (margin + 100 - (100 * value) / most)) / whole).toFixed(2);
}

/** A step for each interval, so that one figure alone between gaps is seen as well. */
function pathOf({ values, stroke }: Line, most: number): string {
  const level = (value: number): string => yOf(value, most, whole);
  const ground = level(0);
  let path = '';
  let isDrawing = false;
  for (const [index, value] of values.entries()) {
    if (value !== undefined) {
      const start = stroke === 'area' ? `M${index} ${ground}V${level(value)}` : `M${index} ${level(value)}`;
      path += `${isDrawing ? `V${level(value)}` : start}H${index + 1}`;
    } else if (isDrawing && stroke === 'area') path += `V${ground}`;
    isDrawing = value !== undefined;
  }
  return stroke === 'area' && isDrawing ? `${path}V${ground}` : path;
}

/** The least of 1, 2, 3, 4, 5, 6, 8, 10, 20... that is no smaller. */
function niceMost(value: number): number {
  if (value <= 1) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * ([1, 2, 3, 4, 5, 6, 8, 10].find((it) => it * unit >= value) ?? 10);
}
