// Local addresses and ports of our own choice: looking for a free port is most of what a connection costs the kernel.

const firstPort = 10_000;
const lastPort = 59_999;
const lastHost = 250;

/** Hands out one after the other, and begins anew after twelve million. */
export class LocalAddresses {
  readonly #source: string;
  #host = 1;
  #port = firstPort - 1;

  /** @param source first three bytes of all addresses, e.g. `127.0.10` */
  constructor(source: string) {
    this.#source = source;
  }

  next(): { readonly localAddress: string; readonly localPort: number } {
    this.#port += 1;
    if (this.#port > lastPort) {
      this.#port = firstPort;
      this.#host = (this.#host % lastHost) + 1;
    }
    return { localAddress: `${this.#source}.${this.#host}`, localPort: this.#port };
  }
}
