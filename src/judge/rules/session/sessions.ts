// Says which session a connection got: resumed, new, or unknown to the bench, from what was seen before its CONNACK.
import type { Moment, NetworkConnection, Session } from './state.ts';

/** What the server must have held for a client id when it accepted a CONNECT. */
export type PriorState = 'stored' | 'none' | 'unknown';

/** How long an abandoned session is expected to be kept: servers may discard old state (MQTT311-NN-12). */
const keptForMs = 3_600_000;

/** Client ids of which something is remembered; sessions that are over are forgotten first come, first go beyond it. */
const rememberedIds = 20_000;

/** The last session of each client id, since the broker started. */
export interface SessionBook {
  readonly last: Map<string, Session>;
  /** Client ids whose last CONNECT got no answer that the bench saw, so that its effect is unknown. */
  readonly unsettled: Set<string>;
  /** Connections whose CONNECT waits for its answer, by client id. */
  readonly waiting: Map<string, Set<NetworkConnection>>;
}

/** A book for a broker that nothing is known of. */
export function newSessionBook(): SessionBook {
  return { last: new Map(), unsettled: new Set(), waiting: new Map() };
}

/** Notes a CONNECT on its way to the server. */
export function noteConnect(book: SessionBook, connection: NetworkConnection, clientId: string): void {
  const waiting = book.waiting.get(clientId) ?? new Set();
  book.waiting.set(clientId, waiting.add(connection));
  if (waiting.size > 1) for (const it of waiting) it.contested = true;
}

/** Notes a CONNECT that was refused, or whose connection ended unanswered. */
export function noteUnanswered(book: SessionBook, connection: NetworkConnection): void {
  const connect = connection.view.connect;
  if (connect === undefined || !forgetWaiting(book, connection, connect.clientId)) return;
  const last = book.last.get(connect.clientId);
  const sameEitherWay = !connect.cleanSession && last !== undefined && !last.clean;
  if (!sameEitherWay) book.unsettled.add(connect.clientId);
}

function forgetWaiting(book: SessionBook, connection: NetworkConnection, clientId: string): boolean {
  const waiting = book.waiting.get(clientId);
  if (waiting?.delete(connection) !== true) return false;
  if (waiting.size === 0) book.waiting.delete(clientId);
  return true;
}

/** Session state that the standard makes the server hold for this client id now (MQTT-3.1.2-4, MQTT-3.1.2-6). */
function priorState(book: SessionBook, connection: NetworkConnection, clientId: string, at: Moment): PriorState {
  const last = book.last.get(clientId);
  if (last === undefined || connection.contested || book.unsettled.has(clientId)) return 'unknown';
  if (last.clean) return 'none';
  return last.left !== undefined && at.tMs - last.left.tMs > keptForMs ? 'unknown' : 'stored';
}

/** Settles which session an accepted connection has; a session that it does not resume is over. */
export function settleConnect(
  book: SessionBook,
  connection: NetworkConnection,
  sessionPresent: boolean,
  at: Moment,
): { readonly session: Session; readonly prior: PriorState; readonly before: Session | undefined } {
  const connect = connection.view.connect;
  const clientId =
    connect?.clientId === undefined || connect.clientId === '' ? `\0${connection.view.id}` : connect.clientId;
  const clean = connect?.cleanSession ?? true;
  const prior = priorState(book, connection, clientId, at);
  const before = book.last.get(clientId);
  forgetWaiting(book, connection, clientId);
  book.unsettled.delete(clientId);
  // MQTT 3.1 has no session present flag: there a stored session counts as resumed.
  const resumed = connect?.protocolLevel === 3 ? prior === 'stored' : sessionPresent;
  const session =
    !clean && resumed && before !== undefined && !before.clean
      ? before
      : newSession(
          clientId,
          clean,
          clean || (!resumed && prior !== 'stored' && connect?.protocolLevel !== 3) || prior === 'none',
          at,
        );
  if (session === before && prior === 'unknown') session.known = false;
  if (before !== undefined && before !== session) before.over = true;
  session.connection = connection;
  delete session.left;
  connection.session = session;
  book.last.delete(clientId); // So that the map stays in the order of use.
  book.last.set(clientId, session);
  if (book.last.size > rememberedIds) forgetOver(book);
  return { session, prior, before };
}

/** What is forgotten can only no longer be judged; a session that the server must keep is not. */
function forgetOver({ last, unsettled }: SessionBook): void {
  for (const [clientId, session] of last) {
    if (session.over && session.clean) {
      last.delete(clientId);
      unsettled.delete(clientId);
    }
    if (last.size <= rememberedIds / 2) return;
  }
}

function newSession(clientId: string, clean: boolean, known: boolean, begun: Moment): Session {
  return {
    clientId,
    clean,
    known,
    begun,
    connection: undefined,
    over: false,
    filters: new Map(),
    inbound: new Map(),
    settled: new Set(),
    flights: new Map(),
    sent: 0,
  };
}

/** Notes that the session's connection is gone; with CleanSession 1 the session goes with it (MQTT-3.1.2-6). */
export function leaveSession(connection: NetworkConnection, at: Moment): void {
  const session = connection.session;
  if (session === undefined || session.connection !== connection) return;
  session.connection = undefined;
  session.left = at;
  if (session.clean) session.over = true;
}
