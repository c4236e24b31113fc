// A parser that accepts well-formed XML and nothing else: what a report's markup must be, whatever the wire said.

/** An element with its attributes and children. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (Element | string)[];
}

const name = '[A-Za-z_][\\w:.-]*';
const attribute = new RegExp(`^\\s+(${name})="([^"<]*)"`);
const start = new RegExp(`^<(${name})((?:\\s+${name}="[^"<]*")*)\\s*(/?)>`);
const end = new RegExp(`^</(${name})\\s*>`);
// Char of XML 1.0; \r would be normalised away, so none may come.
const allowed = /^[\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const references: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Parses a document. @throws Error where it is not well formed. */
export function parseXml(text: string): Element {
  if (!allowed.test(text)) throw new Error('a character that XML does not allow');
  const body = text
    .replace(/^\s*<\?xml [^?]*\?>/, '')
    .replace(/^\s*<!doctype html>/i, '')
    .trim();
  const [root, rest] = element(body);
  if (rest.trim() !== '') throw new Error(`after the root: ${rest.slice(0, 40)}`);
  return root;
}

function element(text: string): [Element, string] {
  const head = start.exec(text);
  if (head === null) throw new Error(`no start tag: ${text.slice(0, 80)}`);
  const [whole, tag = '', attributeText = '', empty] = head;
  const attributes = attributesOf(attributeText);
  const children: (Element | string)[] = [];
  let rest = text.slice(whole.length);
  if (empty === '/') return [{ name: tag, attributes, children }, rest];
  for (;;) {
    const next = rest.indexOf('<');
    if (next < 0) throw new Error(`<${tag}> is not ended`);
    if (next > 0) children.push(unescaped(rest.slice(0, next)));
    rest = rest.slice(next);
    const tail = end.exec(rest);
    if (tail !== null) {
      if (tail[1] !== tag) throw new Error(`<${tag}> is ended by </${tail[1]}>`);
      return [{ name: tag, attributes, children }, rest.slice(tail[0].length)];
    }
    const [child, after] = element(rest);
    children.push(child);
    rest = after;
  }
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let rest = text;
  for (let found = attribute.exec(rest); found !== null; found = attribute.exec(rest)) {
    const [whole, key = '', value = ''] = found;
    if (attributes.has(key)) throw new Error(`${key} twice`);
    attributes.set(key, unescaped(value));
    rest = rest.slice(whole.length);
  }
  return attributes;
}

function unescaped(text: string): string {
  return text.replace(/&(#\d+|#x[0-9a-fA-F]+|\w+)?;?/g, (whole, reference: string | undefined) => {
    if (reference === undefined || !whole.endsWith(';')) throw new Error(`a lone & in ${text.slice(0, 80)}`);
    if (reference.startsWith('#x')) return String.fromCodePoint(Number.parseInt(reference.slice(2), 16));
    if (reference.startsWith('#')) return String.fromCodePoint(Number(reference.slice(1)));
    const known = references[reference];
    if (known === undefined) throw new Error(`unknown reference ${whole}`);
    return known;
  });
}

/** Elements with the names of their attributes, without any text: what a hostile text must not change. */
export function skeleton(of: Element): string {
  const children = of.children.map((it) => (typeof it === 'string' ? '' : skeleton(it))).join('');
  return `<${[of.name, ...of.attributes.keys()].join(' ')}>${children}</>`;
}

/** Every element of this name, in order. */
export function elements(of: Element, tag: string): readonly Element[] {
  const below = of.children.flatMap((it) => (typeof it === 'string' ? [] : elements(it, tag)));
  return of.name === tag ? [of, ...below] : below;
}

/** All the text below an element. */
export function textOf(of: Element): string {
  return of.children.map((it) => (typeof it === 'string' ? it : textOf(it))).join('');
}
