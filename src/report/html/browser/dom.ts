// As much of a browser as the page's script uses: the types of a page's world stay out of the rest of the project.

/** An element. */
export interface PageElement {
  id: string;
  hidden: boolean;
  inert: boolean;
  open: boolean;
  value: string;
  tabIndex: number;
  textContent: string;
  readonly parentElement: PageElement | null;
  readonly classList: { toggle(name: string, on: boolean): void; contains(name: string): boolean };
  readonly dataset: Record<string, string | undefined>;
  append(...children: readonly (PageElement | string)[]): void;
  after(...siblings: readonly PageElement[]): void;
  remove(): void;
  closest(selector: string): PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  getBoundingClientRect(): { readonly left: number; readonly width: number };
  focus(options?: { readonly preventScroll: boolean }): void;
  scrollIntoView(options: { readonly block: 'nearest' | 'start' }): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
}

/** A key, a click, a change. */
export interface PageEvent {
  readonly target: PageElement;
  readonly key: string;
  readonly clientX: number;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  preventDefault(): void;
}

/** The document. */
export interface PageDocument {
  readonly documentElement: PageElement;
  readonly body: PageElement;
  readonly activeElement: PageElement | null;
  getElementById(id: string): PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  importNode(node: PageElement, deep: true): PageElement;
  createElementNS(namespace: string, tag: string): PageElement;
  addEventListener(type: string, listener: (event: PageEvent) => void, options?: { readonly capture: boolean }): void;
}

/** The window. */
export interface PageWindow {
  readonly location: { hash: string };
  readonly history: { replaceState(data: null, title: '', address: string): void };
  addEventListener(type: string, listener: () => void): void;
  readonly DOMParser: new () => { parseFromString(text: string, type: 'text/html'): PageDocument };
}
