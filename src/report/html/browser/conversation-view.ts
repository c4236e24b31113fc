// Fills a check's place in a drawer once it is opened: acceptable outcomes, diagram, packets, the command that repeats.
import type { Island } from '../island.ts';
import type { packetList } from './packet-list.ts';
import type { sequenceTree } from './sequence.ts';
import type { Tree } from '../tree.ts';
import type { PageElement } from './dom.ts';
import type { unpack } from './unpack.ts';

interface Parts {
  readonly build: (tree: Tree) => PageElement | string;
  readonly unpack: typeof unpack;
  readonly sequenceTree: typeof sequenceTree;
  readonly packetList: typeof packetList;
}

/** Gives a function that fills a place; sent to the page as it stands, so that it refers to nothing outside itself. */
export function conversationView(
  island: () => Island,
  { build, unpack: unpacked, sequenceTree: sequence, packetList: packets }: Parts,
): (place: PageElement, key: string, check: string) => void {
  /** More than these are shown when asked for: nobody reads them unasked, and a diagram of them is slow to draw. */
  const atFirst = 120;

  const expectedPart = (check: string): readonly Tree[] => {
    const { texts, expected } = island();
    const outcomes = (expected[check] ?? []).map((it) => texts[it] ?? '');
    if (outcomes.length === 0) return [];
    const items = outcomes.map((it, index): Tree => [
      'dd',
      {},
      ...(index === 0 ? [] : [['i', {}, 'or '] as const]),
      it,
    ]);
    return [['dl', { class: 'expected' }, ['dt', {}, 'Expected'], ...items]];
  };

  const show = (into: PageElement, key: string, most: number): void => {
    const { conversations, texts, packets: table } = island();
    const packed = conversations[key];
    if (packed === undefined) {
      into.append(build(['p', { class: 'aside' }, 'It brought no connection about.']));
      return;
    }
    const { sequence: all, rows } = unpacked({ texts, packets: table }, packed);
    const diagram = sequence({ ...all, rows: all.rows.slice(0, most) });
    into.append(
      build(['div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Sequence diagram' }, diagram]),
      build(['div', { class: 'scroll' }, packets(rows.slice(0, most))]),
    );
    if (packed.left > 0) {
      into.append(build(['p', { class: 'aside' }, `${packed.left} more are in journal.ndjson only.`]));
    }
    if (rows.length <= most) return;
    const more = build(['button', { type: 'button' }, `Show all ${rows.length} steps`]) as PageElement;
    more.addEventListener('click', () => {
      for (const it of into.querySelectorAll('.scroll, button, p')) it.remove();
      show(into, key, rows.length);
    });
    into.append(more);
  };

  return (place, key, check) => {
    const { texts, repeat } = island();
    const talk = build(['div', { class: 'talk' }]) as PageElement;
    place.append(...expectedPart(check).map(build), talk);
    show(talk, key, atFirst);
    const command = repeat[key];
    if (command === undefined) return;
    const words = texts[command] ?? '';
    place.append(build(['p', { class: 'repeat' }, ['span', { class: 'label' }, 'Repeat'], ' ', ['code', {}, words]]));
  };
}
