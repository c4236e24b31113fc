// Packets as a table: when, which way, where seen, what, field by field, and the bytes with the wrong ones marked.
import type { Tree } from '../tree.ts';

/** One line of the table. */
export interface PacketRow {
  readonly time: string;
  /** Connection and direction. */
  readonly way: string;
  /** At which tap. */
  readonly seen: string;
  readonly text: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Bytes in hexadecimal by kind: `plain`, `wrong`, `masked`, or words in their place (`omitted`). */
  readonly bytes: readonly (readonly [kind: string, text: string])[];
  /** The finding is about this one. */
  readonly here: boolean;
}

/**
 * The table.
 *
 * Its text is sent to the page as it stands, so that it may refer to nothing outside itself.
 */
export function packetList(rows: readonly PacketRow[]): Tree {
  const hasSeen = rows.some((row) => row.seen !== '');
  const run = ([kind, text]: readonly [string, string]): readonly Tree[] => {
    if (kind === 'wrong') return [['mark', {}, `[${text}]`], ' '];
    return kind === 'plain' ? [`${text} `] : [['i', { class: kind }, text], ' '];
  };
  const fieldList = (row: PacketRow): readonly Tree[] =>
    row.fields.length === 0
      ? []
      : [
          [
            'dl',
            { class: 'fields' },
            ...row.fields.map(([name, value]): Tree => ['div', {}, ['dt', {}, name], ['dd', {}, value]]),
          ],
        ];
  const what = (row: PacketRow): Tree => {
    const here: readonly Tree[] = row.here ? [['b', { class: 'here' }, ' ◀ this one']] : [];
    if (row.fields.length === 0) return ['td', { class: 'what' }, row.text, ...here];
    const open: Readonly<Record<string, string>> = row.here ? { open: '' } : {};
    return ['td', { class: 'what' }, ['details', open, ['summary', {}, row.text, ...here], ...fieldList(row)]];
  };
  const lineOf = (row: PacketRow): Tree => [
    'tr',
    { class: row.here ? 'offending' : row.bytes.length > 0 ? 'packet' : 'quiet' },
    ['td', { class: 'num' }, row.time],
    ['td', { class: 'way' }, row.way],
    ...(hasSeen ? [['td', { class: 'seen' }, row.seen] as const] : []),
    what(row),
    ['td', { class: 'bytes' }, ...row.bytes.flatMap(run)],
  ];
  const titles = ['time, s', 'connection', ...(hasSeen ? ['seen'] : []), 'what', 'bytes'];
  return [
    'table',
    { class: 'packets' },
    ['thead', {}, ['tr', {}, ...titles.map((it): Tree => ['th', { scope: 'col' }, it])]],
    ['tbody', {}, ...rows.map(lineOf)],
  ];
}
