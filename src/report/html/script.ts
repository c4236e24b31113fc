// The page's script: functions of this project sent as they stand, with what they need as arguments; no bundler.
import { boot } from './browser/boot.ts';
import type { Parts } from './browser/boot.ts';
import { conversationView } from './browser/conversation-view.ts';
import { drawersOf } from './browser/drawer.ts';
import { elements } from './browser/elements.ts';
import { filtersOf } from './browser/filters.ts';
import { heldOf } from './browser/held.ts';
import { matrixKeys } from './browser/matrix-keys.ts';
import { placeText } from './browser/place.ts';
import { unpack } from './browser/unpack.ts';
import { packetList } from './browser/packet-list.ts';
import { sequenceTree } from './browser/sequence.ts';
import { seriesCursor } from './browser/series-cursor.ts';

const parts: Parts = {
  conversationView,
  drawersOf,
  elements,
  filtersOf,
  heldOf,
  matrixKeys,
  packetList,
  placeText,
  sequenceTree,
  seriesCursor,
  unpack,
};

const sent = Object.entries(parts).map(([name, part]: [string, { toString(): string }]) => `${name}: ${String(part)}`);

/** All of it, as one expression. */
export const script = `(${String(boot)})(document, window, {\n${sent.join(',\n')}\n});`;
