// Markup as plain data, so that one layout serves the file (as text) and the open page (as elements): neither parses it.
import { safeText } from '../safe-text.ts';
import { html, readable, trusted } from './template.ts';
import type { Html } from './template.ts';

/** Text, or an element: its tag, its attributes, its children. Tags and attribute names are always our own. */
export type Tree = string | TreeElement;

type TreeElement = readonly [tag: string, attributes: Readonly<Record<string, string>>, ...children: Tree[]];

/** The tree as HTML; texts and attribute values are escaped like everywhere. */
export function treeHtml(tree: Tree): Html {
  if (typeof tree === 'string') return html`${tree}`;
  const [tag, attributes, ...children] = tree;
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${safeText(readable(value), 'html')}"`);
  return html`${trusted(`<${tag}${written.join('')}>`)}${children.map(treeHtml)}${trusted(`</${tag}>`)}`;
}
