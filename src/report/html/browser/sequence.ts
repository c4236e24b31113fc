// The sequence diagram, laid out by hand: lanes for clients, link and broker, an arrow for each packet, time downwards.
import type { Tree } from '../tree.ts';

/** One line of a diagram. */
export interface SequenceRow {
  /** Which of the clients it belongs to. */
  readonly lane: number;
  readonly way: 'toServer' | 'toClient' | 'note';
  readonly clientMs?: number;
  readonly serverMs?: number;
  readonly text: string;
  /** The finding is about this one. */
  readonly here: boolean;
}

/** What a diagram shows. */
export interface Sequence {
  readonly clients: readonly string[];
  /** Name of the link between clients and server, where there is one. */
  readonly link?: string;
  readonly server: string;
  /** Both ends were looked at: a packet that is seen at one of them only was lost on the way. */
  readonly complete: boolean;
  readonly rows: readonly SequenceRow[];
}

/**
 * The diagram as an `svg` element.
 *
 * Its text is sent to the page as it stands, so that it may refer to nothing outside itself.
 */
export function sequenceTree({ clients, link, server, complete, rows }: Sequence): Tree {
  const [gutter, between, pitch, top, letter] = [74, 104, 30, 46, 7.3];
  /** More clients than these share one lane, and their names stand beside the arrows. */
  const shared = clients.length > 4;
  const lanes = shared ? ['clients'] : clients;
  const span = link === undefined ? 380 : 250;
  const clientX = (lane: number): number => gutter + 52 + (shared ? 0 : lane) * between;
  const lastX = clientX(lanes.length - 1);
  const linkX = lastX + span;
  const serverX = link === undefined ? linkX : linkX + span;
  const width = serverX + 64;

  /** What happens at one end of a packet's way has a line of its own. */
  type End = { readonly row: SequenceRow; readonly at: 'client' | 'server' | 'both'; readonly ms: number };
  const ends = rows
    .flatMap((row): End[] => {
      const { clientMs, serverMs } = row;
      if (clientMs !== undefined && clientMs === serverMs) return [{ row, at: 'both', ms: clientMs }];
      return [
        ...(clientMs === undefined ? [] : [{ row, at: 'client' as const, ms: clientMs }]),
        ...(serverMs === undefined ? [] : [{ row, at: 'server' as const, ms: serverMs }]),
      ];
    })
    .toSorted((a, b) => a.ms - b.ms);
  const y = (index: number): number => top + (index + 1) * pitch;
  const lineOf = new Map<SequenceRow, { client?: number; server?: number }>();
  for (const [index, { row, at }] of ends.entries()) {
    const line = lineOf.get(row) ?? {};
    if (at !== 'server') line.client = y(index);
    if (at !== 'client') line.server = y(index);
    lineOf.set(row, line);
  }
  const height = y(ends.length) + 4;

  const cut = (text: string, room: number): string => {
    const most = Math.max(6, Math.floor(room / letter));
    const letters = Array.from(text); // Never half of one.
    return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
  };
  /** What is too long is cut, but for `mark` behind it. */
  const label = (x: number, at: number, text: string, room: number, anchor: string, mark = ''): Tree => [
    'text',
    { x: String(x), y: String(at), 'text-anchor': anchor },
    `${cut(text, room - mark.length * letter)}${mark}`,
    ...((text + mark).length > room / letter ? [['title', {}, text] as const] : []),
  ];
  const line = (x1: number, y1: number, x2: number, y2: number, kind: string): Tree => [
    'line',
    { x1: String(x1), y1: String(y1), x2: String(x2), y2: String(y2), class: kind },
  ];
  const lane = (x: number, name: string, kind: string): Tree => [
    'g',
    { class: `lane ${kind}` },
    line(x, top, x, height - 4, 'life'),
    ['rect', { x: String(x - 48), y: '10', width: '96', height: '26', rx: '4' }],
    label(x, 27, name, 90, 'middle'),
  ];
  const head = (x: number, at: number, right: boolean): Tree => {
    const back = right ? x - 8 : x + 8;
    return ['path', { d: `M${x} ${at}L${back} ${at - 4}L${back} ${at + 4}Z`, class: 'head' }];
  };

  const wordsOf = (row: SequenceRow): readonly [text: string, mark: string] => {
    const connection = shared ? `${(clients[row.lane] ?? '').split(' ')[0] ?? ''} ` : '';
    return [`${connection}${row.text}`, row.here ? ' ◀ this one' : ''];
  };

  const arrow = (row: SequenceRow, at: { client?: number; server?: number }): Tree => {
    const right = row.way === 'toServer';
    const x = clientX(row.lane);
    const stop = link === undefined ? serverX : linkX;
    const from = right ? { x, y: at.client } : { x: serverX, y: at.server };
    const to = right ? { x: serverX, y: at.server } : { x, y: at.client };
    const startY = from.y ?? to.y ?? top;
    const endY = to.y ?? startY;
    const startX = from.y === undefined ? stop : from.x;
    const endX = to.y === undefined ? stop : to.x;
    const isLost = complete && to.y === undefined;
    const [text, mark] = wordsOf(row);
    const [left, rightmost] =
      link === undefined ? [lastX, serverX] : [Math.min(startX, linkX), Math.max(startX, linkX)];
    const middle = link === undefined ? (lastX + serverX) / 2 : (left + rightmost) / 2;
    return [
      'g',
      { class: row.here ? 'arrow here' : 'arrow' },
      line(startX, startY, endX, endY, 'way'),
      ...(isLost
        ? [
            label(endX, endY + 4, '✕', 40, 'middle'),
            label(endX + (right ? 10 : -10), endY + 4, 'lost', 60, right ? 'start' : 'end'),
          ]
        : [head(endX, endY, right)]),
      label(middle, startY - 6, text, Math.abs(rightmost - left) - 16, 'middle', mark),
    ];
  };
  const note = (row: SequenceRow, at: { client?: number; server?: number }): Tree => {
    const isFar = at.client === undefined;
    const [x, middle] = [isFar ? serverX : clientX(row.lane), at.client ?? at.server ?? top];
    const [text, mark] = wordsOf(row);
    return [
      'g',
      { class: row.here ? 'note here' : 'note' },
      ['circle', { cx: String(x), cy: String(middle), r: '3.5' }],
      label(isFar ? x - 10 : x + 10, middle + 4, text, serverX - clientX(row.lane) - 12, isFar ? 'end' : 'start', mark),
    ];
  };

  return [
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'sequence',
      role: 'img',
      viewBox: `0 0 ${width} ${height}`,
      width: String(width),
      height: String(height),
      'aria-label': `Sequence diagram of ${rows.length} steps; the table of packets says the same in words.`,
    },
    ...lanes.map((name, index) => lane(clientX(index), name, 'client')),
    ...(link === undefined ? [] : [lane(linkX, link, 'link')]),
    lane(serverX, server, 'server'),
    ...ends.map(({ ms }, index): Tree => [
      'text',
      { x: String(gutter - 14), y: String(y(index) + 4), 'text-anchor': 'end', class: 'time' },
      (ms / 1000).toFixed(3),
    ]),
    ...rows.map((row) => (row.way === 'note' ? note : arrow)(row, lineOf.get(row) ?? {})),
  ];
}
