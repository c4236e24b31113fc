// The bench as a picture: publishers left, brokers in the middle, subscribers right, links as lines with their state.
import type { HistoryEvent } from '../../history/event.ts';
import { clockText, numberText } from '../figures.ts';
import { cutText, safeText } from '../safe-text.ts';
import { endOfPlay, topologyOf } from '../series/topology.ts';
import type { Topology, TopologyBox, TopologyLine } from '../series/topology.ts';
import { html } from './template.ts';
import type { Html } from './template.ts';

const [boxWidth, boxHeight, pitch, top] = [180, 46, 66, 12];
/** Between boxes and brokers, where lines have their words. */
const gap = 310;
/** So far a line runs level, under its words; then it goes to its place at the broker. */
const level = 240;

/** The section; `offenceMs` is the moment of the first offence, where there is one. */
export function topologySection(events: readonly HistoryEvent[], offenceMs: number | undefined): Html | undefined {
  const atMs = offenceMs ?? endOfPlay(events);
  const topology = topologyOf(events, atMs);
  if (topology.lines.length === 0) return undefined;
  const moment = offenceMs === undefined ? 'at the end of the timeline' : 'at the moment of the first offence';
  return html`<section id="topology">
    <h2>Topology <span class="aside">${moment}, ${clockText(atMs)} s</span></h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Topology">${picture(topology)}</div>
    <p class="aside">
      A solid line carries, a broken one does not, or not whole; each says its state, and how many messages and MQTT
      bytes had passed its client's end, both ways together.
    </p>
  </section>`;
}

interface Place {
  readonly box: TopologyBox;
  readonly x: number;
  readonly y: number;
}

function picture(topology: Topology): Html {
  const { places, width, height } = layout(topology);
  const slots = slotsOf(topology, places);
  return html`<svg
    class="topology"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="${inWords(topology)}"
  >
    ${topology.lines.map((it) => line(it, places, slots))} ${[...places.values()].map(boxPart)}
  </svg>`;
}

function layout({ boxes }: Topology): {
  readonly places: ReadonlyMap<string, Place>;
  readonly width: number;
  readonly height: number;
} {
  const columns = (['left', 'broker', 'right'] as const).map((side) => boxes.filter((it) => it.side === side));
  const filled = columns.filter((it) => it.length > 0);
  const rows = Math.max(...filled.map((it) => it.length));
  const places = filled.flatMap((column, nth) => {
    const offset = ((rows - column.length) * pitch) / 2;
    return column.map((box, row): Place => ({ box, x: 4 + nth * (boxWidth + gap), y: top + offset + row * pitch }));
  });
  return {
    places: new Map(places.map((it) => [it.box.name, it])),
    width: 8 + filled.length * boxWidth + (filled.length - 1) * gap,
    height: top + rows * pitch,
  };
}

/** Lines that end at the same side of a broker end one below the other. */
type Slots = ReadonlyMap<TopologyLine, { readonly nth: number; readonly of: number }>;

function slotsOf({ lines }: Topology, places: ReadonlyMap<string, Place>): Slots {
  const groups = Map.groupBy(lines, (it) => {
    const isLeft = (places.get(it.from)?.x ?? 0) < (places.get(it.to)?.x ?? 0);
    return `${it.to}\n${isLeft}`;
  });
  const ordered = [...groups.values()].map((group) =>
    group.toSorted((a, b) => (places.get(a.from)?.y ?? 0) - (places.get(b.from)?.y ?? 0)),
  );
  return new Map(ordered.flatMap((group) => group.map((it, nth) => [it, { nth, of: group.length }] as const)));
}

function boxPart({ box, x, y }: Place): Html {
  const { name, members, states, side } = box;
  const state = statesText(states, members.length);
  return html`<g class="part ${side}">
    <title>${name}: ${state}</title>
    <rect x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="${side === 'broker' ? 3 : 14}" />
    <text x="${x + boxWidth / 2}" y="${y + 20}" class="name">${fitted(name, 24)}</text>
    <text x="${x + boxWidth / 2}" y="${y + 36}">${fitted(state, 28)}</text>
  </g>`;
}

function line(it: TopologyLine, places: ReadonlyMap<string, Place>, slots: Slots): Html | undefined {
  const [from, to] = [places.get(it.from), places.get(it.to)];
  if (from === undefined || to === undefined) return undefined;
  const isLeft = from.x < to.x;
  const { nth, of } = slots.get(it) ?? { nth: 0, of: 1 };
  const [x1, x2] = [isLeft ? from.x + boxWidth : from.x, isLeft ? to.x : to.x + boxWidth];
  const y1 = from.y + boxHeight / 2;
  const y2 = to.y + (boxHeight * (nth + 1)) / (of + 1);
  const middle = isLeft ? x1 + level / 2 : x1 - level / 2;
  const carries = [...it.states.keys()].every((state) => state === 'up');
  const { link, state, load } = lineWords(it);
  const bend = isLeft ? x1 + level : x1 - level;
  return html`<g class="${carries ? 'edge' : 'edge broken'}">
    <path d="M${x1} ${y1}H${bend}L${x2} ${y2.toFixed(1)}" />
    <text x="${middle}" y="${y1 - 5}">${fitted(`${carries ? '' : '✕ '}${link}${state}`, 34)}</text>
    <text x="${middle}" y="${y1 + 14}" class="load">${load}</text>
  </g>`;
}

function lineWords(it: TopologyLine): { readonly link: string; readonly state: string; readonly load: string } {
  const links = [...it.states.values()].reduce((sum, count) => sum + count, 0);
  return {
    link: it.link ?? 'no link',
    state: it.link === undefined ? '' : `: ${statesText(it.states, links)}`,
    load: `${numberText(it.messages)} messages, ${numberText(it.bytes)} B`,
  };
}

/** `online`; of many `28 online, 2 offline`. */
function statesText(states: ReadonlyMap<string, number>, members: number): string {
  if (members === 1) return [...states.keys()].join(', ');
  return [...states].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** Nobody sees the picture for certain: the same in words. */
function inWords({ lines }: Topology): string {
  const words = lines.map((it) => {
    const { link, state, load } = lineWords(it);
    return `${it.from} to ${it.to}, ${link}${state}, ${load}`;
  });
  return `Topology: ${words.join('; ')}`;
}

function fitted(text: string, letters: number): string {
  return cutText(safeText(text, 'terminal'), letters);
}
