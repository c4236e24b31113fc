// Turns one packed conversation into what a diagram and a table of packets show.
import type { Island, PackedConversation } from '../island.ts';
import type { PacketRow } from './packet-list.ts';
import type { Sequence, SequenceRow } from './sequence.ts';

/** A conversation, ready to be laid out; sent to the page as it stands, so that it refers to nothing outside itself. */
export function unpack(
  { texts, packets }: Pick<Island, 'texts' | 'packets'>,
  conversation: PackedConversation,
): { readonly sequence: Sequence; readonly rows: readonly PacketRow[] } {
  type Bytes = PacketRow['bytes'];
  const { beganMs, lanes, server, link, steps, here } = conversation;
  const ways = ['toServer', 'toClient', 'note'] as const;
  const textOf = (number: number | undefined): string => (number === undefined ? '' : (texts[number] ?? ''));
  const names = lanes.map(textOf);
  const marks = new Map(here);
  const bytesOf = (bytes: string | Bytes): Bytes =>
    typeof bytes === 'string' ? [['plain', (bytes.match(/../g) ?? []).join(' ')]] : bytes;
  const pairs = (numbers: readonly number[]): PacketRow['fields'] =>
    numbers.flatMap((it, index) => (index % 2 === 0 ? [[textOf(it), textOf(numbers[index + 1])] as const] : []));

  const read = steps.map((step, index): { readonly line: SequenceRow; readonly row: PacketRow } => {
    const [code, clientT, what, serverT = clientT] = step;
    const lane = Math.floor(code / 3);
    const way = ways[code % 3] ?? 'note';
    const ms = (tenths: number): number => beganMs + tenths / 10;
    const packet = way === 'note' ? undefined : packets[what];
    const text = packet === undefined ? textOf(what) : textOf(packet[0]);
    const isHere = marks.has(index);
    const [connection = ''] = (names[lane] ?? '').split(' ');
    const times = [clientT, serverT].filter((it) => it !== null).map((it) => (ms(it) / 1000).toFixed(3));
    const ordered = way === 'toClient' ? times.toReversed() : times;
    const arrow = packet === undefined ? '' : way === 'toServer' ? ' → server' : ' ← server';
    return {
      line: {
        lane,
        way,
        ...(clientT !== null && { clientMs: ms(clientT) }),
        ...(serverT !== null && { serverMs: ms(serverT) }),
        text,
        here: isHere,
      },
      row: {
        time: [...new Set(ordered)].join(' ▸ '),
        way: `${connection}${arrow}`,
        seen: '',
        text,
        fields: packet === undefined ? [] : pairs(packet[1]),
        bytes: packet === undefined ? [] : bytesOf(marks.get(index) ?? packet[2]),
        here: isHere,
      },
    };
  });
  return {
    sequence: {
      clients: names,
      ...(link !== undefined && { link: textOf(link) }),
      server: textOf(server),
      complete: link !== undefined,
      rows: read.map((it) => it.line),
    },
    rows: read.map((it) => it.row),
  };
}
