// What somebody knows to be broken, told apart by what it names: things with a test of their own, or statements.

/** One thing that is known to be broken. */
export interface KnownFailure {
  /** Why it fails, in a sentence. */
  readonly why: string;
  /** It does not fail in every run: a race of the target's own. Such an entry cannot tell when it is out of date. */
  readonly sometimes: boolean;
}

/** Id of a check, an expectation or a statement -> why it fails. */
export type KnownFailureList = Readonly<Record<string, string | { readonly why: string; readonly sometimes: true }>>;

/** A list of known failures beside the ids that have a test of their own. */
export class KnownFailures {
  readonly #own: ReadonlyMap<string, KnownFailure>;
  /** Statements that are known to be broken outside of the checks that are about them. */
  readonly statements: ReadonlyMap<string, KnownFailure>;

  constructor(list: KnownFailureList, ids: readonly string[]) {
    const entries = Object.entries(list).map(([id, it]) => [id, knownFailure(it)] as const);
    this.#own = new Map(entries.filter(([id]) => ids.includes(id)));
    this.statements = new Map(entries.filter(([id]) => !ids.includes(id)));
  }

  /** What is known of this check or expectation. */
  of(id: string): KnownFailure | undefined {
    return this.#own.get(id);
  }

  /** What stands behind the title of its test. */
  sign(id: string): string {
    const known = this.#own.get(id);
    if (known === undefined) return '';
    return known.sometimes ? ' (known to fail at times)' : ' (known failure)';
  }
}

function knownFailure(it: KnownFailureList[string]): KnownFailure {
  return typeof it === 'string' ? { why: it, sometimes: false } : it;
}
