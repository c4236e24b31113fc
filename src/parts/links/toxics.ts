// The toxics of one Toxiproxy proxy, brought in line with the state of its link, one change after the other.
import type { Proxy, Toxic, ToxicAttributeTypes } from 'toxiproxy-node-client';
import type { Direction } from '../../faults/packet-fault.ts';
import type { LinkState } from './link-state.ts';

type AnyToxic = Toxic<ToxicAttributeTypes>;
/** A toxic as it should be. */
interface Wanted {
  readonly type: 'latency' | 'bandwidth' | 'timeout';
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: ToxicAttributeTypes;
}

const directions: readonly Direction[] = ['toServer', 'toClient'];

/** Follows a link's state. Calls act in the order in which they were made. */
export class Toxics {
  readonly #proxy: Proxy;
  readonly #present = new Map<string, { readonly toxic: AnyToxic; readonly attributes: string }>();
  #turn: Promise<void> = Promise.resolve();

  constructor(proxy: Proxy) {
    this.#proxy = proxy;
  }

  /** Makes the toxics what the state at this moment asks for. */
  follow(state: LinkState): Promise<void> {
    const wanted = wantedBy(state);
    const { resets } = state;
    const done = this.#turn.then(() => (resets ? this.#takeDown() : this.#become(wanted)));
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Ends every connection at once; the toxic reset_peer would wait for bytes that may never come. */
  async #takeDown(): Promise<void> {
    const { listen, upstream } = this.#proxy;
    await this.#proxy.update({ listen, upstream, enabled: false });
  }

  async #become(wanted: ReadonlyMap<string, Wanted>): Promise<void> {
    for (const [name, { toxic }] of this.#present) {
      if (wanted.has(name)) continue;
      this.#present.delete(name);
      await toxic.remove();
    }
    for (const [name, it] of wanted) await this.#set(name, it);
  }

  async #set(name: string, { type, stream, attributes }: Wanted): Promise<void> {
    const body = { name, type, stream, toxicity: 1, attributes };
    const text = JSON.stringify(attributes);
    const present = this.#present.get(name);
    if (present?.attributes === text) return;
    if (present) await present.toxic.update(body);
    const toxic = present?.toxic ?? (await this.#proxy.addToxic<ToxicAttributeTypes>(body));
    this.#present.set(name, { toxic, attributes: text });
  }
}

function wantedBy(state: LinkState): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const direction of directions) {
    const { delayMs, jitterMs, rateBitPerS, passing } = state.now(direction);
    const stream = direction === 'toServer' ? 'upstream' : 'downstream';
    const latency = { latency: delayMs, jitter: jitterMs };
    wanted.set(`latency-${stream}`, { type: 'latency', stream, attributes: latency });
    if (rateBitPerS !== undefined) {
      const attributes = { rate: rateBitPerS / 8000 };
      wanted.set(`bandwidth-${stream}`, { type: 'bandwidth', stream, attributes });
    }
    if (passing !== 'open') wanted.set(`dead-${stream}`, { type: 'timeout', stream, attributes: { timeout: 0 } });
  }
  return wanted;
}
