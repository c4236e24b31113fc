// One connection's own link: it begins when the connection is dialled, and ends with it.
import type { LinkProfile } from '../faults/link-profile.ts';
import type { ConnectionId, EventDraft, History } from '../history/event.ts';
import { startEmbeddedLink } from '../parts/links/embedded.ts';
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
  /** Where the connection goes to; over WebSocket its bytes are no MQTT that the link's taps could read. */
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
  /** Whether the link records the connection at both of its ends: then nobody else has to. */
  readonly isTapped: boolean;
  /** Resolves when the server's end of the connection has ended; never where the link has no taps. */
  readonly serverEnded: Promise<void>;
}

/** Puts a link of its own before what a connection goes to. */
export type LinkBefore = (it: LinkedConnection) => Promise<ConnectionLink>;

/** Links with this profile, as the embedded backend plays it. */
export function linksOf(profile: LinkProfile, context: PartContext): LinkBefore {
  return async ({ connection, ordinal, client, server, target, check, upstream, signal }) => {
    const isTapped = upstream.path === undefined;
    const name = `${profile.name} of ${check} ${client} ${ordinal}`;
    const { promise: serverEnded, resolve } = Promise.withResolvers<void>();
    const heard = (draft: EventDraft): void => {
      if (draft.kind === 'ended' && draft.seenAt === 'serverEnd') resolve();
    };
    const link = await startEmbeddedLink(
      {
        name,
        // A path is for whoever speaks WebSocket; the link carries the bytes.
        upstream: { host: upstream.host, port: upstream.port },
        client,
        server,
        target,
        check,
        profile,
        taps: isTapped,
        connectionIds: { next: () => connection },
      },
      { ...context, signal, history: quieter(context.history, heard) },
    );
    return {
      name,
      endpoint: { ...link.endpoint, ...(upstream.path !== undefined && { path: upstream.path }) },
      isTapped,
      serverEnded,
      [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
    };
  };
}

/** A link for each connection: that it came up, with the figures that the run begins with, need not be told each time. */
function quieter(history: History, heard: (draft: EventDraft) => void): History {
  let isUp = false;
  return {
    record(draft) {
      const isFirst = draft.kind === 'link' && !isUp;
      isUp ||= draft.kind === 'link';
      if (!isFirst) history.record(draft);
      heard(draft);
    },
  };
}
