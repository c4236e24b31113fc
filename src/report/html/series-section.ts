// What happened, on one time axis: small multiples with the faults shaded behind them, then the same as a table.
import { costText, durationText, numberText } from '../figures.ts';
import { seriesLine } from '../series/series-words.ts';
import type { LinkBytes, LinkCost } from '../series/link-bytes.ts';
import type { Interval, Series } from '../series/series.ts';
import { plotFigure } from './series-plot.ts';
import type { Plot, Stroke } from './series-plot.ts';
import { patternSheet, timeScale, windowList, windowStrip } from './series-windows.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

/** The section. */
export function seriesSection(series: Series): Html {
  const { axis, windows } = series;
  const plots = plotsOf(series);
  return html`<section id="series">
    <h2>What happened</h2>
    <p>${seriesLine(series)}.</p>
    <p class="aside">
      Each step is ${durationText(axis.stepMs)}. Shaded: where a link did not carry (hatched) or a part did not run
      (dotted).
    </p>
    ${patternSheet()}
    <div id="plots">
      ${windowStrip(windows, axis)} ${plots.map((it) => plotFigure(it, axis, windows.shown))} ${timeScale(axis)}
    </div>
    <p
      id="moment"
      class="scripted"
      hidden=""
      role="slider"
      tabindex="0"
      aria-label="Moment"
      aria-valuemin="0"
      aria-valuemax="${axis.count - 1}"
      aria-valuenow="0"
    >
      Point at a plot, or come here and use the arrow keys, to read the figures of a moment.
    </p>
    ${windowList(windows)} ${linksTable(series.links)} ${figuresTable(series)}
  </section>`;
}

function plotsOf({ devices, intervals, totals }: Series): readonly Plot[] {
  const of = (get: (it: Interval) => number | undefined): readonly (number | undefined)[] => intervals.map(get);
  const line = (name: string, stroke: Stroke, get: (it: Interval) => number | undefined) => ({
    name,
    stroke,
    values: of(get),
  });
  const bytes = [
    line('at the ends towards clients', 'area', (it) => it.clientEndB),
    line('at the ends towards servers', 'dashed', (it) => it.serverEndB),
    line('without a link', 'dotted', (it) => it.wireB),
  ].filter(({ values }) => values.some((it) => it !== 0));
  return [
    {
      title: 'Devices online',
      aside: `of ${devices}, the fewest in each step`,
      lines: [line('online', 'area', (it) => it.online)],
    },
    {
      title: 'Messages',
      aside: `${numberText(totals.delivered)} of ${numberText(totals.intended)} delivered`,
      lines: [
        line('delivered, when they arrived', 'area', (it) => it.delivered),
        line('intended', 'dashed', (it) => it.intended),
      ],
    },
    {
      title: 'Latency',
      aside: 'of the messages meant in each step, from then until they arrived',
      lines: [line('p99', 'solid', (it) => it.p99Ms), line('p50', 'dotted', (it) => it.p50Ms)],
      inWords: durationText,
    },
    {
      title: 'Reconnects',
      aside: `${numberText(totals.reconnects)} in all`,
      lines: [line('reconnects', 'area', (it) => it.reconnects)],
    },
    { title: 'MQTT bytes', aside: 'both directions', lines: bytes, inWords: bytesText },
  ];
}

function linksTable(links: readonly LinkBytes[]): Html | undefined {
  if (links.length === 0) return undefined;
  const hasMoney = links.some((it) => it.cost !== undefined);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Bytes of links">
    <table class="link-bytes">
      <thead>
        <tr>
          <th scope="col">link</th>
          <th scope="col" class="num">MQTT bytes, client's end</th>
          <th scope="col" class="num">server's end</th>
          <th scope="col" class="num">IP bytes, estimated</th>
          ${hasMoney ? html`<th scope="col" class="num">money</th>` : undefined}
        </tr>
      </thead>
      <tbody>
        ${links.map((it) => linkRow(it, hasMoney))}
      </tbody>
    </table>
  </div>`;
}

function moneyText(cost: LinkCost): string {
  const { month, currency, tariff } = cost;
  const onward = month === undefined ? '' : `; ${costText({ total: month, currency })} for 30 days like this`;
  return `${costText(cost)} by ${tariff}${onward}`;
}

function linkRow({ link, members, clientEndB, serverEndB, ipB, cost }: LinkBytes, hasMoney: boolean): Html {
  const money = cost === undefined ? 'no tariff' : moneyText(cost);
  return html`<tr>
    <th scope="row">${link} ${members > 1 ? html`<span class="aside">${members} of them</span>` : undefined}</th>
    <td class="num">${numberText(clientEndB)}</td>
    <td class="num">${numberText(serverEndB)}</td>
    <td class="num">${ipB === undefined ? 'not told' : numberText(ipB)}</td>
    ${hasMoney ? html`<td class="num">${money}</td>` : undefined}
  </tr>`;
}

const columns = [
  'from',
  'online',
  'intended',
  'delivered',
  'p50',
  'p99',
  'reconnects',
  "bytes, client's end",
  "bytes, server's end",
  'bytes, no link',
];

/** Without scripts, and for those who do not see the plots. */
function figuresTable({ intervals }: Series): Html {
  return html`<details class="figures-of">
    <summary>All figures as a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="All figures">
      <table id="figures">
        <thead>
          <tr>
            ${columns.map((it) => html`<th scope="col" class="num">${it}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${intervals.map(
            (it) =>
              html`<tr>
                ${cellsOf(it).map((cell) => html`<td class="num">${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

const late = (ms: number | undefined): string => (ms === undefined ? '–' : durationText(ms));

function cellsOf(it: Interval): readonly string[] {
  const { online, intended, delivered, p50Ms, p99Ms, reconnects, clientEndB, serverEndB, wireB } = it;
  return [
    `${numberText(it.fromMs / 1000)} s`,
    numberText(online),
    numberText(intended),
    numberText(delivered),
    late(p50Ms),
    late(p99Ms),
    ...[reconnects, clientEndB, serverEndB, wireB].map(numberText),
  ];
}

function bytesText(bytes: number): string {
  return bytes < 1000 ? `${numberText(bytes)} B` : `${numberText(bytes / 1000)} kB`;
}
