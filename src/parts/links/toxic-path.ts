// One connection over Toxiproxy: a proxy of its own between two ends of ours, so that both taps know which connection it is.
import type { Proxy, Toxiproxy } from 'toxiproxy-node-client';
import { FieldbenchError } from '../../error.ts';
import { RecordingBudget } from '../../history/recorder.ts';
import { dial } from '../../net/dial.ts';
import { listen, type Listener } from '../../net/listen.ts';
import type { CreatePassage } from '../../net/passage.ts';
import { RelayedConnection } from '../../net/relayed-connection.ts';
import { Tap } from '../../net/tap.ts';
import type { Wire } from '../../net/wire.ts';
import type { Endpoint, PartContext } from '../part.ts';
import { connectionNames, seenBy, type LinkOptions } from './link-options.ts';
import type { LinkState } from './link-state.ts';
import { Toxics } from './toxics.ts';

const loopback = '127.0.0.1';

/** What the paths of one link share. */
export interface ToxicPathOptions {
  readonly link: LinkOptions;
  readonly context: PartContext;
  readonly state: LinkState;
  readonly api: Toxiproxy;
}

/** client - near end - Toxiproxy - far end - server. */
export class ToxicPath {
  /** Resolves when everything of it is gone. */
  readonly over: Promise<void>;
  readonly #options: ToxicPathOptions;
  readonly #near: RelayedConnection;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  #far: RelayedConnection | undefined;
  #listener: Listener | undefined;
  #proxy: Proxy | undefined;
  #toxics: Toxics | undefined;
  #wasCut = false;

  constructor(client: Wire, options: ToxicPathOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.context.signal, this.#ending.signal]);
    const { history, connectionIds } = seenBy(options.link, options.context.history);
    const shared = {
      connection: connectionIds.next(),
      names: connectionNames(options.link),
      budget: new RecordingBudget(),
    };
    const tapOf = (end: 'clientEnd' | 'serverEnd') => (seenAt: 'clientEnd' | 'serverEnd' | 'wire') =>
      new Tap({ ...shared, seenAt, history: seenAt === end ? history : { record: () => {} } });
    this.#near = new RelayedConnection(client, tapOf('clientEnd'));
    const opened = this.#open((wire) => new RelayedConnection(wire, tapOf('serverEnd')));
    this.over = opened.then(() => this.#close());
  }

  /** Brings its toxics in line with the link. */
  async follow(): Promise<void> {
    const { state, link } = this.#options;
    this.#wasCut ||= state.dead.size > 0 || state.resets;
    try {
      await this.#toxics?.follow(state);
    } catch (cause) {
      if (this.#ending.signal.aborted) return;
      throw new FieldbenchError({
        code: 'FB_TOXIPROXY',
        message: `Toxiproxy did not do what link "${link.name}" asked for`,
        actual: String(cause),
        cause,
      });
    }
  }

  /** The run, or the link, is over. */
  end(): void {
    this.#ending.abort();
    this.#near.endByBench();
    this.#far?.endByBench();
  }

  /** Never rejects: what goes wrong ends the connection and stands in the history. */
  async #open(farOf: (wire: Wire) => RelayedConnection): Promise<void> {
    const { context, state } = this.#options;
    const asked = state.admit();
    const gaveUp = typeof asked === 'string' ? undefined : this.#near.standBy();
    const leave = await Promise.race([asked, this.#near.over, aborted(this.#signal)]);
    if (leave === undefined || gaveUp?.aborted === true) return;
    if (leave === 'reset') return this.#near.refuse({ by: 'link', how: 'rst' });
    try {
      const endpoint = await this.#throughToxiproxy(farOf);
      const wire = await dial(endpoint, { clock: context.clock, signal: this.#signal, halfOpen: true });
      this.#near.join(wire, this.#nearPassage);
    } catch (error) {
      this.#near.refuse({ by: 'link', how: 'rst', detail: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Puts up the far end and the proxy before it; gives where the proxy listens. */
  async #throughToxiproxy(farOf: (wire: Wire) => RelayedConnection): Promise<Endpoint> {
    this.#listener = await listen({
      halfOpen: true,
      onWire: (wire) => {
        this.#far = farOf(wire);
        void this.#joinServer(this.#far);
      },
    });
    const { port } = this.#listener.endpoint;
    this.#proxy = await this.#options.api.createProxy({
      name: `fieldbench-${port}`,
      listen: `${loopback}:0`,
      upstream: `${loopback}:${port}`,
      enabled: true,
    });
    this.#toxics = new Toxics(this.#proxy);
    await this.follow();
    return { host: loopback, port: Number(this.#proxy.listen.split(':').at(-1)) };
  }

  async #joinServer(far: RelayedConnection): Promise<void> {
    const { context, link } = this.#options;
    try {
      const wire = await dial(link.upstream, { clock: context.clock, signal: this.#signal, halfOpen: true });
      far.join(wire, this.#farPassage);
    } catch (error) {
      far.refuse({ by: 'server', how: 'rst', detail: error instanceof Error ? error.message : String(error) });
    }
  }

  /** A close that cannot pass a dead direction is kept from Toxiproxy, which would pass it on; restore ends it anyway. */
  readonly #nearPassage: CreatePassage = (ends) => ({
    fromClient: (chunk) => ends.toServer(chunk),
    fromServer: (chunk) => ends.toClient(chunk),
    clientEnded: (how) => {
      if (!this.#options.state.dead.has('toServer')) ends.endServer(how === 'fin' ? 'fin' : 'rst');
    },
    serverEnded: () => ends.endClient(...this.#arrivingEnd()),
  });

  readonly #farPassage: CreatePassage = (ends) => ({
    fromClient: (chunk) => ends.toServer(chunk),
    fromServer: (chunk) => ends.toClient(chunk),
    clientEnded: () => ends.endServer(...this.#arrivingEnd()),
    serverEnded: (how) => {
      if (!this.#options.state.dead.has('toClient')) ends.endClient(how === 'fin' ? 'fin' : 'rst');
    },
  });

  /** How a close that comes out of Toxiproxy goes on: it knows no RST, and after a cut it is the link that ends it. */
  #arrivingEnd(): ['fin' | 'rst', 'link'?] {
    if (this.#options.state.resets) return ['rst', 'link'];
    return this.#wasCut ? ['fin', 'link'] : ['fin'];
  }

  async #close(): Promise<void> {
    await this.#near.over;
    await this.#far?.over;
    this.#ending.abort();
    await this.#proxy?.remove().catch(() => {}); // A server that is gone has no proxies left.
    await this.#listener?.[Symbol.asyncDispose]();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
