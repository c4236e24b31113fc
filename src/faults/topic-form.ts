// What a broker that does not leave topics alone makes of a topic name or filter.

/** Characters with a meaning in topics, and look-alikes without one that stand in for them inside a broker. */
const lookAlikes = { '+': '\uff0b', '#': '\uff03', $: '\uff04' } as const;

const forms = {
  lowerCase: (text) => text.toLowerCase(),
  trimSlash: (text) => (text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text),
  trimFirstSlash: (text) => (text.length > 1 && text.startsWith('/') ? text.slice(1) : text),
  collapseSlashes: (text) => text.replaceAll(/\/{2,}/g, '/'),
  trimSpaces: (text) => text.trimEnd(),
  /** Unicode NFC. */
  compose: (text) => text.normalize('NFC'),
  dropFirstBom: (text) => (text.startsWith('\ufeff') ? text.slice(1) : text),
  dropBoms: (text) => text.replaceAll('\ufeff', ''),
  dropNul: (text) => text.replaceAll('\0', ''),
  cutTo1024: (text) => text.slice(0, 1024),
  cutLast65535: (text) => (Buffer.byteLength(text) === 65_535 ? text.slice(0, -1) : text),
  emptyIsSlash: (text) => (text === '' ? '/' : text),
  /** A level that holds a wildcard beside other characters, or `#` before the last level, becomes that wildcard alone. */
  legalWildcards: (text) => text.split('/').map(legalLevel).join('/'),
  hidePlus: (text) => text.replaceAll('+', lookAlikes['+']),
  hideHash: (text) => text.replaceAll('#', lookAlikes['#']),
  /** Not the names of servers' own topics and of shared subscriptions. */
  hideDollar: (text) => text.replace(/^\$(?!SYS|share)/, lookAlikes.$),
  /** Undoes the three above. */
  showHidden: (text) =>
    text.replaceAll(lookAlikes['+'], '+').replaceAll(lookAlikes['#'], '#').replaceAll(lookAlikes.$, '$'),
} as const satisfies Readonly<Record<string, (text: string) => string>>;

/** Name of a form that topics can be brought into. */
export type TopicForm = keyof typeof forms;

/** The topic name or filter in these forms, one after the other. */
export function inForm(text: string, set: TopicForm | readonly TopicForm[]): string {
  const all = typeof set === 'string' ? [set] : set;
  return all.reduce((so, form) => forms[form](so), text);
}

function legalLevel(level: string, index: number, levels: readonly string[]): string {
  if (level.includes('#')) return index === levels.length - 1 ? '#' : '+';
  return level.includes('+') ? '+' : level;
}
