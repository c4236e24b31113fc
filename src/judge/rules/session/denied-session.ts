// Finds out whether a session that CONNACK says is not there was resumed after all: by what its old subscriptions bring.
import type { StatementId } from '../../../spec/statement.ts';
import type { Report } from '../../rule.ts';
import { stoodFor, wasBrokerAlive } from '../routing/absence.ts';
import type { Broker } from '../routing/digest.ts';
import { heldFor, isOrdinaryFilter } from '../routing/subscriptions.ts';
import type { Delivery, Happening } from '../routing/traffic.ts';
import { messageText, sessionText } from '../routing/words.ts';
import { isOpen } from './state.ts';
import type { HeldFilter, Message, Moment, NetworkConnection, Session } from './state.ts';

const statements: readonly StatementId[] = ['MQTT-3.1.2-4', 'MQTT-3.1.4-3'];

/** A session that had to be resumed, and the connection that it had to be resumed on. */
interface Denied {
  readonly old: Session;
  readonly connection: NetworkConnection;
  readonly at: Moment;
  /** From then on this message of the old session is due. */
  due?: { readonly message: Message; readonly from: Moment };
}

/** The sessions of one broker that it said it does not have. */
export class DeniedSessions {
  readonly #broker: Broker;
  readonly #waitMs: number;
  readonly #denied = new Map<NetworkConnection, Denied>();
  /** Sessions whose client is away, and the first message that waits for it. */
  readonly #away = new Map<Session, Message | undefined>();

  /** @param waitMs how long what is due may take before its absence is judged. */
  constructor(broker: Broker, waitMs: number) {
    this.#broker = broker;
    this.#waitMs = waitMs;
  }

  /** Notes CONNACK with session present 0 where a session had to be stored. To be called before that is taken. */
  add(old: Session, connection: NetworkConnection, at: Moment): void {
    const queued = this.#away.get(old);
    const due = queued === undefined ? {} : { due: { message: queued, from: at } };
    this.#denied.set(connection, { old, connection, at, ...due });
  }

  take(it: Happening, report: Report): void {
    switch (it.what) {
      case 'connected':
        this.#away.delete(it.session);
        if (it.before !== undefined) this.#away.delete(it.before);
        break;
      case 'unsubscribing':
        // It may end what is left of the old session.
        if (it.session.connection !== undefined) this.#denied.delete(it.session.connection);
        break;
      case 'accepted':
        this.#accepted(it.message, it);
        break;
      case 'delivered':
        this.#delivered(it.delivery, it, report);
        break;
      case 'ended': {
        const { session } = it.connection;
        if (session !== undefined && !session.over && session.connection === undefined)
          this.#away.set(session, undefined);
        this.#settle(it.connection, it.tMs, report);
        break;
      }
      case 'restarted':
        this.#denied.clear();
        this.#away.clear();
        break;
      default:
    }
  }

  end(tMs: number, report: Report): void {
    for (const connection of this.#denied.keys()) this.#settle(connection, tMs, report);
  }

  /** The server has taken over what an old subscription is to bring. */
  #accepted(message: Message, at: Moment): void {
    if (message.qos === 0 || message.topic.startsWith('$') || message.publisher.tainted !== undefined) return;
    for (const it of this.#denied.values()) {
      const now = it.connection.session;
      if (it.due !== undefined || now === undefined || !isHeld(it.old, message)) continue;
      const { held, opaque } = heldFor(now, message.topic);
      if (held.length === 0 && !opaque) it.due = { message, from: at };
    }
    if (this.#away.size === 0) return;
    for (const { session } of this.#broker.traffic.index.matching(message.topic)) {
      if (this.#away.has(session) && this.#away.get(session) === undefined && isHeld(session, message))
        this.#away.set(session, message);
    }
  }

  #delivered(it: Delivery, at: Moment, report: Report): void {
    const denied = this.#denied.get(it.connection);
    if (denied === undefined || it.connection.tainted !== undefined || !isOfOld(denied, it)) return;
    this.#denied.delete(it.connection);
    const events = [denied.old.begun.seq, denied.at.seq, at.seq];
    for (const statement of statements) report.pass(statement, { events, connection: it.connection.view });
  }

  /** The connection is over, and nothing of the old session came on it. */
  #settle(connection: NetworkConnection, nowMs: number, report: Report): void {
    const it = this.#denied.get(connection);
    this.#denied.delete(connection);
    if (it?.due === undefined) return;
    const { message, from } = it.due;
    // What the client left unacknowledged may fill the server's in-flight window.
    if ([...(connection.session?.flights.values() ?? [])].some((flight) => isOpen(flight))) return;
    if (!stoodFor(connection, from.tMs, nowMs, this.#waitMs)) return;
    const found = {
      expected: [`${messageText(message)}, for what ${sessionText(it.old)} had subscribed to before`],
      events: [it.old.begun.seq, it.at.seq, message.seen.seq, from.seq],
      connection: connection.view,
    };
    const isAlive = wasBrokerAlive(connection, from.tMs + this.#waitMs);
    for (const statement of statements) {
      if (isAlive) report.fail(statement, { ...found, actual: 'session present 0, and it never came' });
      else report.inconclusive(statement, { ...found, actual: 'the server said nothing more' });
    }
  }
}

/** Whether an ordinary subscription at QoS 1 or 2, which nobody asked to end, was there before the message. */
function isHeld(session: Session, message: Message): boolean {
  return heldFor(session, message.topic).held.some((held) => isInForce(held, message));
}

function isInForce(held: HeldFilter, message: Message): boolean {
  const it = held.subscriptions.at(-1);
  if (it?.answered === undefined || it.endAsked !== undefined || !isOrdinaryFilter(held.filter)) return false;
  return (it.granted === 1 || it.granted === 2) && it.answered.seq < message.seen.seq;
}

/** Only the old session explains it: the new one has no such subscription, or had none when the message was taken over. */
function isOfOld({ old, connection }: Denied, it: Delivery): boolean {
  if (it.retain || it.topic.startsWith('$') || heldFor(old, it.topic).held.length === 0) return false;
  const { held, opaque } = heldFor(it.session, it.topic);
  if (held.length === 0) return !opaque;
  const connect = connection.connect?.seq ?? 0;
  return it.messages.length > 0 && it.messages.every((message) => (message.accepted?.seq ?? Infinity) < connect);
}
