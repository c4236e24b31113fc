// One connection's own link: it begins when the connection is dialled, and ends with it.
import { isIP } from 'node:net';
import type { LinkProfile } from '../faults/link-profile.ts';
import type { ConnectionId, EventDraft, History } from '../history/event.ts';
import { startEmbeddedLink } from '../parts/links/embedded.ts';
import type { TlsDial } from '../net/endpoint.ts';
import type { Endpoint, PartContext } from '../parts/part.ts';

/** The one connection that a link is made for. */
export interface LinkedConnection {
  readonly connection: ConnectionId;
  /** Which of the connections of this client in this check it is, from 1: with the rest it names the link's draws. */
  readonly ordinal: number;
  readonly client: string;
  readonly server: string;
  readonly target: string;
  readonly check: string;
  /** Where the connection goes to; over WebSocket or TLS its bytes are no MQTT that the link's taps could read. */
  readonly upstream: Endpoint;
  /** Ends the link. */
  readonly signal: AbortSignal;
}

/** A link that stands. Disposing ends it and its connection. */
export interface ConnectionLink extends AsyncDisposable {
  /** Name of the link in the history. */
  readonly name: string;
  /** Dial this to get to the server. */
  readonly endpoint: Endpoint;
  /** What has come to the server's end; absent where the link cannot read the connection, and its client has to. */
  readonly serverEnd?: ServerEnd;
}

/** The far end of a link, as its tap tells. */
export interface ServerEnd {
  /** Resolves when the connection has ended there. */
  readonly ended: Promise<void>;
  /** Resolves when so many bytes of the client have come there, or the connection has ended. */
  arrived(lengthB: number): Promise<void>;
}

/** Puts a link of its own before what a connection goes to. */
export type LinkBefore = (it: LinkedConnection) => Promise<ConnectionLink>;

/** Links with this profile, as the embedded backend plays it. */
export function linksOf(profile: LinkProfile, context: PartContext): LinkBefore {
  return async ({ connection, ordinal, client, server, target, check, upstream, signal }) => {
    const isReadable = upstream.path === undefined && upstream.tls === undefined;
    const name = `${profile.name} of ${check} ${client} ${ordinal}`;
    const end = new HeardServerEnd(context.history, isReadable ? connection : undefined);
    const link = await startEmbeddedLink(
      {
        name,
        // A path is for whoever speaks WebSocket, and TLS for whoever dials; the link carries the bytes.
        upstream: { host: upstream.host, port: upstream.port },
        client,
        server,
        target,
        check,
        profile,
        taps: isReadable,
        content: isReadable ? 'mqtt' : 'opaque',
        connectionIds: { next: () => connection },
      },
      { ...context, signal, history: end },
    );
    return {
      name,
      // What lies between TCP and MQTT begins behind the link, and the server has the name that it has there.
      endpoint: { ...upstream, ...link.endpoint, ...(upstream.tls && { tls: named(upstream, upstream.tls) }) },
      ...(isReadable && { serverEnd: end }),
      [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
    };
  };
}

/** An address is not asked for by name. */
function named({ host }: Endpoint, tls: TlsDial): TlsDial {
  return isIP(host) === 0 ? { serverName: host, ...tls } : tls;
}

/** Listens to what the taps of one link record on its way to the history. */
class HeardServerEnd implements ServerEnd, History {
  readonly ended: Promise<void>;
  readonly #history: History;
  readonly #connection: ConnectionId | undefined;
  readonly #end: () => void;
  readonly #waiting = new Map<() => void, number>();
  #arrivedB = 0;
  #isUp = false;

  /** @param connection what the taps of the link see; undefined where it has none */
  constructor(history: History, connection: ConnectionId | undefined) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#history = history;
    this.#connection = connection;
    this.#end = resolve;
  }

  record(draft: EventDraft): void {
    if (draft.kind === 'link') this.#changed(draft);
    // What it carried in the end is not told for each of so many.
    else if (draft.kind !== 'mark' || draft.name !== 'link-usage') this.#history.record(draft);
    if (!('seenAt' in draft) || draft.seenAt !== 'serverEnd') return;
    if (draft.kind === 'ended') this.#end();
    if (draft.kind !== 'packet' || draft.direction !== 'toServer') return;
    this.#arrivedB = draft.offset + Buffer.byteLength(draft.bytes, 'base64') + (draft.omittedB ?? 0);
    for (const [tell, lengthB] of this.#waiting) if (lengthB <= this.#arrivedB) tell();
  }

  /**
   * That it came up is not told. Whatever else becomes of it, the server's end is in full view all the while: it is a
   * mark for people, and no reason to judge less, unless there is no tap at that end.
   */
  #changed(draft: Extract<EventDraft, { readonly kind: 'link' }>): void {
    const isFirst = !this.#isUp;
    this.#isUp = true;
    if (isFirst) return;
    const connection = this.#connection;
    if (connection === undefined) return this.#history.record(draft);
    const data = { link: draft.link, state: draft.state, ...(draft.cause !== undefined && { cause: draft.cause }) };
    this.#history.record({ kind: 'mark', name: 'link-state', connection, data });
  }

  async arrived(lengthB: number): Promise<void> {
    if (lengthB <= this.#arrivedB) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(resolve, lengthB);
    await Promise.race([promise, this.ended]);
    this.#waiting.delete(resolve);
  }
}
