// One step of the client session core: (state, packet | time | intent) -> packets to send, messages, events.
import type { Packet } from '../wire/packet.ts';
import { wakeAtMs } from './client-session.ts';
import type { ClientSession } from './client-session.ts';
import { disconnect, giveUp, openTransport, receiveConnack, transportClosed, transportOpen } from './connection.ts';
import { receivePublish, receivePubrel } from './inbound.ts';
import { checkIntent } from './intent-check.ts';
import { keepAliveAction } from './keep-alive.ts';
import * as outbound from './outbound.ts';
import type { SessionInput, SessionIntent } from './session-input.ts';
import type { SessionOutput } from './session-output.ts';
import * as subscriptions from './subscriptions.ts';

/**
 * Takes one input and adds to `out` what follows from it.
 * @param nowMs the driver's clock; never goes back
 * @throws FieldbenchError `FB_SESSION_INTENT` for an intent that no conforming packet can carry; nothing has changed then.
 */
export function step(session: ClientSession, input: SessionInput, nowMs: number, out: SessionOutput): void {
  const before = out.packets.length;
  switch (input.kind) {
    case 'transport-open':
      transportOpen(session, nowMs, out);
      break;
    case 'packet':
      receive(session, input.packet, nowMs, out);
      break;
    case 'violation':
      giveUp(session, 'violation', input.detail, out); // MQTT-4.8.0-1
      break;
    case 'transport-closed':
      transportClosed(session, input.detail, input.draw, nowMs, out);
      break;
    case 'time':
      timePassed(session, nowMs, out);
      break;
    default:
      intend(session, input, nowMs, out);
  }
  if (out.packets.length > before) session.lastSentMs = nowMs;
}

function intend(session: ClientSession, intent: SessionIntent, nowMs: number, out: SessionOutput): void {
  checkIntent(intent);
  const online = session.phase === 'connected';
  switch (intent.kind) {
    case 'connect':
      if (session.phase === 'away') openTransport(session, nowMs, out);
      return;
    case 'disconnect':
      disconnect(session, out);
      return;
    case 'publish': {
      const state = (session.outbound ??= outbound.outboundState());
      outbound.publish(state, session.policy, session, intent, online, out);
      return;
    }
    case 'subscribe':
    case 'unsubscribe': {
      const state = (session.subscriptions ??= subscriptions.subscriptionsState());
      if (intent.kind === 'subscribe') subscriptions.wantSubscriptions(state, intent.subscriptions, intent.token);
      else subscriptions.unwantSubscriptions(state, intent.filters, intent.token);
      if (online) subscriptions.sendRequests(state, session, out);
    }
  }
}

function receive(session: ClientSession, packet: Packet, nowMs: number, out: SessionOutput): void {
  session.lastReceivedMs = nowMs;
  if (session.phase === 'connecting') {
    if (packet.type === 'CONNACK') receiveConnack(session, packet, nowMs, out);
    else giveUp(session, 'violation', `${packet.type} before CONNACK`, out); // MQTT-3.2.0-1
  } else if (session.phase === 'connected' && !accept(session, packet, out)) {
    giveUp(session, 'violation', `unexpected or impossible ${packet.type}`, out); // MQTT-4.8.0-1
  }
}

/** @returns false when a server may not send this packet now, or not so. */
function accept(session: ClientSession, packet: Packet, out: SessionOutput): boolean {
  const { outbound: sender, subscriptions: wanted } = session;
  switch (packet.type) {
    case 'PUBLISH':
      return receivePublish(session, packet, out);
    case 'PUBREL':
      receivePubrel(session, packet.packetId, out);
      return true;
    case 'PUBACK':
      if (sender) outbound.receivePuback(sender, session, packet.packetId, out);
      break;
    case 'PUBREC':
      if (sender) outbound.receivePubrec(sender, packet.packetId, out);
      return true;
    case 'PUBCOMP':
      if (sender) outbound.receivePubcomp(sender, session, packet.packetId, out);
      break;
    case 'SUBACK':
      return !wanted || subscriptions.receiveSuback(wanted, session, packet, out);
    case 'UNSUBACK':
      if (wanted) subscriptions.receiveUnsuback(wanted, session, packet.packetId, out);
      return true;
    case 'PINGRESP':
      session.pingSentMs = Number.NaN;
      return true;
    default:
      return false;
  }
  if (sender) outbound.sendQueued(sender, session.policy, session, out); // a place in the window is free
  return true;
}

function timePassed(session: ClientSession, nowMs: number, out: SessionOutput): void {
  if (nowMs < wakeAtMs(session)) return;
  if (session.phase === 'waiting') {
    openTransport(session, nowMs, out);
  } else if (session.phase === 'opening' || session.phase === 'connecting') {
    giveUp(session, 'connect-timeout', `no CONNACK within ${session.policy.connectTimeoutMs} ms`, out);
  } else if (session.phase === 'connected') {
    keepAlive(session, nowMs, out);
  }
}

function keepAlive(session: ClientSession, nowMs: number, out: SessionOutput): void {
  const action = keepAliveAction(session, session.policy, nowMs);
  if (action === 'ping') {
    session.pingSentMs = nowMs;
    out.packets.push({ type: 'PINGREQ' }); // MQTT-3.1.2-23
  } else if (action === 'lost') {
    giveUp(session, 'no-pingresp', `no PINGRESP within ${nowMs - session.pingSentMs} ms`, out);
  }
}
