// A promise for something that happens once or never, which nobody has to listen to.

/** Reached or failed once; later calls change nothing. */
export class Milestone {
  readonly promise: Promise<void>;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;
  #isOver = false;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    promise.catch(() => {}); // a failure that nobody waits for is no unhandled rejection
  }

  /** Gives whether this call was the one that counts. */
  reach(): boolean {
    return this.#once(() => this.#resolve());
  }

  fail(error: Error): boolean {
    return this.#once(() => this.#reject(error));
  }

  #once(settle: () => void): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    settle();
    return true;
  }
}
