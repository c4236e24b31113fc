// Builds elements from trees: text becomes text nodes and nothing is ever parsed as markup.
import type { Tree } from '../tree.ts';
import type { PageDocument, PageElement } from './dom.ts';

/** A builder; sent to the page as it stands, so that it refers to nothing outside itself. */
export function elements(page: PageDocument): (tree: Tree) => PageElement | string {
  const build = (tree: Tree, namespace: string): PageElement | string => {
    if (typeof tree === 'string') return tree;
    const [tag, attributes, ...children] = tree;
    const own = attributes['xmlns'] ?? namespace;
    const element = page.createElementNS(own, tag);
    for (const [name, value] of Object.entries(attributes)) if (name !== 'xmlns') element.setAttribute(name, value);
    for (const child of children) element.append(build(child, own));
    return element;
  };
  return (tree) => build(tree, 'http://www.w3.org/1999/xhtml');
}
