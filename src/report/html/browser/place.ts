// Where a reader is on the page, as the part of its address behind `#`: a place, and what the filters let through.

/** The place and the filters. */
export interface Place {
  /** Id of an element, or empty. */
  readonly at: string;
  /** A check or statement to open or point at, once there. */
  readonly item: string;
  /** Verdicts that are shown; empty: all. */
  readonly show: readonly string[];
  /** Name of the only target that is shown; empty: all. */
  readonly target: string;
  /** Text that what is shown contains. */
  readonly find: string;
}

/** Both directions; sent to the page as it stands, so that it refers to nothing outside itself. */
export function placeText(): { read(hash: string): Place; write(place: Place): string } {
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return ''; // Somebody cut the address in two.
    }
  };
  return {
    read(hash) {
      const [at = '', ...rest] = hash.replace(/^#/, '').split('&');
      const named = new Map<string, string>();
      for (const it of rest) named.set(it.slice(0, it.indexOf('=')), decode(it.slice(it.indexOf('=') + 1)));
      return {
        at,
        item: named.get('item') ?? '',
        show: (named.get('show') ?? '').split(',').filter((it) => it !== ''),
        target: named.get('target') ?? '',
        find: named.get('find') ?? '',
      };
    },
    write({ at, item, show, target, find }) {
      const parts = Object.entries({ item, show: show.join(','), target, find }).filter(([, value]) => value !== '');
      return `#${[at, ...parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)].join('&')}`;
    },
  };
}
