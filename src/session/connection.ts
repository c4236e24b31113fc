// The life of a session's connections: transport, CONNECT, CONNACK, loss, back-off, DISCONNECT.
import type { Connack, Connect } from '../wire/packet.ts';
import { backOffMs } from './back-off.ts';
import type { ClientSession } from './client-session.ts';
import { forgetInbound } from './inbound.ts';
import { startKeepAlive } from './keep-alive.ts';
import { abandonInFlight, redeliver, sendQueued } from './outbound.ts';
import type { LossReason, SessionOutput } from './session-output.ts';
import { requeueRequests, resubscribe, sendRequests } from './subscriptions.ts';

/** Asks for a transport, and starts the patience for it. */
export function openTransport(session: ClientSession, nowMs: number, out: SessionOutput): void {
  session.phase = 'opening';
  session.deadlineMs = nowMs + session.policy.connectTimeoutMs;
  out.transport = 'open';
}

/** The transport is there: CONNECT. */
export function transportOpen(session: ClientSession, nowMs: number, out: SessionOutput): void {
  if (session.phase !== 'opening') return;
  session.phase = 'connecting';
  startKeepAlive(session, nowMs);
  if (session.policy.cleanSession) endSession(session, out); // MQTT-3.1.2-6
  out.packets.push(connectPacket(session)); // MQTT-3.1.0-1: nothing before it, and nothing else before CONNACK
}

function connectPacket({ identity, policy }: ClientSession): Connect {
  const { clientId, will, userName, password } = identity;
  return {
    type: 'CONNECT',
    protocolName: 'MQTT',
    protocolLevel: 4,
    cleanSession: policy.cleanSession,
    keepAliveS: policy.keepAliveS,
    clientId,
    ...(will && { will }),
    ...(userName !== undefined && { userName }),
    ...(password && { password }),
  };
}

/** CONNACK: connected, refused, or against the standard. */
export function receiveConnack(session: ClientSession, packet: Connack, nowMs: number, out: SessionOutput): void {
  if (packet.returnCode !== 0) {
    refused(session, packet.returnCode, out);
    return;
  }
  if (packet.sessionPresent && session.policy.cleanSession) {
    giveUp(session, 'violation', 'CONNACK: session present after clean session', out); // MQTT-3.2.2-1
    return;
  }
  session.phase = 'connected';
  session.deadlineMs = Infinity;
  session.attempt = 0;
  startKeepAlive(session, nowMs);
  out.events.push({ kind: 'connected', sessionPresent: packet.sessionPresent });
  if (!packet.sessionPresent) forgetInbound(session);
  if (session.outbound) redeliver(session.outbound, out); // MQTT-4.4.0-1, whatever the server kept
  if (session.subscriptions) {
    resubscribe(session.subscriptions, packet.sessionPresent);
    sendRequests(session.subscriptions, session, out);
  }
  if (session.outbound) sendQueued(session.outbound, session.policy, session, out);
}

/** Code 3 (server unavailable) may pass; the others answer what this client says, and it will say the same again. */
function refused(session: ClientSession, returnCode: number, out: SessionOutput): void {
  const final = returnCode !== 3;
  out.events.push({ kind: 'refused', returnCode, final });
  giveUp(session, 'refused', `CONNACK code ${returnCode}`, out);
  if (final) session.phase = 'away';
}

/** Ends a connection from this side; the driver answers with `transport-closed`. */
export function giveUp(session: ClientSession, why: LossReason, detail: string, out: SessionOutput): void {
  if (!hasTransport(session)) return;
  session.phase = 'closing';
  session.deadlineMs = Infinity;
  out.transport = 'close';
  out.events.push({ kind: 'lost', why, detail });
}

/** The connection is gone, or never came: waits before the next try. */
export function transportClosed(
  session: ClientSession,
  detail: string,
  draw: number,
  nowMs: number,
  out: SessionOutput,
): void {
  if (hasTransport(session)) out.events.push({ kind: 'lost', why: 'transport', detail });
  else if (session.phase !== 'closing') return;
  connectionOver(session, out);
  session.phase = 'waiting';
  session.deadlineMs = nowMs + backOffMs(session.policy.backOff, session.attempt, draw);
  session.attempt += 1;
  out.events.push({ kind: 'retry', atMs: session.deadlineMs });
}

/** Leaves politely, from any phase. */
export function disconnect(session: ClientSession, out: SessionOutput): void {
  if (session.phase === 'connected') out.packets.push({ type: 'DISCONNECT' });
  if (hasTransport(session)) out.transport = 'close'; // MQTT-3.14.4-1
  connectionOver(session, out);
  session.phase = 'away'; // MQTT-3.14.4-2: in this phase nothing is sent
  session.deadlineMs = Infinity;
  session.attempt = 0;
}

function connectionOver(session: ClientSession, out: SessionOutput): void {
  session.pingSentMs = Number.NaN;
  if (session.subscriptions) requeueRequests(session.subscriptions, session);
  if (session.policy.cleanSession) endSession(session, out); // MQTT-3.1.2-6: ends with the connection
}

function endSession(session: ClientSession, out: SessionOutput): void {
  forgetInbound(session);
  if (session.outbound) abandonInFlight(session.outbound, session, out);
}

function hasTransport({ phase }: ClientSession): boolean {
  return phase === 'opening' || phase === 'connecting' || phase === 'connected';
}
