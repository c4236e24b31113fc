// The state of one client's MQTT 3.1.1 session: plain, flat data, since a fleet holds tens of thousands of them.
import { FieldbenchError } from '../error.ts';
import type { BackOff } from './back-off.ts';
import type { Inbound } from './inbound.ts';
import { checkIdentity } from './identity.ts';
import type { SessionIdentity } from './identity.ts';
import { keepAliveDueMs } from './keep-alive.ts';
import type { KeepAlive, KeepAlivePolicy } from './keep-alive.ts';
import { outboundCount } from './outbound.ts';
import type { Outbound, OutboundPolicy } from './outbound.ts';
import type { PacketIds } from './packet-ids.ts';
import type { Subscriptions } from './subscriptions.ts';

/** How a client behaves: one object serves a whole population. */
export interface SessionPolicy extends KeepAlivePolicy, OutboundPolicy {
  readonly cleanSession: boolean;
  /** Longest time from wanting a transport to CONNACK. */
  readonly connectTimeoutMs: number;
  readonly backOff: BackOff;
}

/** A careful field device: persistent session, keep alive 30 s, back-off up to 30 s. */
export const defaultPolicy: SessionPolicy = {
  cleanSession: false,
  keepAliveS: 30,
  pingTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  backOff: { baseMs: 250, capMs: 30_000 },
  window: 20,
  queueLimit: 1000,
  whenQueueFull: 'drop-newest',
  queueQos0: false,
};

/**
 * `away`: wants no connection. `opening`: waits for the transport. `connecting`: waits for CONNACK. `closing`: gave
 * the connection up and waits until it is closed. `waiting`: for the time of the next try.
 */
type SessionPhase = 'away' | 'opening' | 'connecting' | 'connected' | 'closing' | 'waiting';

/**
 * One client's session, over any number of connections (MQTT-3.1.3-2, MQTT-4.1.0-1). Flat and without functions of
 * its own; what an idle device does not need exists only once it is needed. Only `step` changes it.
 */
export interface ClientSession extends KeepAlive, PacketIds, Inbound {
  readonly identity: SessionIdentity;
  readonly policy: SessionPolicy;
  phase: SessionPhase;
  /** End of the phase: of the patience in `opening` and `connecting`, of the back-off in `waiting`. */
  deadlineMs: number;
  /** Connections lost or failed in a row. */
  attempt: number;
  outbound: Outbound | undefined;
  subscriptions: Subscriptions | undefined;
}

/**
 * A session that has no connection and wants none yet.
 * @throws FieldbenchError `FB_SESSION_IDENTITY` when no conforming client could connect so, `FB_SESSION_POLICY` for a
 *   keep alive or window beyond its 16 bits.
 */
export function clientSession(identity: SessionIdentity, policy: SessionPolicy = defaultPolicy): ClientSession {
  checkIdentity(identity, policy.cleanSession);
  checkSixteenBits('keepAliveS', policy.keepAliveS, 0);
  checkSixteenBits('window', policy.window, 1);
  return {
    identity,
    policy,
    phase: 'away',
    deadlineMs: Infinity,
    attempt: 0,
    lastSentMs: 0,
    lastReceivedMs: 0,
    pingSentMs: Number.NaN,
    lastId: 0,
    liveIds: 0,
    unreleased: undefined,
    outbound: undefined,
    subscriptions: undefined,
  };
}

/** When the session wants to be fed `time`, in the driver's clock; Infinity: not at all. */
export function wakeAtMs(session: ClientSession): number {
  return session.phase === 'connected' ? keepAliveDueMs(session, session.policy) : session.deadlineMs;
}

/** Messages that are queued or in flight: 0 means that everything published so far is done. */
export function unfinishedCount(session: ClientSession): number {
  return session.outbound ? outboundCount(session.outbound) : 0;
}

function checkSixteenBits(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= 0xffff) return;
  throw new FieldbenchError({
    code: 'FB_SESSION_POLICY',
    message: `no client can have this ${name}`,
    expected: `a whole number from ${least} to 65535`,
    actual: `${value}`,
    hint:
      name === 'keepAliveS' ? 'The keep alive is in seconds; 0 turns it off.' : 'The window counts packet identifiers.',
  });
}
